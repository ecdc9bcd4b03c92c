"""Partial matching of JSON documents.

An expected object names the members that matter; an expected list names the elements that must
be there, in any order; any other expected value must be equal. An object with one of these keys
asks for more, and all of its keys must hold:

    {"$any": true}              present, whatever it is
    {"$type": "boolean"}        of that JSON type (integer is not boolean)
    {"$in": [a, b]}             matches one of them
    {"$pattern": "^[0-9]+$"}    a string that holds the regular expression
    {"$length": 3}              a list of that length
    {"$exact": [a, b]}          these elements, in any order, and no others; any other value equal
    {"$none": a}                a list, and no element matches
    {"$each": a}                a list, and every element matches
    {"$distinct": "id", "$at_least": 250}   a list with so many different values of that member
"""

import re
from collections.abc import Callable, Iterator, Sequence

TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "array": (list,),
    "object": (dict,),
}


def pick(document: object, path: str) -> list[object]:
    """Every value at ``path``: member names joined by ``/``; lists are looked through."""
    found = [document]
    for name in path.split("/"):
        found = [value[name] for value in _flat(found) if isinstance(value, dict) and name in value]
    return list(_flat(found))


def differences(expected: object, actual: object, where: str = "body") -> list[str]:
    """What ``actual`` lacks, one line each; empty when it matches."""
    if isinstance(expected, dict) and not OPERATORS.keys().isdisjoint(expected):
        return _asked(expected, actual, where)
    if isinstance(expected, dict):
        return _members(expected, actual, where)
    if isinstance(expected, list):
        return _elements(expected, actual, where)
    if expected != actual or isinstance(expected, bool) != isinstance(actual, bool):
        return [f"{where} is {actual!r}, expected {expected!r}"]
    return []


def _flat(values: Sequence[object]) -> Iterator[object]:
    for value in values:
        if isinstance(value, list):
            yield from _flat(value)
        else:
            yield value


def _members(expected: dict[str, object], actual: object, where: str) -> list[str]:
    if not isinstance(actual, dict):
        return [f"{where} is {actual!r}, expected an object"]
    found = []
    for name, value in expected.items():
        if name in actual:
            found += differences(value, actual[name], f"{where}/{name}")
        else:
            found.append(f"{where}/{name} is absent, expected {value!r}")
    return found


def _elements(expected: Sequence[object], actual: object, where: str) -> list[str]:
    """Pair each expected element with an element of its own."""
    if not isinstance(actual, list):
        return [f"{where} is {actual!r}, expected a list"]
    left = list(actual)
    found = []
    for item in expected:
        match = next((n for n, value in enumerate(left) if not differences(item, value)), None)
        if match is None:
            found.append(f"{where} {_short(actual)} has no element like {item!r}")
        else:
            del left[match]
    return found


def _asked(expected: dict[str, object], actual: object, where: str) -> list[str]:
    found = []
    for key, wanted in expected.items():
        if key == "$at_least":
            continue
        if not OPERATORS[key](wanted, actual, expected):
            found.append(f"{where} is {_short(actual)}, expected {expected!r}")
    return found


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 400 else f"{text[:400]}…"


def _is_type(wanted: object, actual: object, _: dict[str, object]) -> bool:
    if isinstance(actual, bool):
        return wanted == "boolean"
    return isinstance(actual, TYPES[str(wanted)])


def _is_exactly(wanted: object, actual: object, _: dict[str, object]) -> bool:
    if isinstance(wanted, list) and isinstance(actual, list):
        return len(wanted) == len(actual) and not _elements(wanted, actual, "")
    return wanted == actual


def _is_distinct(wanted: object, actual: object, asked: dict[str, object]) -> bool:
    values = {str(value) for value in pick(actual, str(wanted))}
    return len(values) >= int(str(asked["$at_least"]))


OPERATORS: dict[str, Callable[[object, object, dict[str, object]], bool]] = {
    "$any": lambda wanted, actual, _: actual is not None,
    "$type": _is_type,
    "$in": lambda wanted, actual, _: (
        isinstance(wanted, list) and any(not differences(item, actual) for item in wanted)
    ),
    "$pattern": lambda wanted, actual, _: (
        isinstance(actual, str) and re.search(str(wanted), actual) is not None
    ),
    "$length": lambda wanted, actual, _: isinstance(actual, list) and len(actual) == wanted,
    "$exact": _is_exactly,
    "$none": lambda wanted, actual, _: (
        isinstance(actual, list) and all(differences(wanted, item) for item in actual)
    ),
    "$each": lambda wanted, actual, _: (
        isinstance(actual, list) and not any(differences(wanted, item) for item in actual)
    ),
    "$distinct": _is_distinct,
}
