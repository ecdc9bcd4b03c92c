"""RFC 9865: pages by cursor."""

import base64
import time

from calibration.mutants.exchange import Call, Reply, Server
from calibration.mutants.mutant import mutant
from calibration.mutants.surgery import (
    giving,
    number,
    parameter,
    refusal,
)


def _cursor(call: Call) -> str | None:
    found = parameter(call, "cursor") if call.is_list() else None
    return found if isinstance(found, str) else None


@mutant("CUR-001")
def a_bare_cursor_is_no_cursor(call: Call, server: Server) -> Reply:
    """cursor without a value is ignored: the answer has no nextCursor."""
    return server(giving(call, "cursor", None) if _cursor(call) == "" else call)


@mutant("CUR-002")
def the_last_page_has_a_next(call: Call, server: Server) -> Reply:
    """The last page has a nextCursor too."""
    reply = server(call)
    if _cursor(call) is not None and reply.is_good and "nextCursor" not in reply.document:
        return reply.listing(reply.resources(), nextCursor=_cursor(call) or "end")
    return reply


@mutant("CUR-002")
def the_second_page_is_the_last(call: Call, server: Server) -> Reply:
    """A page that was found by a cursor has no nextCursor."""
    reply = server(call)
    if _cursor(call) and reply.is_good:
        kept = {name: said for name, said in reply.document.items() if name != "nextCursor"}
        return reply.saying(kept)
    return reply


@mutant("CUR-003")
def the_first_page_has_a_previous(call: Call, server: Server) -> Reply:
    """The first page has a previousCursor."""
    reply = server(call)
    if _cursor(call) == "" and reply.is_good:
        return reply.listing(reply.resources(), previousCursor="begin")
    return reply


@mutant("CUR-004")
def cursors_are_base64(call: Call, server: Server) -> Reply:
    """A cursor is base64, with + and = in it."""
    said = _cursor(call)
    if said and said.startswith("+"):
        try:
            text = base64.b64decode(said[1:], validate=True).decode()
        except ValueError:
            return refusal(400, "invalidCursor")
        call = giving(call, "cursor", text)
    reply = server(call)
    following = reply.document.get("nextCursor")
    if not following:
        return reply
    text = "+" + base64.b64encode(f"{following}".encode()).decode()
    return reply.listing(reply.resources(), nextCursor=text)


@mutant("CUR-005", "PAG-003")
def a_cursor_with_no_resources_is_refused(call: Call, server: Server) -> Reply:
    """count=0 with a cursor is 400."""
    if _cursor(call) is not None and number(call, "count") == 0:
        return refusal(400, "invalidCount")
    return server(call)


@mutant("CUR-006")
def the_total_of_a_cursor_shrinks(call: Call, server: Server) -> Reply:
    """totalResults of a later page is what is left."""
    reply = server(call)
    if _cursor(call) and reply.is_good and "totalResults" in reply.document:
        return reply.listing(reply.resources(), totalResults=len(reply.resources()))
    return reply


def _asked_first(call: Call, server: Server, reply: Reply) -> None:
    """Remember what the walk began with, for each cursor that is handed out."""
    following = reply.document.get("nextCursor")
    if following:
        first = server.memory.get(_cursor(call) or "", call)
        server.memory[following] = first


@mutant("CUR-007")
def a_cursor_goes_with_any_filter(call: Call, server: Server) -> Reply:
    """A cursor is taken with another filter, and goes on with the first one."""
    first = server.memory.get(_cursor(call) or "")
    if isinstance(first, Call) and call.method == "GET" and first.method == "GET":
        call = call.asking(filter=first.query.get("filter"))
    reply = server(call)
    _asked_first(call, server, reply)
    return reply


@mutant("CUR-007")
def a_cursor_goes_with_any_order(call: Call, server: Server) -> Reply:
    """A cursor is taken with another sortBy, and goes on with the first one."""
    first = server.memory.get(_cursor(call) or "")
    if isinstance(first, Call) and call.method == "GET" and first.method == "GET":
        call = call.asking(sortBy=first.query.get("sortBy"))
    reply = server(call)
    _asked_first(call, server, reply)
    return reply


@mutant("CUR-008")
def a_wrong_cursor_begins_again(call: Call, server: Server) -> Reply:
    """A cursor that cannot be read is the first page."""
    reply = server(call)
    if reply.document.get("scimType") == "invalidCursor":
        return server(giving(call, "cursor", ""))
    return reply


