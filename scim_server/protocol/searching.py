"""One query, whether it comes as a URL or as a SearchRequest body (RFC 7644 §3.4.2, §3.4.3).

Knows the parameters and their defaults; filters, names and cursors stay text here.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from scim_server.protocol.errors import InvalidCount, InvalidFilter, InvalidValue
from scim_server.protocol.messages import SEARCH_SCHEMA, message

_LISTS = ("attributes", "excludedAttributes")
_TEXTS = ("filter", "sortBy", "sortOrder", "cursor")
_NUMBERS = ("startIndex", "count")
PARAMETERS = (*_LISTS, *_TEXTS, *_NUMBERS)

_LARGEST = 2**31 - 1


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """A query as asked for.

    attributes, excluded: names as written; at most one of the two holds any
    start_index:          1 to 2**31 - 1
    count:                0 to 2**31 - 1, None for the server's page size
    cursor:               None for index paging, "" for the first page of a cursor walk
    """

    attributes: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    filter: str | None = None
    sort_by: str | None = None
    descending: bool = False
    start_index: int = 1
    count: int | None = None
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """Which attributes of one resource a request asks for (§3.9); names as in SearchRequest."""

    attributes: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()


def projection_from_query(args: Mapping[str, Sequence[str]]) -> Asked:
    """Read what matters where there is one resource; the rest of a query is ignored (QRY-009).

    Raises InvalidValue.
    """
    return Asked(*_projection(_lists(args)))


def search_from_query(args: Mapping[str, Sequence[str]]) -> SearchRequest:
    """Read the parameters of a GET; unknown ones are ignored (HTP-008).

    Raises InvalidValue, InvalidFilter, InvalidCount.
    """
    given: dict[str, object] = {**_lists(args)}
    for name in (*_TEXTS, *_NUMBERS):
        values = args.get(name, ())
        if len(values) > 1:
            raise InvalidValue(f'"{name}" is given twice.')
        if values:
            given[name] = values[0]
    return _request(given, _number_in_text)


def parse_search(body: object) -> SearchRequest:
    """Read a SearchRequest body (§3.4.3).

    Raises InvalidSyntax, InvalidValue, InvalidFilter, InvalidCount.
    """
    found = message(body, SEARCH_SCHEMA, PARAMETERS)
    given = {name: value for name, value in found.items() if value is not None}
    for name in _LISTS:
        names = given.get(name, [])
        if not isinstance(names, list) or not all(isinstance(n, str) for n in names):
            raise InvalidValue(f'"{name}" must be an array of strings.')
    for name in _TEXTS:
        if not isinstance(given.get(name, ""), str):
            raise InvalidValue(f'"{name}" must be a string.')
    return _request(given, _number_in_json)


def _request(given: Mapping[str, object], number: Callable[[object], int | None]) -> SearchRequest:
    attributes, excluded = _projection(given)
    cursor = _text(given, "cursor")
    if cursor is not None and "startIndex" in given:
        raise InvalidValue('"startIndex" and "cursor" exclude each other.')
    return SearchRequest(
        attributes,
        excluded,
        _filter(given),
        _sort_by(given),
        _descending(given),
        _start_index(given, number),
        _count(given, number),
        cursor,
    )


def _lists(args: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    given = {}
    for name in _LISTS:
        parts = [part.strip() for text in args.get(name, ()) for part in text.split(",")]
        given[name] = [part for part in parts if part]
    return given


def _projection(given: Mapping[str, object]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    attributes, excluded = (_names(given.get(name)) for name in _LISTS)
    if attributes and excluded:
        raise InvalidValue('"attributes" and "excludedAttributes" exclude each other.')
    return attributes, excluded


def _names(given: object) -> tuple[str, ...]:
    return tuple(name for name in given if name.strip()) if isinstance(given, list) else ()


def _text(given: Mapping[str, object], name: str) -> str | None:
    text = given.get(name)
    return text if isinstance(text, str) else None


def _filter(given: Mapping[str, object]) -> str | None:
    text = _text(given, "filter")
    if text is not None and not text.strip():
        raise InvalidFilter("The filter is empty.")
    return text


def _sort_by(given: Mapping[str, object]) -> str | None:
    text = _text(given, "sortBy")
    if text is not None and not text.strip():
        raise InvalidValue('"sortBy" is empty.')
    return text


def _descending(given: Mapping[str, object]) -> bool:
    order = _text(given, "sortOrder")
    if order not in (None, "ascending", "descending"):
        raise InvalidValue('"sortOrder" must be "ascending" or "descending".')
    return order == "descending"


def _start_index(given: Mapping[str, object], number: Callable[[object], int | None]) -> int:
    if "startIndex" not in given:
        return 1
    index = number(given["startIndex"])
    if index is None:
        raise InvalidValue('"startIndex" must be an integer.')
    return min(max(index, 1), _LARGEST)


def _count(given: Mapping[str, object], number: Callable[[object], int | None]) -> int | None:
    if "count" not in given:
        return None
    count = number(given["count"])
    if count is None:
        fault = InvalidCount if "cursor" in given else InvalidValue
        raise fault('"count" must be an integer.')
    return min(max(count, 0), _LARGEST)


def _number_in_text(value: object) -> int | None:
    text = re.fullmatch(r"\s*([+-]?)0*([0-9]+)\s*", str(value), re.ASCII)
    if text is None:
        return None
    # int() refuses more than 4,300 digits; past ten, only the sign matters.
    size = int(text[2][:11])
    return -size if text[1] == "-" else size


def _number_in_json(value: object) -> int | None:
    return value if type(value) is int else None
