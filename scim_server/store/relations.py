"""What others say of a resource: its groups, and the resources that its references name.

One statement for any number of resources; for a single GET it fetches the resource too.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Integer,
    Row,
    Select,
    SelectBase,
    Text,
    bindparam,
    case,
    cast,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from scim_server.directory.ports import Membership, Reference, Relations, Resource
from scim_server.protocol.references import reference_attributes
from scim_server.protocol.schema import Path, ResourceType
from scim_server.store.models import MembershipRow, ResourceRow, ValueRow
from scim_server.store.records import Kinds, to_resource
from scim_server.store.rows import path_code

TENANT = bindparam("tenant", type_=Integer)
Keys = SelectBase | Sequence[int]
NOTHING = cast(null(), Text)


def get(
    connection: Connection, tenant: int, kind: ResourceType, id: str, kinds: Kinds
) -> tuple[Resource, Relations] | None:
    """A resource and its relations, in one statement."""
    rows = connection.execute(_get_statement(kind), {"tenant": tenant, "id": id}).all()
    for row in rows:
        if row.tag == "resource":
            resource = to_resource(row, kinds)
            return resource, _collect(rows).get(resource.key, Relations())
    return None


@lru_cache(maxsize=256)
def _get_statement(
    kind: ResourceType,
) -> Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]]:
    own = (
        (ResourceRow.tenant == TENANT)
        & (ResourceRow.public_id == bindparam("id"))
        & (ResourceRow.kind == kind.name)
    )
    document = select(
        literal("resource").label("tag"),
        ResourceRow.id,
        ResourceRow.kind,
        ResourceRow.public_id,
        ResourceRow.version,
        ResourceRow.display,
        ResourceRow.created,
        ResourceRow.modified,
        ResourceRow.status,
        ResourceRow.document,
    ).where(own)
    arms = _arms(kind, select(ResourceRow.id).where(own))
    return union_all(document, *arms) if arms else document


def related(
    connection: Connection, tenant: int, resources: Sequence[Resource]
) -> Mapping[int, Relations]:
    """The relations of resources, by store key."""
    kinds = {resource.kind for resource in resources}
    by_kind = {k: [r.key for r in resources if r.kind is k] for k in kinds}
    arms = [arm for kind, keys in by_kind.items() for arm in _arms(kind, keys)]
    if not arms:
        return {}
    statement = union_all(*arms) if len(arms) > 1 else arms[0]
    return _collect(connection.execute(statement, {"tenant": tenant}).all())


def _arms(kind: ResourceType, keys: Keys) -> list[Select[*tuple[Any, ...]]]:
    arms = []
    if kind.storage.member_of:
        arms.append(_groups_arm(kind, keys))
    if reference_attributes(kind):
        arms.append(_references_arm(kind, keys))
    return arms


def _groups_arm(kind: ResourceType, keys: Keys) -> Select[*tuple[Any, ...]]:
    link, above, group = aliased(MembershipRow), aliased(MembershipRow), aliased(ResourceRow)
    up = (
        select(link.member.label("member"), link.group.label("group"), literal(1).label("direct"))
        .where(link.tenant == TENANT, link.member.in_(keys))
        .cte(f"up_{kind.name}", recursive=True)
    )
    up = up.union(
        select(up.c.member, above.group, literal(0))
        .join(above, above.member == up.c.group)
        .where(above.tenant == TENANT)
    )
    found = _relation("group", up.c.member, group, up.c.direct)
    return found.join(group, (group.tenant == TENANT) & (group.id == up.c.group))


def _references_arm(kind: ResourceType, keys: Keys) -> Select[*tuple[Any, ...]]:
    value, target = aliased(ValueRow), aliased(ResourceRow)
    codes = [
        path_code(kind.name, Path(urn, attribute, parts.value).text)
        for urn, attribute, parts in reference_attributes(kind)
    ]
    found = _relation("reference", value.resource.expression, target, literal(0))
    return found.join(target, (target.tenant == TENANT) & (target.public_id == value.key)).where(
        value.tenant == TENANT, value.resource.in_(keys), value.path.in_(codes)
    )


def _relation(
    tag: str, key: ColumnElement[int], row: type[ResourceRow], number: ColumnElement[int]
) -> Select[*tuple[Any, ...]]:
    return select(
        literal(tag).label("tag"),
        key.label("id"),
        row.kind,
        row.public_id,
        number.label("version"),
        row.display,
        NOTHING.label("created"),
        NOTHING.label("modified"),
        NOTHING.label("status"),
        NOTHING.label("document"),
    )


def _collect(rows: Iterable[Row[*tuple[Any, ...]]]) -> Mapping[int, Relations]:
    groups: dict[int, dict[str, Membership]] = defaultdict(dict)
    references: dict[int, dict[str, Reference]] = defaultdict(dict)
    for row in rows:
        if row.tag == "reference":
            references[row.id][row.public_id] = Reference(row.public_id, row.kind, row.display)
        elif row.tag == "group" and (row.version or row.public_id not in groups[row.id]):
            direct = bool(row.version)
            groups[row.id][row.public_id] = Membership(row.public_id, row.display, direct)
    return {
        key: Relations(tuple(sorted(groups[key].values(), key=_in_order)), references[key])
        for key in {*groups, *references}
    }


def _in_order(membership: Membership) -> tuple[bool, str]:
    return not membership.direct, membership.group


def members(
    connection: Connection, tenant: int, groups: Sequence[Resource], most: int | None
) -> Iterator[tuple[int, Reference]]:
    """(group's store key, member), in the order of ``groups``, read as it is consumed."""
    keys = [group.key for group in groups]
    position: ColumnElement[int] = MembershipRow.group.expression
    if keys != sorted(keys):
        position = case({key: index for index, key in enumerate(keys)}, value=MembershipRow.group)
    statement = (
        select(MembershipRow.group, ResourceRow.public_id, ResourceRow.kind, ResourceRow.display)
        .join(
            ResourceRow,
            (ResourceRow.tenant == MembershipRow.tenant) & (ResourceRow.id == MembershipRow.member),
        )
        .where(MembershipRow.tenant == tenant, MembershipRow.group.in_(keys))
        .order_by(position, MembershipRow.member)
        .limit(most)
    )
    for row in connection.execute(statement, execution_options={"yield_per": 1000}):
        yield row[0], Reference(row.public_id, row.kind, row.display)
