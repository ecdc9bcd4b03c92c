"""RFC 7644 §3.4.2: lists, and the base URL."""

from dataclasses import replace

from calibration.mutants.exchange import Call, Reply, Server
from calibration.mutants.mutant import mutant
from calibration.mutants.surgery import (
    filter_of,
    filtering,
    refusal,
)


@mutant("QRY-001")
def lists_have_wrong_schemas(call: Call, server: Server) -> Reply:
    """A list has the schema of User."""
    reply = server(call)
    if "Resources" in reply.document:
        return reply.saying(
            {**reply.document, "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"]}
        )
    return reply


@mutant("QRY-002")
def the_total_is_of_the_page(call: Call, server: Server) -> Reply:
    """totalResults is the number of resources on the page."""
    reply = server(call)
    if call.is_list() and reply.is_good:
        return reply.listing(reply.resources(), totalResults=len(reply.resources()))
    return reply


@mutant("QRY-002", "QRY-004")
def the_total_ignores_the_filter(call: Call, server: Server) -> Reply:
    """totalResults counts everybody, whatever the filter."""
    reply = server(call)
    if not reply.is_good or filter_of(call) is None:
        return reply
    every = server(filtering(call, None)).document.get("totalResults")
    return reply.listing(reply.resources(), totalResults=every)


@mutant("QRY-003")
def resources_are_lower_case(call: Call, server: Server) -> Reply:
    """Resources is spelled resources."""
    reply = server(call)
    if not call.is_list() or not reply.is_good:
        return reply
    rest = {name: said for name, said in reply.document.items() if name != "Resources"}
    return reply.saying({**rest, "resources": reply.resources()})


@mutant("QRY-004")
def nobody_found_is_404(call: Call, server: Server) -> Reply:
    """A list of nobody is 404."""
    reply = server(call)
    return refusal(404) if call.is_list() and reply.document.get("totalResults") == 0 else reply


@mutant("QRY-005", "PAG-004")
def pages_do_not_tell_their_size(call: Call, server: Server) -> Reply:
    """A list has no itemsPerPage and no startIndex."""
    reply = server(call)
    gone = {"itemsPerPage", "startIndex"}
    if not call.is_list() or not reply.is_good:
        return reply
    return reply.saying({name: said for name, said in reply.document.items() if name not in gone})


@mutant("QRY-006")
def the_root_has_users_alone(call: Call, server: Server) -> Reply:
    """A query of the base URL finds users and no other type."""
    if call.path in {"", "/"} and call.method == "GET":
        return server(replace(call, path="/Users"))
    return server(call)


@mutant("QRY-008")
def the_root_knows_what_users_have(call: Call, server: Server) -> Reply:
    """A query of the base URL on an attribute that not every type has is 400."""
    if call.path in {"", "/", "/.search"} and "userName" in (filter_of(call) or ""):
        return refusal(400, "invalidFilter")
    return server(call)
