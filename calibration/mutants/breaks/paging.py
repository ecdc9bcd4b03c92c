"""RFC 7644 §3.4.2.4: pages by index."""

from collections.abc import Callable
from functools import partial

from calibration.mutants.exchange import Call, Reply, Server
from calibration.mutants.mutant import add, mutant
from calibration.mutants.surgery import (
    giving,
    number,
    refusal,
)

Change = Callable[[int], int | None]


PAGES: tuple[tuple[str, str, str, Change, tuple[str, ...]], ...] = (
    (
        "indexes_begin_with_0",
        "startIndex 0 is the first row.",
        "startIndex",
        lambda index: index + 1,
        ("PAG-001", "PAG-009"),
    ),
    (
        "pages_have_one_too_many",
        "A page has one resource more than count.",
        "count",
        lambda count: count + 1 if count > 0 else count,
        ("PAG-002",),
    ),
    (
        "no_resources_is_no_limit",
        "count=0 is no count.",
        "count",
        lambda count: count or None,
        ("PAG-003",),
    ),
    (
        "a_negative_count_is_no_limit",
        "A negative count is no count.",
        "count",
        lambda count: count if count >= 0 else None,
        ("PAG-003",),
    ),
    (
        "a_negative_index_is_the_second",
        "A startIndex below 1 is taken without its sign.",
        "startIndex",
        abs,
        ("PAG-001",),
    ),
)


def _page(name: str, change: Change, call: Call, server: Server) -> Reply:
    given = number(call, name) if call.is_list() else None
    return server(call if given is None else giving(call, name, change(given)))


for _name, _broken, _parameter, _change, _ids in PAGES:
    add(_name, "paging", _broken, _ids, partial(_page, _parameter, _change))


@mutant("PAG-001")
def an_index_of_0_is_refused(call: Call, server: Server) -> Reply:
    """startIndex below 1 is 400."""
    index = number(call, "startIndex") if call.is_list() else None
    return refusal(400, "invalidValue") if index is not None and index < 1 else server(call)


@mutant("PAG-003")
def a_negative_count_is_refused(call: Call, server: Server) -> Reply:
    """A negative count is 400."""
    count = number(call, "count") if call.is_list() else None
    return refusal(400, "invalidValue") if count is not None and count < 0 else server(call)


@mutant("PAG-003")
def no_resources_have_no_total(call: Call, server: Server) -> Reply:
    """count=0 says totalResults 0."""
    reply = server(call)
    if call.is_list() and number(call, "count") == 0 and reply.is_good:
        return reply.listing([], totalResults=0)
    return reply


@mutant("PAG-006")
def a_large_count_is_refused(call: Call, server: Server) -> Reply:
    """A count above maxResults is 400."""
    count = number(call, "count") if call.is_list() else None
    return refusal(400, "invalidValue") if count is not None and count > 1000 else server(call)


@mutant("PAG-005")
def past_the_end_is_404(call: Call, server: Server) -> Reply:
    """A startIndex past the end is 404."""
    reply = server(call)
    index = number(call, "startIndex") if call.is_list() else None
    return refusal(404) if index and index > reply.document.get("totalResults", index) else reply


@mutant("PAG-005")
def past_the_end_is_nobody(call: Call, server: Server) -> Reply:
    """A startIndex past the end says totalResults 0."""
    reply = server(call)
    index = number(call, "startIndex") if call.is_list() else None
    if reply.is_good and index and index > reply.document.get("totalResults", index):
        return reply.listing([], totalResults=0)
    return reply


@mutant("PAG-004")
def items_per_page_is_the_count(call: Call, server: Server) -> Reply:
    """itemsPerPage is the count that was asked for."""
    reply = server(call)
    count = number(call, "count") if call.is_list() else None
    if reply.is_good and count:
        return reply.listing(reply.resources(), itemsPerPage=count)
    return reply


@mutant("PAG-004")
def the_index_is_always_1(call: Call, server: Server) -> Reply:
    """startIndex of a list is always 1."""
    reply = server(call)
    if call.is_list() and "startIndex" in reply.document:
        return reply.listing(reply.resources(), startIndex=1)
    return reply


@mutant("PAG-009")
def pages_overlap(call: Call, server: Server) -> Reply:
    """Every page but the first begins with the last row of the one before."""
    index = number(call, "startIndex") if call.is_list() else None
    if index is None or index < 2:
        return server(call)
    reply = server(giving(call, "startIndex", index - 1))
    return reply.listing(reply.resources(), startIndex=index) if reply.is_good else reply


@mutant("PAG-009")
def the_last_page_loses_a_row(call: Call, server: Server) -> Reply:
    """The last of several pages has one row too few."""
    reply = server(call)
    rows, index = reply.resources(), number(call, "startIndex") if call.is_list() else None
    if not reply.is_good or not index or index < 2 or not rows:
        return reply
    if index + len(rows) > reply.document.get("totalResults", 0):
        return reply.listing(rows[:-1], itemsPerPage=len(rows) - 1)
    return reply
