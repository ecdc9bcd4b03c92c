"""Counts and look-ups over many users."""

from collections.abc import Collection, Mapping

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Connection,
    Label,
    Text,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    text,
    union_all,
)

from scim_server.directory.accounts.census import Counted, Tally
from scim_server.directory.ports import Resource
from scim_server.protocol.schema import Path, ResourceType
from scim_server.protocol.values import key as key_of
from scim_server.store.models import API_KEY, MEMBERSHIP, RESOURCE, SESSION, VALUE
from scim_server.store.records import COLUMNS, Kinds, to_resource
from scim_server.store.rows import cut, path_code
from scim_server.store.sql import Many, is_sqlite, one_of

_NOW: BindParameter[str] = bindparam("now")
_TENANT: BindParameter[int] = bindparam("tenant")
_USERS = bindparam("users", type_=Many(BigInteger))
_SESSIONS = (SESSION.c.tenant == _TENANT, SESSION.c.idle_ends > _NOW, SESSION.c.ends > _NOW)
_KEYS = (
    API_KEY.c.tenant == _TENANT,
    or_(API_KEY.c.expires.is_(None), API_KEY.c.expires > _NOW),
)
_OF_SESSIONS: Label[int] = literal_column("0").label("what")
_OF_KEYS: Label[int] = literal_column("1").label("what")

_TALLIES = union_all(
    select(_OF_SESSIONS, SESSION.c.user, func.count())
    .where(*_SESSIONS, one_of(SESSION.c.user, _USERS))
    .group_by(SESSION.c.user),
    select(_OF_KEYS, API_KEY.c.user, func.count())
    .where(*_KEYS, one_of(API_KEY.c.user, _USERS))
    .group_by(API_KEY.c.user),
)
_LIVE = union_all(
    select(_OF_SESSIONS, func.count()).select_from(SESSION).where(*_SESSIONS),
    select(_OF_KEYS, func.count()).select_from(API_KEY).where(*_KEYS),
)
_STANDING = (
    select(RESOURCE.c.status, RESOURCE.c.source, RESOURCE.c.role, func.count())
    .where(RESOURCE.c.tenant == _TENANT, RESOURCE.c.kind == bindparam("kind"))
    .group_by(RESOURCE.c.status, RESOURCE.c.source, RESOURCE.c.role)
)
_HOLDERS = select(VALUE.c.key, VALUE.c.resource).where(
    VALUE.c.tenant == _TENANT,
    VALUE.c.path == bindparam("path"),
    one_of(VALUE.c.key, bindparam("keys", type_=Many(Text))),
)
_RESOURCES = select(*COLUMNS).where(RESOURCE.c.tenant == _TENANT, one_of(RESOURCE.c.id, _USERS))
_DISPLAYS = select(RESOURCE.c.public_id, RESOURCE.c.display).where(
    RESOURCE.c.tenant == _TENANT,
    one_of(RESOURCE.c.public_id, bindparam("ids", type_=Many(Text))),
    RESOURCE.c.display.is_not(None),
)
_GROUPS = (
    select(MEMBERSHIP.c.member, RESOURCE.c.display)
    .join(
        RESOURCE,
        (RESOURCE.c.tenant == MEMBERSHIP.c.tenant) & (RESOURCE.c.id == MEMBERSHIP.c.group),
    )
    .where(
        MEMBERSHIP.c.tenant == _TENANT,
        one_of(MEMBERSHIP.c.member, _USERS),
        RESOURCE.c.display.is_not(None),
    )
    .order_by(MEMBERSHIP.c.member, RESOURCE.c.display)
)
_TURN = text("SELECT pg_advisory_xact_lock(:lock, :tenant)")
_LOCK = 0x5C1E
"""One of PostgreSQL's locks that nothing else takes."""


class SqlCensus:
    """directory.census.CensusStore over one connection."""

    def __init__(self, connection: Connection, tenant: int, kinds: Kinds) -> None:
        self.connection = connection
        self.tenant = tenant
        self.kinds = kinds

    def tallies(self, users: Collection[int], now: str) -> Mapping[int, Tally]:
        """By store key; who has nothing is left out."""
        names = {"tenant": self.tenant, "users": list(users), "now": now}
        counts: dict[int, list[int]] = {}
        for what, user, number in self.connection.execute(_TALLIES, names):
            counts.setdefault(user, [0, 0])[what] = number
        return {user: Tally(*numbers) for user, numbers in counts.items()}

    def live(self, now: str) -> Tally:
        """Of the whole tenant."""
        rows = self.connection.execute(_LIVE, {"tenant": self.tenant, "now": now})
        found: dict[int, int] = {what: number for what, number in rows}
        return Tally(found[0], found[1])

    def standing(self, kind: ResourceType) -> list[Counted]:
        """How many users there are of each status, source and role."""
        rows = self.connection.execute(_STANDING, {"tenant": self.tenant, "kind": kind.name})
        return [Counted(*row) for row in rows]

    def holders(
        self, kind: ResourceType, path: Path, values: Collection[str]
    ) -> dict[str, list[int]]:
        """Who has one of these values at a simple path: comparison key to store keys."""
        keys = {cut(key)[0]: key for value in values if (key := key_of(path.leaf, value))}
        code = path_code(kind.name, path.text)
        names = {"tenant": self.tenant, "path": code, "keys": list(keys)}
        found: dict[str, list[int]] = {}
        for key, resource in self.connection.execute(_HOLDERS, names):
            found.setdefault(keys[key], []).append(resource)
        return found

    def resources(self, keys: Collection[int]) -> list[Resource]:
        """Those with these store keys."""
        rows = self.connection.execute(_RESOURCES, {"tenant": self.tenant, "users": list(keys)})
        return [to_resource(row, self.kinds) for row in rows]

    def displays(self, ids: Collection[str]) -> Mapping[str, str]:
        """What resources of any kind are called, by id, where they are called anything."""
        rows = self.connection.execute(_DISPLAYS, {"tenant": self.tenant, "ids": list(ids)})
        return {id: display for id, display in rows}

    def groups_of(self, users: Collection[int]) -> Mapping[int, list[str]]:
        """The names of the groups that each is in directly, in their order."""
        names = {"tenant": self.tenant, "users": list(users)}
        found: dict[int, list[str]] = {}
        for member, display in self.connection.execute(_GROUPS, names):
            found.setdefault(member, []).append(display)
        return found

    def await_turn(self) -> None:
        """Let no other transaction of the tenant that asks for this go on before this one ends.

        SQLite has one writer, and this transaction is it.
        """
        if not is_sqlite(self.connection):
            self.connection.execute(_TURN, {"lock": _LOCK, "tenant": self.tenant})