@mutant("CUR-008")
def a_wrong_cursor_is_a_wrong_value(call: Call, server: Server) -> Reply:
    """A cursor that cannot be read is invalidValue."""
    reply = server(call)
    if reply.document.get("scimType") == "invalidCursor":
        return reply.saying({**reply.document, "scimType": "invalidValue"})
    return reply


@mutant("CUR-010")
def cursors_are_not_sorted(call: Call, server: Server) -> Reply:
    """sortBy is ignored where there is a cursor."""
    return server(giving(call, "sortBy", None) if _cursor(call) is not None else call)


@mutant("CUR-012")
def cursors_are_the_default(call: Call, server: Server) -> Reply:
    """A list without parameters begins a cursor, though index is the default method."""
    is_plain = (
        call.is_list() and call.method == "GET" and not {"cursor", "startIndex"} & set(call.query)
    )
    return server(call.asking(cursor="") if is_plain else call)


@mutant("CUR-014", "SCH-003")
def a_search_has_no_cursors(call: Call, server: Server) -> Reply:
    """POST /.search ignores cursor."""
    if call.path.endswith("/.search"):
        return server(giving(call, "cursor", None))
    return server(call)


@mutant("CUR-016")
def cursors_end_after_a_second(call: Call, server: Server) -> Reply:
    """A cursor is 400 after a second, though cursorTimeout says an hour."""
    made = server.memory.get(_cursor(call) or "")
    if made is not None and time.monotonic() - made > 1:
        return refusal(400, "expiredCursor")
    reply = server(call)
    if reply.document.get("nextCursor"):
        server.memory[reply.document["nextCursor"]] = time.monotonic()
    return reply


@mutant("CUR-016")
def cursors_end_after_five_seconds(call: Call, server: Server) -> Reply:
    """A cursor is 400 after five seconds, though cursorTimeout says an hour."""
    made = server.memory.get(_cursor(call) or "")
    if made is not None and time.monotonic() - made > 5:
        return refusal(400, "expiredCursor")
    reply = server(call)
    if reply.document.get("nextCursor"):
        server.memory[reply.document["nextCursor"]] = time.monotonic()
    return reply


@mutant("CUR-017", "TEN-003")
def a_cursor_is_a_credential(call: Call, server: Server) -> Reply:
    """A cursor shows what its maker sees to whoever presents it."""
    maker = server.memory.get(_cursor(call) or "")
    if maker and server(call.reading("/Users")).is_good:
        call = call.with_header("authorization", maker)
    reply = server(call)
    if reply.document.get("nextCursor"):
        server.memory[reply.document["nextCursor"]] = call.credential
    return reply


@mutant("CUR-020", "CUR-008")
def cursors_can_be_forged(call: Call, server: Server) -> Reply:
    """The last character of a cursor does not count."""
    said = _cursor(call)
    real = server.memory.get((said or "")[:-1])
    reply = server(giving(call, "cursor", real) if said and real else call)
    following = reply.document.get("nextCursor")
    if following:
        server.memory[following[:-1]] = following
    return reply


@mutant("CUR-021", "SRT-008")
def cursors_are_offsets(call: Call, server: Server) -> Reply:
    """A cursor is a number of rows, newest first: an insert on the way shows a row twice."""
    if _cursor(call) is None or call.method != "GET":
        return server(call)
    plain = call.asking(cursor=None, count="1000")
    rows = server(plain).resources()[::-1]
    said, size = _cursor(call) or "0", number(call, "count")
    if not said.isdigit() or size is None or not server(plain).is_good:
        return server(call)
    size, first = max(size, 0), int(said)
    shown = rows[first : first + size]
    following = {"nextCursor": str(first + size)} if first + size < len(rows) and size else {}
    reply = server(plain).listing(shown, itemsPerPage=len(shown), **following)
    return reply


@mutant("CUR-021", "CUR-002")
def a_cursor_loses_a_row(call: Call, server: Server) -> Reply:
    """The first row of every page after the first is lost."""
    reply = server(call)
    if _cursor(call) and reply.is_good and len(reply.resources()) > 1:
        rows = reply.resources()[1:]
        return reply.listing(rows, itemsPerPage=len(rows))
    return reply


@mutant("CUR-005")
def pages_of_a_cursor_are_larger(call: Call, server: Server) -> Reply:
    """count is ignored where there is a cursor."""
    return server(giving(call, "count", None) if _cursor(call) is not None else call)
