"""RFC 7644 §3.4.3: queries by POST."""

from dataclasses import replace
from functools import partial

from calibration.mutants.exchange import Call, Reply, Server
from calibration.mutants.mutant import add, mutant
from calibration.mutants.surgery import (
    filtering,
)


@mutant("SCH-001")
def a_search_is_201(call: Call, server: Server) -> Reply:
    """POST /.search answers 201."""
    reply = server(call)
    return replace(reply, status=201) if call.path.endswith("/.search") and reply.is_good else reply


@mutant("SCH-002")
def a_search_needs_no_schemas(call: Call, server: Server) -> Reply:
    """A search without schemas is answered."""
    if call.path.endswith("/.search"):
        urn = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
        return server(call.saying({**call.document, "schemas": [urn]}))
    return server(call)


for _member in ("attributes", "filter", "sortBy", "startIndex", "count"):

    def _deaf(member: str, call: Call, server: Server) -> Reply:
        if not call.path.endswith("/.search"):
            return server(call)
        return server(call.saying({k: v for k, v in call.document.items() if k != member}))

    add(
        f"a_search_ignores_{_member.lower()}",
        "search",
        f"POST /.search ignores {_member}.",
        ("SCH-003",),
        partial(_deaf, _member),
    )


@mutant("SCH-003", "FIL-001")
def searches_are_not_narrowed_at_the_root(call: Call, server: Server) -> Reply:
    """A filter of a search at the base URL is ignored."""
    return server(filtering(call, None) if call.path == "/.search" else call)
