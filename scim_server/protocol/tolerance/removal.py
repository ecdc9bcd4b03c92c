"""``remove`` with a value: the standard knows none, and ignoring it can empty a group."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace

from scim_server.protocol.messages import Operation
from scim_server.protocol.patch.target import Location
from scim_server.protocol.schema import Attribute, Path
from scim_server.protocol.tolerance.value import Json, relaxed

_VALUES_IN_A_PATH = 20
"""A filter may hold 100 terms and 8,192 bytes."""


def relax_removal(
    location: Location | None, operation: Operation, used: set[str]
) -> Iterator[Operation]:
    """Yield the standard removals that a removal with a value stands for."""
    if operation.value is None:
        yield remove_null_value(operation, used)
    elif location is None:
        yield operation
    elif location.filter is None and _is_list(location.path):
        yield from remove_listed_values(location.path, operation, used)
    else:
        yield superfluous_remove_value(operation, used)


def _is_list(path: Path) -> bool:
    return path.attribute.multi_valued and path.sub is None


def remove_null_value(operation: Operation, used: set[str]) -> Operation:
    """P8: ``"value": null`` (conformance/clients/keycloak/remove_all_members.json)."""
    used.add("remove_null_value")
    return replace(operation, has_value=False)


def superfluous_remove_value(operation: Operation, used: set[str]) -> Operation:
    """P11: the value that goes (conformance/clients/entra/remove_with_value.json)."""
    used.add("superfluous_remove_value")
    return replace(operation, value=None, has_value=False)


def remove_listed_values(path: Path, operation: Operation, used: set[str]) -> Iterator[Operation]:
    """P6: only those in the list go (conformance/clients/entra/group_remove_listed.json).

    An element that names nothing to compare leaves the operation as it is, to be refused.
    """
    value = operation.value
    given = value if isinstance(value, list) else [value]
    selections = [_selection(path.attribute, item) for item in relaxed(path.attribute, given, used)]
    if not all(selections):
        yield operation
        return
    used.add("remove_listed_values")
    for terms in _chunks(selections):
        yield Operation("remove", f"{path.text}[{' or '.join(terms)}]")


def _selection(attribute: Attribute, item: Json) -> str:
    """The filter that an element of the list stands for; empty if it stands for none."""
    if not attribute.is_complex:
        return f"value eq {json.dumps(item)}" if isinstance(item, str | int | float) else ""
    if not isinstance(item, dict):
        return ""
    named = {sub.name: v for k, v in item.items() if (sub := attribute.sub(k)) and _is_simple(v)}
    if "value" in named:
        # Of a reference, the value says it all; other values may stand under several types.
        keys = ("value",) if attribute.sub("$ref") else ("value", "type")
        named = {name: named[name] for name in keys if name in named}
    return " and ".join(f"{name} eq {json.dumps(v)}" for name, v in named.items())


def _is_simple(value: Json) -> bool:
    return isinstance(value, str | int | float)


def _chunks(selections: Sequence[str]) -> Iterator[Sequence[str]]:
    for at in range(0, len(selections), _VALUES_IN_A_PATH):
        yield selections[at : at + _VALUES_IN_A_PATH]
