"""PATCH of the attribute that is kept as membership rows (RFC 7644 §3.5.2, RFC 7643 §4.2).

A group may have a million members, so an operation becomes a record of what to do with the rows;
nothing here sees the members that the group has.
"""

from dataclasses import dataclass

from scim_server.protocol.bind import Bound
from scim_server.protocol.errors import InvalidValue, NotMutable
from scim_server.protocol.filter import Compare, Filter, Or
from scim_server.protocol.messages import Operation
from scim_server.protocol.patch.target import Location
from scim_server.protocol.resource import check_value
from scim_server.protocol.schema import Path, fold_name


@dataclass(frozen=True, slots=True)
class AddMembers:
    """Those who are members already stay so."""

    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RemoveMembers:
    """Those who are no members are no fault."""

    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RemoveMembersWhere:
    """Every member whose element satisfies ``where``."""

    where: Bound


@dataclass(frozen=True, slots=True)
class SetMembers:
    """These and no others."""

    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClearMembers:
    """No member stays."""


MemberChange = AddMembers | RemoveMembers | RemoveMembersWhere | SetMembers | ClearMembers


def member_change(location: Location, operation: Operation) -> MemberChange:
    """Return what the operation does to the members. Raises InvalidValue, NotMutable."""
    path = location.path
    if path.sub is not None:
        raise NotMutable(f'"{path.text}" of a member cannot change.')
    if operation.op == "remove":
        return _removal(location)
    if location.where is not None:
        raise NotMutable(f'An element of "{path.text}" cannot change: add or remove it.')
    if operation.op == "add":
        given = operation.value if isinstance(operation.value, list) else [operation.value]
        return AddMembers(_ids(path, given))
    if operation.value is None or operation.value == []:
        return ClearMembers()
    return SetMembers(_ids(path, operation.value))


def _removal(location: Location) -> MemberChange:
    if location.filter is None or location.where is None:
        return ClearMembers()
    ids = listed(location.filter)
    return RemoveMembersWhere(location.where) if ids is None else RemoveMembers(ids)


def listed(tree: Filter) -> tuple[str, ...] | None:
    """The ids of ``value eq "a" or value eq "b"``; None for any other filter."""
    ids: dict[str, None] = {}
    for term in tree.terms if isinstance(tree, Or) else (tree,):
        if not isinstance(term, Compare) or term.operator != "eq":
            return None
        if fold_name(term.attribute) != "value" or not isinstance(term.value, str):
            return None
        ids[term.value] = None
    return tuple(ids)


def _ids(path: Path, value: object) -> tuple[str, ...]:
    """The ids of member elements, each once; what else they say is checked and forgotten."""
    if not isinstance(value, list):
        raise InvalidValue(f'"{path.text}" must be an array.')
    elements = check_value(path.attribute, value, path.text)
    ids = [element.get("value") for element in elements] if isinstance(elements, list) else []
    if len(ids) < len(value) or not all(ids):
        raise InvalidValue(f'Every element of "{path.text}" needs a "value".')
    return tuple(dict.fromkeys(ids))
