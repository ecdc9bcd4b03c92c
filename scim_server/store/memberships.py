"""Members as rows: what is written is the difference, whatever the size of the group."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Connection,
    Select,
    Text,
    bindparam,
    delete,
    func,
    select,
)

from scim_server.directory.accounts.lifecycle import Status
from scim_server.directory.ports import MemberDelta, Resource
from scim_server.protocol.bind import Bound
from scim_server.protocol.errors import InvalidValue, UnknownMembers
from scim_server.protocol.references import reference_parts
from scim_server.store.membership_query import member_condition
from scim_server.store.models import MEMBERSHIP, RESOURCE
from scim_server.store.scope import Scope
from scim_server.store.sql import Many, chunks, insert_many, is_sqlite, one_of

TENANT: BindParameter[int] = bindparam("_tenant")
GROUP: BindParameter[int] = bindparam("_group")
FIND = (
    select(
        RESOURCE.c.id, RESOURCE.c.public_id, RESOURCE.c.kind, RESOURCE.c.status, MEMBERSHIP.c.member
    )
    .outerjoin(
        MEMBERSHIP,
        (MEMBERSHIP.c.tenant == TENANT)
        & (MEMBERSHIP.c.group == GROUP)
        & (MEMBERSHIP.c.member == RESOURCE.c.id),
    )
    .where(
        RESOURCE.c.tenant == TENANT,
        one_of(RESOURCE.c.public_id, bindparam("_ids", type_=Many(Text))),
    )
)
"""Resources by id; ``member`` is null for those that are not in the group."""
FIND_AND_KEEP = FIND.with_for_update(read=True, key_share=True, of=RESOURCE)
"""None of them can be deleted before the transaction ends."""
MEMBERS = (
    select(RESOURCE.c.id, RESOURCE.c.public_id)
    .join(MEMBERSHIP, MEMBERSHIP.c.member == RESOURCE.c.id)
    .where(MEMBERSHIP.c.tenant == TENANT, MEMBERSHIP.c.group == GROUP, RESOURCE.c.tenant == TENANT)
)
DELETE = delete(MEMBERSHIP).where(
    MEMBERSHIP.c.tenant == TENANT,
    MEMBERSHIP.c.group == GROUP,
    one_of(MEMBERSHIP.c.member, bindparam("_members", type_=Many(BigInteger))),
)


def add(connection: Connection, scope: Scope, group: Resource, ids: Sequence[str]) -> MemberDelta:
    """Add the resources with these ids; those that are members already are passed over."""
    found = _resolve(connection, scope, group, ids)
    return _insert(connection, scope, group, [row for row in found if row.member is None])


def _insert(
    connection: Connection, scope: Scope, group: Resource, new: Sequence[Any]
) -> MemberDelta:
    insert_many(connection, MEMBERSHIP, [(scope.tenant, group.key, row.id) for row in new])
    return MemberDelta(added=tuple(row.public_id for row in new))


def remove(
    connection: Connection, scope: Scope, group: Resource, ids: Sequence[str]
) -> MemberDelta:
    """Remove the members with these ids; others are passed over."""
    found = _find(connection, scope, group, ids, FIND)
    return _delete(connection, scope, group, [row for row in found if row.member is not None])


def remove_where(
    connection: Connection, scope: Scope, group: Resource, condition: Bound | None
) -> MemberDelta:
    """Remove the members that match, or all."""
    matching = (
        MEMBERS
        if condition is None
        else MEMBERS.where(member_condition(scope, RESOURCE, condition))
    )
    gone = connection.execute(matching, _names(scope, group)).all()
    return _delete(connection, scope, group, gone)


def replace(
    connection: Connection, scope: Scope, group: Resource, ids: Sequence[str]
) -> MemberDelta:
    """Make these the members, writing only the difference."""
    found = _resolve(connection, scope, group, ids)
    wanted = {row.id for row in found}
    present = connection.execute(MEMBERS, _names(scope, group)).all()
    removed = _delete(connection, scope, group, [row for row in present if row.id not in wanted])
    added = _insert(connection, scope, group, [row for row in found if row.member is None])
    return MemberDelta(added.added, removed.removed)


def _delete(
    connection: Connection, scope: Scope, group: Resource, gone: Sequence[Any]
) -> MemberDelta:
    for chunk in chunks([row.id for row in gone]):
        connection.execute(DELETE, _names(scope, group) | {"_members": chunk})
    return MemberDelta(removed=tuple(row.public_id for row in gone))


def _names(scope: Scope, group: Resource) -> dict[str, Any]:
    return {"_tenant": scope.tenant, "_group": group.key}


def _find(
    connection: Connection,
    scope: Scope,
    group: Resource,
    ids: Sequence[str],
    statement: Select[*tuple[Any, ...]],
) -> list[Any]:
    found: list[Any] = []
    for chunk in chunks(list(dict.fromkeys(ids))):
        found += connection.execute(statement, _names(scope, group) | {"_ids": chunk})
    return found


def _resolve(
    connection: Connection, scope: Scope, group: Resource, ids: Sequence[str]
) -> list[Any]:
    """The resources with these ids, kept from deletion until the end; none is deprovisioned.

    Raises UnknownMembers, InvalidValue: the group would contain itself.
    """
    kinds = _member_kinds(scope)
    found = [
        row
        for row in _find(connection, scope, group, ids, FIND_AND_KEEP)
        if row.kind in kinds and row.status != Status.DEPROVISIONED
    ]
    if missing := set(ids) - {row.public_id for row in found}:
        named = ", ".join(f'"{id}"' for id in sorted(missing)[:10])
        raise UnknownMembers(
            f'"{scope.kind.storage.members}" names who is unknown or deprovisioned: {named}.',
            frozenset(missing),
        )
    nested = [row.id for row in found if scope.registry.kinds[row.kind].storage.members]
    if nested:
        _refuse_cycle(connection, scope, group, nested)
    return found


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
    # Upwards: few groups are in many others, and what is below may be a million users.
    link, above = MEMBERSHIP.alias(), MEMBERSHIP.alias()
    up = (
        select(link.c.group)
        .where(link.c.tenant == scope.tenant, link.c.member == group.key)
        .cte("up", recursive=True)
    )
    up = up.union(
        select(above.c.group)
        .join(up, above.c.member == up.c.group)
        .where(above.c.tenant == scope.tenant)
    )
    inside = connection.execute(select(up.c.group).where(up.c.group.in_(nested))).first()
    if inside or group.key in nested:
        raise InvalidValue(f'"{scope.kind.storage.members}" would make the group contain itself.')
