"""What others say of a resource: its groups, its applications, and whom its references name.

One statement for any number of resources; for a single GET it fetches the resource too.
"""

from collections import defaultdict
from collections.abc import Generator, Iterable, Mapping, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    BindParameter,
    ColumnElement,
    Connection,
    Executable,
    FromClause,
    Integer,
    Select,
    SelectBase,
    Text,
    bindparam,
    case,
    cast,
    literal_column,
    null,
    or_,
    select,
    union_all,
)

from scim_server.directory.ports import Assigned, Membership, Reference, Relations, Resource
from scim_server.protocol.references import reference_attributes
from scim_server.protocol.schema import Path, ResourceType
from scim_server.store.models import APPLICATION, ASSIGNMENT, MEMBERSHIP, RESOURCE, VALUE
from scim_server.store.prepared import Prepared
from scim_server.store.records import COLUMNS, Kinds, to_resource
from scim_server.store.rows import path_code
from scim_server.store.sql import Many, one_of

TENANT = bindparam("tenant", type_=Integer)
Keys = SelectBase | BindParameter[Sequence[int]]
NOTHING = cast(null(), Text)
_UNUSED = [NOTHING.label(column.name) for column in COLUMNS[4:]]
DIRECT, INDIRECT = literal_column("1", Integer), literal_column("0", Integer)
"""Written out, as all constants here: a parameter is converted anew for every request."""


def get(
    connection: Connection, tenant: int, kind: ResourceType, id: str, kinds: Kinds
) -> tuple[Resource, Relations] | None:
    """A resource and its relations, in one statement."""
    rows = _get_statement(kind).rows(connection, tenant=tenant, id=id)
    for row in rows:
        if row.tag == "resource":
            resource = to_resource(row[2:], kinds)
            return resource, _collect(rows).get(resource.key, Relations())
    return None


@lru_cache(maxsize=256)
def _get_statement(kind: ResourceType) -> Prepared:
    own = (
        (RESOURCE.c.tenant == TENANT)
        & (RESOURCE.c.public_id == bindparam("id"))
        & (RESOURCE.c.kind == kind.name)
    )
    document = select(_constant("resource").label("tag"), RESOURCE.c.display, *COLUMNS).where(own)
    arms = _arms(kind, select(RESOURCE.c.id).where(own))
    return Prepared(union_all(document, *arms) if arms else document)


def related(
    connection: Connection, tenant: int, resources: Sequence[Resource]
) -> Mapping[int, Relations]:
    """The relations of resources, by store key."""
    keys: dict[ResourceType, list[int]] = {}
    for resource in resources:
        keys.setdefault(resource.kind, []).append(resource.key)
    statement = _related_statement(tuple(keys))
    if statement is None:
        return {}
    parameters = {_keys_of(kind): found for kind, found in keys.items()}
    return _collect(connection.execute(statement, {"tenant": tenant, **parameters}).all())


@lru_cache(maxsize=256)
def _related_statement(kinds: tuple[ResourceType, ...]) -> Executable | None:
    arms = [
        arm
        for kind in kinds
        for arm in _arms(kind, bindparam(_keys_of(kind), type_=Many(BigInteger)))
    ]
    return union_all(*arms) if arms else None


def _keys_of(kind: ResourceType) -> str:
    return f"keys_{kind.name}"


def _arms(kind: ResourceType, keys: Keys) -> list[Select[*tuple[Any, ...]]]:
    arms = []
    if kind.storage.member_of:
        up = _up(kind, keys)
        arms.append(_groups_arm(up))
        if kind.storage.applications:
            arms += _applications_arms(up, keys)
    if reference_attributes(kind):
        arms.append(_references_arm(kind, keys))
    return arms


def _among(column: ColumnElement[int], keys: Keys) -> ColumnElement[bool]:
    return one_of(column, keys) if isinstance(keys, BindParameter) else column.in_(keys)


def _up(kind: ResourceType, keys: Keys) -> CTE:
    """(member, group, direct): the groups that resources are in, at any depth."""
    link, above = MEMBERSHIP.alias(), MEMBERSHIP.alias()
    up = (
        select(link.c.member.label("member"), link.c.group.label("group"), DIRECT.label("direct"))
        .where(link.c.tenant == TENANT, _among(link.c.member, keys))
        .cte(f"up_{kind.name}", recursive=True)
    )
    return up.union(
        select(up.c.member, above.c.group, INDIRECT)
        .join(above, above.c.member == up.c.group)
        .where(above.c.tenant == TENANT)
    )


def _groups_arm(up: CTE) -> Select[*tuple[Any, ...]]:
    group = RESOURCE.alias()
    found = _relation("group", up.c.member, group, up.c.direct)
    return found.join(group, (group.c.tenant == TENANT) & (group.c.id == up.c.group))


