"""Grants of roles as rows."""

from collections.abc import Collection, Sequence
from typing import Any

import orjson
from sqlalchemy import (
    CTE,
    BindParameter,
    ColumnElement,
    Connection,
    Executable,
    Integer,
    Row,
    Select,
    Text,
    bindparam,
    delete,
    func,
    insert,
    literal_column,
    select,
)

from scim_server.directory.rights.grants import Gift, Grant, Held
from scim_server.directory.rights.guards import SERVING
from scim_server.directory.rights.rights import ROLES, SUPER_ADMIN, Permission, limits_from
from scim_server.store.models import MEMBERSHIP, RESOURCE, ROLE_GRANT
from scim_server.store.prepared import Prepared
from scim_server.store.sql import Many, is_sqlite, one_of
from scim_server.store.writes import TENANT

UNLIMITED = "{}"
DIRECT, INHERITED = literal_column("1", Integer), literal_column("0", Integer)
_ID = bindparam("_id", type_=Text)
_GRANT = (
    ROLE_GRANT.c.id,
    ROLE_GRANT.c.role,
    ROLE_GRANT.c.limits,
    RESOURCE.c.public_id,
    RESOURCE.c.kind,
    RESOURCE.c.display,
    ROLE_GRANT.c.permissions,
    ROLE_GRANT.c.given_by,
    ROLE_GRANT.c.giver,
    ROLE_GRANT.c.created,
)
_WITH_HOLDER = (RESOURCE.c.tenant == ROLE_GRANT.c.tenant) & (RESOURCE.c.id == ROLE_GRANT.c.holder)


def holders(seed: Select[Any]) -> CTE:
    """(holder, direct): the resource of ``seed``, and the groups that it is in, at any depth."""
    link = MEMBERSHIP.alias()
    up = seed.add_columns(DIRECT.label("direct")).cte("up", recursive=True)
    return up.union(
        select(link.c.group, INHERITED)
        .join(up, link.c.member == up.c.holder)
        .where(link.c.tenant == TENANT)
    )


def below(seed: Select[Any]) -> CTE:
    """(member): the resources of ``seed``, and whoever is in them, at any depth."""
    link = MEMBERSHIP.alias()
    down = seed.cte("down", recursive=True)
    return down.union(
        select(link.c.member)
        .join(down, link.c.group == down.c.member)
        .where(link.c.tenant == TENANT)
    )


def named_by(ids: BindParameter[Any]) -> Select[Any]:
    """(member): the resources with these ids."""
    return select(RESOURCE.c.id.label("member")).where(
        RESOURCE.c.tenant == TENANT, one_of(RESOURCE.c.public_id, ids)
    )


def _effective() -> Prepared:
    own = select(RESOURCE.c.id.label("holder")).where(
        RESOURCE.c.tenant == TENANT, RESOURCE.c.public_id == _ID
    )
    up = holders(own)
    return Prepared(
        select(*_GRANT, up.c.direct)
        .select_from(up)
        .join(ROLE_GRANT, ROLE_GRANT.c.holder == up.c.holder)
        .join(RESOURCE, _WITH_HOLDER)
        .where(ROLE_GRANT.c.tenant == TENANT)
        .order_by(up.c.direct.desc(), ROLE_GRANT.c.id)
    )


def _serving(down: CTE) -> Select[*tuple[Any, ...]]:
    """Those below who may sign in. Joined, SQLite would go through all users to find the few."""
    status = select(RESOURCE.c.status).where(
        RESOURCE.c.tenant == TENANT, RESOURCE.c.id == down.c.member
    )
    serving = sorted(status.value for status in SERVING)
    return select(down.c.member).where(status.scalar_subquery().in_(serving))


def _super_admins() -> Executable:
    granted = select(ROLE_GRANT.c.holder.label("member")).where(
        ROLE_GRANT.c.tenant == TENANT,
        ROLE_GRANT.c.role == SUPER_ADMIN,
        ROLE_GRANT.c.limits == UNLIMITED,
    )
    return _serving(below(granted))


def _serving_among() -> Executable:
    return _serving(below(named_by(bindparam("_ids", type_=Many(Text))))).limit(1)


