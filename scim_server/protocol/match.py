"""Bound tree and document to yes or no: what every operator means (RFC 7644 §3.4.2.2).

PATCH selects elements with it; store/query.py must answer as it does (tests/protocol/filter_cases).
"""

from collections.abc import Callable
from functools import partial
from operator import contains, eq, ge, gt, le, lt

from scim_server.protocol.bind import And, Bound, Compare, Never, Not, Operator, Or, Present
from scim_server.protocol.schema import Document, Path
from scim_server.protocol.values import key

_Values = Callable[[Path], list[object]]

_TESTS: dict[Operator, Callable[[str, str], bool]] = {
    "eq": eq,
    "co": contains,
    "sw": str.startswith,
    "ew": str.endswith,
    "gt": gt,
    "ge": ge,
    "lt": lt,
    "le": le,
}


def matches(bound: Bound, document: Document) -> bool:
    """Whether the document, as clients see it, satisfies a filter bound to its kind."""
    return _holds(bound, partial(_in_document, document))


def matches_element(bound: Bound, element: object) -> bool:
    """Whether one element satisfies what bind_within made for its attribute."""
    return _holds(bound, partial(_in_element, element))


def _holds(bound: Bound, values: _Values) -> bool:
    match bound:
        case And(terms):
            return all(_holds(term, values) for term in terms)
        case Or(terms):
            return any(_holds(term, values) for term in terms)
        case Not(inner):
            return not _holds(inner, values)
        case Never():
            return False
        case Present(path):
            return any(_assigned(value) for value in values(path))
        case Compare(path, operator, operand):
            holds = _TESTS[operator]
            return any(holds(key(path.leaf, value), operand) for value in values(path))
    return any(_holds(bound.inner, partial(_in_element, each)) for each in values(bound.path))


def _in_document(document: Document, path: Path) -> list[object]:
    holder = document if path.urn is None else document.get(path.urn, {})
    elements = _listed(holder, path.attribute.name)
    if path.sub is None:
        return elements
    return [value for element in elements for value in _listed(element, path.sub.name)]


def _in_element(element: object, path: Path) -> list[object]:
    return [element] if path.sub is None else _listed(element, path.sub.name)


def _listed(holder: object, name: str) -> list[object]:
    if not isinstance(holder, dict) or name not in holder:
        return []
    value = holder[name]
    return value if isinstance(value, list) else [value]


def _assigned(value: object) -> bool:
    if isinstance(value, dict):
        return any(_assigned(part) for part in value.values())
    return value not in ("", [])
