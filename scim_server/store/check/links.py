"""Memberships: both sides exist, in the same tenant, and no group contains itself."""

from collections import defaultdict
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from typing import Any

from sqlalchemy import Connection, Select, exists, false, not_, or_, select
from sqlalchemy.orm import aliased

from scim_server.protocol.references import reference_parts
from scim_server.protocol.schema import Registry
from scim_server.store.check.violation import Violation
from scim_server.store.models.resources import MembershipRow, ResourceRow


def link_violations(connection: Connection, registry: Registry) -> Iterator[Violation]:
    """V-05."""
    yield from _memberships(connection, registry)
    yield from _circles(connection)


def _memberships(connection: Connection, registry: Registry) -> Iterator[Violation]:
    allowed = _allowed_kinds(registry)
    rows = connection.execute(_odd_memberships(allowed), execution_options={"yield_per": 1000})
    for row in rows:
        id = row.group_id or row.member_id or f"{row.group}/{row.member}"
        if row.group_kind is None or row.member_kind is None:
            side = "group" if row.group_kind is None else "member"
            what = f"the {side} of a membership is not there"
        else:
            what = f"a {row.member_kind} cannot be a member of a {row.group_kind}"
        yield Violation("V-05", row.tenant, row.group_kind or "membership", id, what)


def _allowed_kinds(registry: Registry) -> dict[str, tuple[str, ...]]:
    """The kinds that have members, and the kinds that these may be; none named means any."""
    allowed = {}
    for kind in registry.kinds.values():
        attribute = kind.attribute(kind.storage.members) if kind.storage.members else None
        if attribute:
            parts = reference_parts(attribute)
            allowed[kind.name] = parts.kinds if parts else tuple(registry.kinds)
    return allowed


def _odd_memberships(allowed: dict[str, tuple[str, ...]]) -> Select[*tuple[Any, ...]]:
    """Memberships that are not between two resources whose kinds may be so related."""
    group, member = aliased(ResourceRow), aliased(ResourceRow)
    link = MembershipRow
    fine = [
        (group.kind == name) & member.kind.in_(kinds) for name, kinds in sorted(allowed.items())
    ]
    odd = or_(group.kind.is_(None), member.kind.is_(None), not_(or_(false(), *fine)))
    return (
        select(
            link.tenant,
            link.group,
            link.member,
            group.kind.label("group_kind"),
            group.public_id.label("group_id"),
            member.kind.label("member_kind"),
            member.public_id.label("member_id"),
        )
        .join_from(
            link, group, (group.tenant == link.tenant) & (group.id == link.group), isouter=True
        )
        .join(member, (member.tenant == link.tenant) & (member.id == link.member), isouter=True)
        .where(odd)
    )


def _circles(connection: Connection) -> Iterator[Violation]:
    """Only memberships of groups in groups are read into memory."""
    link, below, group = MembershipRow, aliased(MembershipRow), aliased(ResourceRow)
    has_members = exists().where(below.tenant == link.tenant, below.group == link.member)
    nested = (
        select(link.tenant, link.member, link.group, group.kind, group.public_id)
        .join(group, (group.tenant == link.tenant) & (group.id == link.group))
        .where(has_members)
    )
    edges: dict[int, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    names: dict[tuple[int, int], tuple[str, str]] = {}
    for tenant, inner, outer, *name in connection.execute(nested):
        edges[tenant][outer].add(inner)
        names[tenant, outer] = (name[0], name[1])
    for tenant, graph in edges.items():
        for circle in _circles_of(graph):
            kind, id = names[tenant, circle[0]]
            yield Violation("V-05", tenant, kind, id, "it contains itself")


def _circles_of(graph: dict[int, set[int]]) -> Iterator[list[int]]:
    """Each circle is cut where it was found, until none is left."""
    while True:
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as found:
            circle: list[int] = found.args[1]
            yield circle
            graph[circle[1]].discard(circle[0])
        else:
            return
