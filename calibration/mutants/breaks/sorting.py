"""RFC 7644 §3.4.2.3: the order of lists."""

from collections.abc import Callable
from functools import partial
from typing import Any

from calibration.mutants.exchange import Call, Json, Reply, Server
from calibration.mutants.mutant import mutant
from calibration.mutants.surgery import (
    giving,
    number,
    parameter,
    whole,
)

LAST = "\U0010ffff"


def _paged(call: Call, server: Server, rows: list[Json]) -> Reply:
    first, count = max(number(call, "startIndex") or 1, 1), number(call, "count")
    shown = rows[first - 1 :][: max(100 if count is None else count, 0)]
    return server(call).listing(
        shown, totalResults=len(rows), itemsPerPage=len(shown), startIndex=first
    )


def _ordered(call: Call, server: Server, order: Callable[[list[Json], str], list[Json]]) -> Reply:
    """Sorted in another way than ours; what is no path of one or two names is left to ours."""
    by = parameter(call, "sortBy")
    reply = server(call)
    if not call.is_list() or not isinstance(by, str) or not reply.is_good or ":" in by:
        return reply
    if "cursor" in call.asked or "attributes" in call.asked.lower():
        return reply
    return _paged(call, server, order(whole(call, server), by))


def _value(one: Json, path: str) -> Any:
    held: Any = one
    for name in path.split("."):
        if isinstance(held, list):
            chosen = next((each for each in held if each.get("primary")), held[0] if held else {})
            held = chosen
        held = held.get(name) if isinstance(held, dict) else None
    if isinstance(held, list):
        chosen = next((each for each in held if each.get("primary")), held[0] if held else {})
        held = chosen.get("value") if isinstance(chosen, dict) else chosen
    return held


def _descends(call: Call) -> bool:
    return str(parameter(call, "sortOrder")).lower() == "descending"


@mutant("SRT-001")
def lists_are_not_sorted(call: Call, server: Server) -> Reply:
    """sortBy is ignored, though sort is advertised."""
    return server(giving(call, "sortBy", None) if call.is_list() else call)


@mutant("SRT-001")
def pages_are_sorted_by_themselves(call: Call, server: Server) -> Reply:
    """The rows of a page are sorted, the pages are not."""
    by = parameter(call, "sortBy") if call.is_list() else None
    reply = server(giving(call, "sortBy", None) if by else call)
    if not by or not reply.is_good:
        return reply
    rows = sorted(
        reply.resources(),
        key=lambda one: str(_value(one, str(by)) or LAST).lower(),
        reverse=_descends(call),
    )
    return reply.listing(rows)


@mutant("SRT-002")
def descending_is_ignored(call: Call, server: Server) -> Reply:
    """sortOrder is ignored."""
    return server(giving(call, "sortOrder", None) if call.is_list() else call)


@mutant("SRT-003")
def lists_are_sorted_by_case(call: Call, server: Server) -> Reply:
    """Upper-case letters come before all lower-case ones."""

    def order(rows: list[Json], by: str) -> list[Json]:
        return sorted(
            rows,
            key=lambda one: LAST if _value(one, by) is None else str(_value(one, by)),
            reverse=_descends(call),
        )

    return _ordered(call, server, order)


@mutant("SRT-004")
def lists_are_sorted_by_the_first_value(call: Call, server: Server) -> Reply:
    """emails are sorted by the first, not by the primary one."""

    def order(rows: list[Json], by: str) -> list[Json]:
        plain = [
            {**one, "emails": [{**m, "primary": False} for m in one.get("emails", ())]}
            for one in rows
        ]
        places = {one["id"]: str(_value(one, by) or LAST).lower() for one in plain}
        return sorted(rows, key=lambda one: places[one["id"]], reverse=_descends(call))

    by = str(parameter(call, "sortBy") if call.is_list() else None)
    return _ordered(call, server, order) if by.startswith("emails") else server(call)


@mutant("SRT-006")
def nothing_comes_first(call: Call, server: Server) -> Reply:
    """Who has no value comes first ascending, and last descending."""

    def order(rows: list[Json], by: str) -> list[Json]:
        return sorted(
            rows, key=lambda one: str(_value(one, by) or "").lower(), reverse=_descends(call)
        )

    return _ordered(call, server, order)


@mutant("SRT-006")
def nothing_comes_last_in_both_orders(call: Call, server: Server) -> Reply:
    """Who has no value comes last, also descending."""

    def order(rows: list[Json], by: str) -> list[Json]:
        valued = [one for one in rows if _value(one, by) is not None]
        rest = [one for one in rows if _value(one, by) is None]
        key = partial(_lower, by)
        return sorted(valued, key=key, reverse=_descends(call)) + rest

    return _ordered(call, server, order)


def _lower(by: str, one: Json) -> str:
    return str(_value(one, by)).lower()


@mutant("SRT-008")
def ties_are_in_no_order(call: Call, server: Server) -> Reply:
    """Of equal values, each page has its own order."""

    def order(rows: list[Json], by: str) -> list[Json]:
        key = partial(_lower, by)
        valued = [one for one in _turned(rows, server) if _value(one, by) is not None]
        rest = [one for one in rows if _value(one, by) is None]
        return sorted(valued, key=key, reverse=_descends(call)) + rest

    return _ordered(call, server, order)


def _turned(rows: list[Json], server: Server) -> list[Json]:
    """Forwards at one request, backwards at the next."""
    server.memory["turns"] = server.memory.get("turns", 0) + 1
    return rows[:: 1 if server.memory["turns"] % 2 else -1]


@mutant("SRT-008", "PAG-009")
def lists_have_no_order(call: Call, server: Server) -> Reply:
    """Without sortBy, each page is of another order."""
    reply = server(call)
    is_plain = call.is_list() and reply.is_good and not {"sortBy", "cursor"} & set(call.query)
    if not is_plain or parameter(call, "count") is None or call.method != "GET":
        return reply
    return _paged(call, server, _turned(whole(call, server), server))


@mutant("SRT-001", "SRT-003")
def extensions_cannot_be_sorted_by(call: Call, server: Server) -> Reply:
    """sortBy an extension attribute is ignored."""
    if call.is_list() and ":" in str(parameter(call, "sortBy")):
        return server(giving(call, "sortBy", None))
    return server(call)
