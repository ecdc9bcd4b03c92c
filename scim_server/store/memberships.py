"""Members as rows: what is written is the difference, whatever the size of the group."""

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, delete, func, literal, select

from scim_server.directory.ports import MemberDelta, Resource
from scim_server.protocol.bind import Bound
from scim_server.protocol.errors import InvalidValue
from scim_server.protocol.references import reference_parts
from scim_server.store.membership_query import member_condition
from scim_server.store.models import MEMBERSHIP, RESOURCE
from scim_server.store.scope import Scope
from scim_server.store.sql import insert_many, is_sqlite

Item = TypeVar("Item")
CHUNK = 1000
"""Ids in one IN list."""


def add(connection: Connection, scope: Scope, group: Resource, ids: Sequence[str]) -> MemberDelta:
    """Add the resources with these ids; those that are members already are passed over."""
    wanted = _resolve(connection, scope, group, ids)
    present = _members_among(connection, scope, group, list(wanted))
    return _insert(connection, scope, group, {k: i for k, i in wanted.items() if k not in present})


def _insert(
    connection: Connection, scope: Scope, group: Resource, new: dict[int, str]
) -> MemberDelta:
    insert_many(
        connection,
        MEMBERSHIP,
        [{"tenant": scope.tenant, "group": group.key, "member": key} for key in new],
    )
    return MemberDelta(added=tuple(new.values()))


def remove(
    connection: Connection, scope: Scope, group: Resource, ids: Sequence[str]
) -> MemberDelta:
    """Remove the members with these ids; others are passed over."""
    removed: list[str] = []
    for chunk in _chunks(ids):
        removed += _delete(connection, scope, group, RESOURCE.c.public_id.in_(chunk))
    return MemberDelta(removed=tuple(removed))


def remove_where(
    connection: Connection, scope: Scope, group: Resource, condition: Bound | None
) -> MemberDelta:
    """Remove the members that match, or all."""
    matching = literal(True) if condition is None else member_condition(scope, RESOURCE, condition)
    return MemberDelta(removed=tuple(_delete(connection, scope, group, matching)))


def replace(
    connection: Connection, scope: Scope, group: Resource, ids: Sequence[str]
) -> MemberDelta:
    """Make these the members, writing only the difference."""
    wanted = _resolve(connection, scope, group, ids)
    present = _members(connection, scope, group)
    gone = [key for key in present if key not in wanted]
    for chunk in _chunks(gone):
        connection.execute(
            delete(MEMBERSHIP).where(*_of(scope, group), MEMBERSHIP.c.member.in_(chunk))
        )
    new = {key: id for key, id in wanted.items() if key not in present}
    added = _insert(connection, scope, group, new).added
    return MemberDelta(added, tuple(present[key] for key in gone))


def _of(scope: Scope, group: Resource) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return MEMBERSHIP.c.tenant == scope.tenant, MEMBERSHIP.c.group == group.key


def _delete(
    connection: Connection, scope: Scope, group: Resource, matching: ColumnElement[bool]
) -> list[str]:
    """Delete the members that match and return their ids."""
    found = connection.execute(
        select(RESOURCE.c.id, RESOURCE.c.public_id)
        .join(MEMBERSHIP, MEMBERSHIP.c.member == RESOURCE.c.id)
        .where(*_of(scope, group), RESOURCE.c.tenant == scope.tenant, matching)
    ).all()
    for chunk in _chunks([row.id for row in found]):
        connection.execute(
            delete(MEMBERSHIP).where(*_of(scope, group), MEMBERSHIP.c.member.in_(chunk))
        )
    return [row.public_id for row in found]


def _members(connection: Connection, scope: Scope, group: Resource) -> dict[int, str]:
    statement = (
        select(RESOURCE.c.id, RESOURCE.c.public_id)
        .join(MEMBERSHIP, MEMBERSHIP.c.member == RESOURCE.c.id)
        .where(*_of(scope, group), RESOURCE.c.tenant == scope.tenant)
    )
    return {row.id: row.public_id for row in connection.execute(statement)}


def _members_among(
    connection: Connection, scope: Scope, group: Resource, keys: Sequence[int]
) -> set[int]:
    present: set[int] = set()
    for chunk in _chunks(keys):
        statement = select(MEMBERSHIP.c.member).where(
            *_of(scope, group), MEMBERSHIP.c.member.in_(chunk)
        )
        present.update(connection.execute(statement).scalars())
    return present


def _resolve(
    connection: Connection, scope: Scope, group: Resource, ids: Sequence[str]
) -> dict[int, str]:
    """Store keys of the ids, kept from deletion until the end. Raises InvalidValue."""
    found: list[Any] = []
    for chunk in _chunks(list(dict.fromkeys(ids))):
        statement = select(RESOURCE.c.id, RESOURCE.c.public_id, RESOURCE.c.kind).where(
            RESOURCE.c.tenant == scope.tenant,
            RESOURCE.c.public_id.in_(chunk),
            RESOURCE.c.kind.in_(_member_kinds(scope)),
        )
        found += connection.execute(statement.with_for_update(read=True, key_share=True))
    if missing := set(ids) - {row.public_id for row in found}:
        named = ", ".join(f'"{id}"' for id in sorted(missing)[:10])
        raise InvalidValue(f'"{scope.kind.storage.members}" names no known resource: {named}.')
    nested = [row.id for row in found if row.kind == scope.kind.name]
    if nested:
        _refuse_cycle(connection, scope, group, nested)
    return {row.id: row.public_id for row in found}


def _member_kinds(scope: Scope) -> tuple[str, ...]:
    attribute = scope.kind.attribute(scope.kind.storage.members or "")
    parts = reference_parts(attribute) if attribute else None
    return parts.kinds if parts else ()


def _refuse_cycle(
    connection: Connection, scope: Scope, group: Resource, nested: Sequence[int]
) -> None:
    """Raises InvalidValue when the group would come to contain itself."""
    if not is_sqlite(connection):
        # Two transactions could each add the other's group and see no cycle.
        connection.execute(select(func.pg_advisory_xact_lock(1, scope.tenant)))
    link, below = MEMBERSHIP.alias(), MEMBERSHIP.alias()
    down = (
        select(link.c.member)
        .where(link.c.tenant == scope.tenant, link.c.group.in_(nested))
        .cte("down", recursive=True)
    )
    down = down.union(
        select(below.c.member)
        .join(down, below.c.group == down.c.member)
        .where(below.c.tenant == scope.tenant)
    )
    inside = connection.execute(select(down.c.member).where(down.c.member == group.key)).first()
    if inside or group.key in nested:
        raise InvalidValue(f'"{scope.kind.storage.members}" would make the group contain itself.')


def _chunks(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    return (items[i : i + CHUNK] for i in range(0, len(items), CHUNK))
