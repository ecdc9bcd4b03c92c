"""API keys as rows."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Text,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from scim_server.directory.accounts.account import sign_in_name
from scim_server.directory.accounts.lifecycle import Status
from scim_server.directory.rights.keys import Found, Key
from scim_server.protocol.schema import ResourceType
from scim_server.store.grants import below, named_by
from scim_server.store.models import API_KEY, RESOURCE
from scim_server.store.paging import newest
from scim_server.store.prepared import Prepared
from scim_server.store.sql import Many
from scim_server.store.writes import TENANT

_KEY = (
    API_KEY.c.id,
    API_KEY.c.name,
    API_KEY.c.scopes,
    RESOURCE.c.public_id,
    RESOURCE.c.document,
    API_KEY.c.created,
    API_KEY.c.created_by,
    API_KEY.c.expires,
    API_KEY.c.used,
    API_KEY.c.lent,
)
_WITH_USER = (RESOURCE.c.tenant == API_KEY.c.tenant) & (RESOURCE.c.id == API_KEY.c.user)
_ONE = (API_KEY.c.tenant == bindparam("_tenant"), API_KEY.c.id == bindparam("_id"))
_FIND = Prepared(
    select(*_KEY, API_KEY.c.digest, API_KEY.c.user, RESOURCE.c.status)
    .outerjoin(RESOURCE, _WITH_USER)
    .where(*_ONE)
)
_BELOW = below(named_by(bindparam("_ids", type_=Many(Text))))
_LENT = (
    select(*_KEY, API_KEY.c.user)
    .join(RESOURCE, _WITH_USER)
    .join(_BELOW, _BELOW.c.member == API_KEY.c.user)
    .where(API_KEY.c.tenant == TENANT, API_KEY.c.lent == 1)
)
_TOUCH = update(API_KEY).where(*_ONE).values(used=bindparam("_now"))


class SqlKeys:
    """directory.keys.KeyStore over one connection."""

    def __init__(self, connection: Connection, tenant: int, users: ResourceType) -> None:
        self.connection = connection
        self.tenant = tenant
        self.users = users

    def page(
        self, user: str | None, after: tuple[str, str] | None, limit: int, now: str
    ) -> list[Key]:
        """That have not expired, newest first, those that come after a place."""
        statement = select(*_KEY).outerjoin(RESOURCE, _WITH_USER).where(*self._live(user, now))
        page = newest(statement, API_KEY.c.created, API_KEY.c.id, after, limit)
        return list(map(self._key, self.connection.execute(page)))

    def count(self, user: str | None, now: str) -> int:
        """How many there are."""
        statement = select(func.count()).select_from(API_KEY).outerjoin(RESOURCE, _WITH_USER)
        counted = self.connection.execute(statement.where(*self._live(user, now)))
        return int(counted.scalar_one())

    def add(self, key: Key, user: int | None, digest: str) -> None:
        """Of the user with this store key, or the system's."""
        row = {
            "tenant": self.tenant,
            "id": key.id,
            "user": user,
            "name": key.name,
            "scopes": " ".join(sorted(key.scopes)),
            "digest": digest,
            "created": key.created,
            "created_by": key.created_by,
            "expires": key.expires,
            "used": key.used,
            "lent": int(key.lent),
        }
        self.connection.execute(insert(API_KEY), [row])

    def remove(self, id: str, user: str | None) -> Key | None:
        """The key that it was; None: there is none, or not of that user where one is named."""
        names = {"_tenant": self.tenant, "_id": id}
        row = self.connection.execute(
            select(*_KEY).outerjoin(RESOURCE, _WITH_USER).where(*_ONE), names
        ).first()
        if row is None or user not in (None, row.public_id):
            return None
        gone = self.connection.execute(delete(API_KEY).where(*_ONE), names).rowcount
        return self._key(row) if gone else None

    def end_lent(self, holders: Collection[str]) -> Mapping[int, Sequence[Key]]:
        """End those of users with these ids, and of whoever is in groups with these ids."""
        names = {"_tenant": self.tenant, "_ids": list(holders)}
        ended: dict[int, list[Key]] = {}
        for row in self.connection.execute(_LENT, names).all():
            self.connection.execute(delete(API_KEY).where(*_ONE), names | {"_id": row.id})
            ended.setdefault(row.user, []).append(self._key(row))
        return ended

    def find(self, id: str) -> Found | None:
        """None where there is none, or its user may not sign in."""
        rows = _FIND.rows(self.connection, _tenant=self.tenant, _id=id)
        if not rows or (rows[0].user is not None and rows[0].status != Status.ACTIVE):
            return None
        return Found(self._key(rows[0]), rows[0].digest)

    def touch(self, id: str, now: str) -> None:
        """Note the use."""
        self.connection.execute(_TOUCH, {"_tenant": self.tenant, "_id": id, "_now": now})

    def _key(self, row: Row[*tuple[Any, ...]]) -> Key:
        owned = row.document is not None
        return Key(
            row.id,
            row.name,
            frozenset(row.scopes.split()),
            row.public_id,
            sign_in_name(self.users, orjson.loads(row.document)) if owned else None,
            row.created,
            row.created_by,
            row.expires,
            row.used,
            bool(row.lent),
        )

    def _live(self, user: str | None, now: str) -> Sequence[ColumnElement[bool]]:
        live = [
            API_KEY.c.tenant == self.tenant,
            or_(API_KEY.c.expires.is_(None), API_KEY.c.expires > now),
        ]
        return live if user is None else [*live, RESOURCE.c.public_id == user]
