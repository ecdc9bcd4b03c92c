"""What a document and its elements must be, for naive_patch.py: plainly, from the RFCs' text."""

from collections.abc import Iterator
from typing import Any

from tests.protocol.naive_values import Refused, checked, known
from tests.published import Definitions, Json, Published, by_name, is_read_only, is_secret

NOTHING: tuple[Any, ...] = (None, [], {})
"""No value (RFC 7643 §2.5)."""


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def writable(*definitions: Json | None) -> None:
    if any(definition and is_read_only(definition) for definition in definitions):
        raise Refused("readOnly")


def merged(definition: Json, before: Json, value: Any) -> Json:
    """Sub-attributes laid over others; null unassigns one."""
    if not isinstance(value, dict):
        raise Refused("no object")
    after = dict(before)
    for key, item in value.items():
        sub = known(by_name(definition["subAttributes"]), key)
        if item not in NOTHING:
            writable(sub)
            after[sub["name"]] = checked(sub, item)
        elif after.pop(sub["name"], None) is not None and sub.get("required"):
            raise Refused("required")
    return after


def append(elements: list[Any], definition: Json, values: list[Any]) -> None:
    """Add what is not there yet; one (type, value) is one element (RFC 7643 §2.4)."""
    touched = []
    for value in values:
        if definition["type"] != "complex":
            elements.append(checked(definition, value))
            continue
        new = merged(definition, {}, value)
        if not new:
            continue
        same = [each for each in elements if _twins(each, new)]
        if same:
            same[0].update(new)
        else:
            elements.append(new)
        touched.append(same[0] if same else new)
    hand_over(elements, touched)


def _twins(one: Any, other: Any) -> bool:
    if isinstance(one, dict) and "value" in one and "value" in other:
        return (one.get("type"), one["value"]) == (other.get("type"), other["value"])
    return bool(one == other)


def hand_over(elements: list[Any], touched: list[Any]) -> None:
    """What this operation made primary is the only primary element (§3.5.2)."""
    leaders: list[Json] = []
    for element in filter(_is_primary, touched):
        if all(element is not other for other in leaders):
            leaders.append(element)
    if len(leaders) > 1:
        raise Refused("two primary values")
    for element in filter(_is_primary, elements if leaders else []):
        if element is not leaders[0]:
            element["primary"] = False


def _is_primary(element: Any) -> bool:
    return isinstance(element, dict) and element.get("primary") is True


def check_document(kind: Published, before: Json, after: Json) -> None:
    """What must be there, and what must stay, after each operation."""
    for definition in kind.core.values():
        was, now = before.get(definition["name"]), after.get(definition["name"])
        if definition.get("required") and not now:
            raise Refused("required")
        if definition.get("mutability") == "immutable" and was not in (None, now):
            raise Refused("immutable")
    for definition, value in assigned(kind, after):
        demanded = [sub["name"] for sub in definition.get("subAttributes", []) if sub["required"]]
        for element in listed(value):
            if element and not all(element.get(name) for name in demanded):
                raise Refused("required in an element")


def assigned(kind: Published, document: Json) -> Iterator[tuple[Json, Any]]:
    """Every definition that has a value, with it."""
    for holder, definitions in _levels(kind, document):
        for definition in definitions.values():
            if definition["name"] in holder:
                yield definition, holder[definition["name"]]


def _levels(kind: Published, document: Json) -> Iterator[tuple[Json, Definitions]]:
    """The core of a document and each extension, with their definitions."""
    yield document, kind.core
    for urn, definitions in kind.extensions.items():
        yield document.get(urn, {}), definitions


def tidy(kind: Published, document: Json) -> Json:
    """No empty values, no element twice, no secret, and ``schemas`` as the data has it."""
    for holder, definitions in _levels(kind, document):
        for name, value in list(holder.items()):
            if isinstance(value, list):
                holder[name] = _distinct([item for item in value if item not in NOTHING])
            definition = definitions.get(name.lower())
            if holder[name] in NOTHING or (definition and is_secret(definition)):
                del holder[name]
    present = [urn for urn in kind.extensions if document.get(urn)]
    for urn in kind.extensions.keys() - set(present):
        document.pop(urn, None)
    return document | {"schemas": [kind.schema, *present]}


def _distinct(elements: list[Any]) -> list[Any]:
    kept: list[Any] = []
    for element in elements:
        twins = [at for at, other in enumerate(kept) if _twins(other, element)]
        if not twins:
            kept.append(element)
        elif _is_primary(element):
            kept[twins[0]] = element
    return kept
