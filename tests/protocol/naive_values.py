"""Values once more, plainly: what is legal under a published definition, and what a filter selects.

Only what patch_strategy.py makes: ``name eq value`` and its like, joined by one ``and`` or ``or``,
perhaps all of it in ``not (…)``.
"""

import json
import re
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from tests.published import Definitions, Json

Test = Callable[[Json], bool]

_NOT = re.compile(r"not \((.*)\)")
_TERM = re.compile(
    r"(?P<name>[\w$]+) (?:(?P<present>pr)|(?P<operator>eq|ne|co|sw) (?P<operand>.+))"
)
_BASE64 = re.compile(r"([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")


class Refused(Exception):
    """The request must fail, whatever the error is called."""


class Taken(Refused):
    """Another resource has a value that must be unique."""


def known(definitions: Definitions, name: str) -> Json:
    """The definition of that name. Raises Refused."""
    definition = definitions.get(name.lower())
    if definition is None:
        raise Refused("unknown")
    return definition


def checked(definition: Json, value: Any) -> Any:
    """The simple value. Raises Refused."""
    if not _LEGAL[definition["type"]](value):
        raise Refused("wrong type")
    return value


def _is_instant(value: Any) -> bool:
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except (TypeError, ValueError):
        return False


_LEGAL: dict[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: value is True or value is False,
    "integer": lambda value: type(value) is int,
    "decimal": lambda value: type(value) in (int, float),
    "dateTime": _is_instant,
    "binary": lambda value: isinstance(value, str) and _BASE64.fullmatch(value) is not None,
    "reference": lambda value: isinstance(value, str) and " " not in value,
}


def selection(definitions: Definitions, text: str) -> Test:
    """What the text in brackets says of an element. Raises Refused."""
    inside = _NOT.fullmatch(text)
    if inside:
        return _denied(selection(definitions, inside[1]))
    for word, join in ((" or ", any), (" and ", all)):
        if word in text:
            return _joined(join, [selection(definitions, part) for part in text.split(word)])
    term = _TERM.fullmatch(text)
    if term is None:
        raise Refused("malformed")
    definition = known(definitions, term["name"])
    if term["present"]:
        return lambda element: element.get(definition["name"]) is not None
    return _comparison(definition, term["operator"], json.loads(term["operand"]))


def _denied(test: Test) -> Test:
    return lambda element: not test(element)


def _joined(join: Callable[[Iterable[bool]], bool], tests: list[Test]) -> Test:
    return lambda element: join(test(element) for test in tests)


def _comparison(definition: Json, operator: str, operand: Any) -> Test:
    name, wanted = definition["name"], comparable(definition, operand)

    def holds(element: Json) -> bool:
        value = element.get(name, False if name == "primary" else None)
        if value is None:
            return operator == "ne"
        found = comparable(definition, value)
        match operator:
            case "co":
                return wanted in found
            case "sw":
                return bool(found.startswith(wanted))
            case _:
                return bool((found == wanted) is (operator == "eq"))

    return holds


def comparable(definition: Json, value: Any) -> Any:
    """What is equal for values that are (RFC 7644 §3.4.2.2)."""
    match definition["type"]:
        case "string":
            return value if definition.get("caseExact") else value.lower()
        case "dateTime":
            return datetime.fromisoformat(value)
        case "binary":
            return value.rstrip("=")
        case _:
            return value
