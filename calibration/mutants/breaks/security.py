"""RFC 7644 §7: what a request could bring to light, or break."""

import re

from calibration.mutants.exchange import Call, Reply, Server
from calibration.mutants.mutant import mutant
from calibration.mutants.surgery import refusal


@mutant("SEC-007")
def lists_may_be_stored(call: Call, server: Server) -> Reply:
    """Lists say Cache-Control: public, max-age=60."""
    reply = server(call)
    return reply.with_header("cache-control", "public, max-age=60") if call.is_list() else reply


@mutant("SEC-003")
def a_quote_breaks_the_server(call: Call, server: Server) -> Reply:
    """An apostrophe in a filter is 500."""
    return refusal(500) if "%27" in call.asked or "'" in call.asked else server(call)


@mutant("SEC-003", "ERR-007")
def a_percent_sign_breaks_the_server(call: Call, server: Server) -> Reply:
    """A percent sign in a value of a filter is 500."""
    return refusal(500) if "%25" in call.asked else server(call)


@mutant("SEC-003", "FIL-004")
def a_filter_reaches_the_database(call: Call, server: Server) -> Reply:
    """A filter with ' or '1'='1 finds everybody."""
    if re.search(r"'\s*or\s", call.query.get("filter", ""), re.IGNORECASE):
        return server(call.asking(filter=None))
    return server(call)


@mutant("SEC-003", "HTP-014")
def a_nul_breaks_the_server(call: Call, server: Server) -> Reply:
    """A NUL in a text is 500, as with PostgreSQL behind."""
    return refusal(500) if b"\\u0000" in call.raw else server(call)


@mutant("ERR-007")
def a_fault_shows_its_trace(call: Call, server: Server) -> Reply:
    """The detail of a refused filter has the trace of the parser."""
    reply = server(call)
    if reply.document.get("scimType") != "invalidFilter":
        return reply
    trace = 'Traceback (most recent call last):\n  File "/srv/scim/filter.py", line 7, in parse'
    return reply.saying({**reply.document, "detail": trace})


@mutant("ERR-007")
def a_conflict_shows_the_database(call: Call, server: Server) -> Reply:
    """The detail of 409 is what the database said."""
    reply = server(call)
    if reply.status != 409:
        return reply
    said = 'sqlite3.IntegrityError: UNIQUE constraint failed: "resource"."user_name_key"'
    return reply.saying({**reply.document, "detail": said})