def _applications_arms(up: CTE, keys: Keys) -> list[Select[*tuple[Any, ...]]]:
    """Their own, and those of their groups."""
    own, inherited = ASSIGNMENT.alias(), ASSIGNMENT.alias()
    direct = _application(own, own.c.holder, DIRECT).where(_among(own.c.holder, keys))
    through = _application(inherited, up.c.member, INDIRECT)
    return [direct, through.join(up, inherited.c.holder == up.c.group)]


def _application(
    assigned: FromClause, key: ColumnElement[int], number: ColumnElement[int]
) -> Select[*tuple[Any, ...]]:
    application = APPLICATION.alias()
    shown: dict[str, ColumnElement[Any]] = {
        "tag": _constant("application"),
        "display": cast(application.c.name, Text),
        "id": key,
        "kind": NOTHING,
        "public_id": cast(application.c.id, Text),
        "version": number,
    }
    of_tenant = (application.c.tenant == TENANT) & (assigned.c.tenant == TENANT)
    return (
        select(*(column.label(name) for name, column in shown.items()), *_UNUSED)
        .select_from(assigned)
        .join(application, of_tenant & (application.c.id == assigned.c.application))
    )


def _references_arm(kind: ResourceType, keys: Keys) -> Select[*tuple[Any, ...]]:
    value, target = VALUE.alias(), RESOURCE.alias()
    named = [
        value.c.path == path_code(kind.name, Path(urn, attribute, parts.value).text)
        for urn, attribute, parts in reference_attributes(kind)
    ]
    found = _relation("reference", value.c.resource, target, INDIRECT)
    return found.join(
        target, (target.c.tenant == TENANT) & (target.c.public_id == value.c.key)
    ).where(value.c.tenant == TENANT, _among(value.c.resource, keys), or_(*named))


def _relation(
    tag: str, key: ColumnElement[int], row: FromClause, number: ColumnElement[int]
) -> Select[*tuple[Any, ...]]:
    return select(
        _constant(tag).label("tag"),
        row.c.display,
        key.label("id"),
        row.c.kind,
        row.c.public_id,
        number.label("version"),
        *_UNUSED,
    )


def _collect(rows: Iterable[Any]) -> Mapping[int, Relations]:
    groups: dict[int, dict[str, Membership]] = defaultdict(dict)
    references: dict[int, dict[str, Reference]] = defaultdict(dict)
    applications: dict[int, dict[str, Assigned]] = defaultdict(dict)
    for row in rows:
        if row.tag == "reference":
            references[row.id][row.public_id] = Reference(row.public_id, row.kind, row.display)
        elif row.tag == "application":
            seen = applications[row.id].get(row.public_id)
            direct = bool(row.version) or (seen is not None and seen.direct)
            applications[row.id][row.public_id] = Assigned(row.public_id, row.display, direct)
        elif row.tag == "group" and (row.version or row.public_id not in groups[row.id]):
            groups[row.id][row.public_id] = Membership(
                row.public_id, row.kind, row.display, direct=bool(row.version)
            )
    return {
        key: Relations(
            tuple(sorted(groups[key].values(), key=_in_order)),
            references[key],
            tuple(sorted(applications[key].values(), key=attrgetter("id"))),
        )
        for key in {*groups, *references, *applications}
    }


def _constant(tag: str) -> ColumnElement[str]:
    return literal_column(f"'{tag}'", Text)


def _in_order(membership: Membership) -> tuple[bool, str]:
    return not membership.direct, membership.group


def members(
    connection: Connection, tenant: int, groups: Sequence[Resource], most: int | None
) -> Generator[tuple[int, Reference], None, None]:
    """(group's store key, member), in the order of ``groups``, read as it is consumed."""
    keys = [group.key for group in groups]
    position: ColumnElement[int] = MEMBERSHIP.c.group
    if keys != sorted(keys):
        position = case({key: index for index, key in enumerate(keys)}, value=MEMBERSHIP.c.group)
    statement = (
        select(MEMBERSHIP.c.group, RESOURCE.c.public_id, RESOURCE.c.kind, RESOURCE.c.display)
        .join(
            RESOURCE,
            (RESOURCE.c.tenant == MEMBERSHIP.c.tenant) & (RESOURCE.c.id == MEMBERSHIP.c.member),
        )
        .where(
            MEMBERSHIP.c.tenant == tenant,
            one_of(MEMBERSHIP.c.group, bindparam("keys", keys, Many(BigInteger))),
        )
        .order_by(position, MEMBERSHIP.c.member)
        .limit(most)
    )
    with connection.execute(statement, execution_options={"yield_per": 1000}) as rows:
        for row in rows:
            yield row[0], Reference(row.public_id, row.kind, row.display)