EFFECTIVE = _effective()
SUPER_ADMINS = _super_admins()
SERVING_AMONG = _serving_among()
ONE = (ROLE_GRANT.c.tenant == TENANT, ROLE_GRANT.c.id == _ID)
TAKING = 2
"""The class of PostgreSQL's advisory locks; memberships have 1."""


class SqlGrants:
    """directory.grants.GrantStore over one connection."""

    def __init__(self, connection: Connection, tenant: int) -> None:
        self.connection = connection
        self.tenant = tenant

    def effective(self, holder: str) -> list[Held]:
        """Of the user or group with this id and of every group that it is in."""
        rows = EFFECTIVE.rows(self.connection, _tenant=self.tenant, _id=holder)
        return [Held(_grant(row), direct=bool(row.direct)) for row in rows]

    def page(
        self, holder: str | None, role: str | None, after: str | None, limit: int
    ) -> list[Grant]:
        """Newest first, those that were made before the one with the id ``after``."""
        statement = select(*_GRANT).join(RESOURCE, _WITH_HOLDER).where(*self._named(holder, role))
        if after is not None:
            statement = statement.where(ROLE_GRANT.c.id < after)
        newest = statement.order_by(ROLE_GRANT.c.id.desc()).limit(limit)
        return list(map(_grant, self.connection.execute(newest)))

    def count(self, holder: str | None, role: str | None) -> int:
        """How many there are."""
        statement = select(func.count()).select_from(ROLE_GRANT).join(RESOURCE, _WITH_HOLDER)
        counted = self.connection.execute(statement.where(*self._named(holder, role)))
        return int(counted.scalar_one())

    def get(self, id: str) -> Grant | None:
        """One of them."""
        statement = select(*_GRANT).join(RESOURCE, _WITH_HOLDER).where(*ONE)
        row = self.connection.execute(statement, self._one(id)).first()
        return None if row is None else _grant(row)

    def add(self, grant: Grant, holder: int) -> None:
        """To the resource with this store key."""
        gift = grant.gift
        row = {
            "tenant": self.tenant,
            "id": grant.id,
            "holder": holder,
            "role": gift.role,
            "permissions": None if gift.role else " ".join(sorted(gift.permissions)),
            "limits": orjson.dumps(gift.limits.told()).decode(),
            "given_by": grant.given_by,
            "giver": grant.giver,
            "created": grant.created,
        }
        self.connection.execute(insert(ROLE_GRANT), [row])

    def remove(self, id: str) -> None:
        """It counts no more."""
        self.connection.execute(delete(ROLE_GRANT).where(*ONE), self._one(id))

    def super_admins(self) -> Collection[int]:
        """Store keys of the users who hold the highest role without limits and may use it."""
        return self.connection.execute(SUPER_ADMINS, {"_tenant": self.tenant}).scalars().all()

    def are_super_admins(self, ids: Collection[str]) -> bool:
        """Whether any of these ids is, or is a group with, a user who could be one."""
        names = {"_tenant": self.tenant, "_ids": list(ids)}
        return self.connection.execute(SERVING_AMONG, names).first() is not None

    def wait(self) -> None:
        """Until no other transaction is about to take the highest role from somebody."""
        if not is_sqlite(self.connection):
            self.connection.execute(select(func.pg_advisory_xact_lock(TAKING, self.tenant)))

    def _one(self, id: str) -> dict[str, Any]:
        return {"_tenant": self.tenant, "_id": id}

    def _named(self, holder: str | None, role: str | None) -> Sequence[ColumnElement[bool]]:
        named = [ROLE_GRANT.c.tenant == self.tenant]
        if holder is not None:
            named.append(RESOURCE.c.public_id == holder)
        if role is not None:
            named.append(ROLE_GRANT.c.role == role)
        return named


def _grant(row: Row[*tuple[Any, ...]]) -> Grant:
    own = (row.permissions or "").split()
    permissions = ROLES[row.role] if row.role else frozenset(map(Permission, own))
    gift = Gift(row.role, permissions, limits_from(orjson.loads(row.limits)))
    who = (row.public_id, row.kind, row.display)
    return Grant(row.id, gift, *who, row.given_by, row.giver, row.created)
