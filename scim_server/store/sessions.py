"""Sessions as rows."""

from collections.abc import Collection, Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, Text, bindparam, delete, func, select, update

from scim_server.directory.accounts.account import sign_in_name
from scim_server.directory.accounts.lifecycle import Status
from scim_server.directory.signing.sessions import Kept, Place, Session
from scim_server.protocol.schema import ResourceType
from scim_server.store.models import RESOURCE, SESSION
from scim_server.store.paging import newest
from scim_server.store.prepared import Prepared
from scim_server.store.sql import Many, insert_many, one_of

_PLAIN = ("created", "used", "idle_ends", "ends", "address", "device")
_LISTED = (
    SESSION.c.id,
    RESOURCE.c.public_id,
    RESOURCE.c.document,
    SESSION.c.methods,
    *(SESSION.c[name] for name in _PLAIN),
)
_WITH_USER = (SESSION.c.tenant == RESOURCE.c.tenant) & (SESSION.c.user == RESOURCE.c.id)
_ONE = (SESSION.c.tenant == bindparam("_tenant"), SESSION.c.id == bindparam("_id"))
_FIND = Prepared(
    select(*_LISTED, SESSION.c.digest, RESOURCE.c.status).join(RESOURCE, _WITH_USER).where(*_ONE)
)
_USE = (
    update(SESSION).where(*_ONE).values(used=bindparam("_used"), idle_ends=bindparam("_idle_ends"))
)


class SqlSessions:
    """directory.sessions.SessionStore over one connection."""

    def __init__(self, connection: Connection, tenant: int, users: ResourceType) -> None:
        self.connection = connection
        self.tenant = tenant
        self.users = users

    def add(self, user: int, session: Session, digest: str) -> None:
        """Of the user with this store key."""
        row = (
            self.tenant,
            session.id,
            user,
            digest,
            session.created,
            session.used,
            session.idle_ends,
            session.ends,
            session.address,
            session.device,
            " ".join(session.methods),
        )
        insert_many(self.connection, SESSION, [row])

    def find(self, id: str) -> Kept | None:
        """In one statement, live or not."""
        rows = _FIND.rows(self.connection, _tenant=self.tenant, _id=id)
        if not rows:
            return None
        [row] = rows
        return Kept(self._session(row), row.digest, row.status == Status.ACTIVE)

    def use(self, session: Session) -> None:
        """Note the last use, unless it is over."""
        names = {"_tenant": self.tenant, "_id": session.id}
        values = {"_used": session.used, "_idle_ends": session.idle_ends}
        self.connection.execute(_USE, names | values)

    def page(self, user: str | None, after: Place | None, limit: int, now: str) -> list[Session]:
        """Newest first, of one user or of all, those that come after a place."""
        statement = select(*_LISTED).join(RESOURCE, _WITH_USER).where(*self._live(user, now))
        page = newest(statement, SESSION.c.created, SESSION.c.id, after, limit)
        return list(map(self._session, self.connection.execute(page)))

    def count(self, user: str | None, now: str) -> int:
        """How many there are."""
        statement = select(func.count()).select_from(SESSION).join(RESOURCE, _WITH_USER)
        return int(self.connection.execute(statement.where(*self._live(user, now))).scalar_one())

    def named(self, ids: Collection[str]) -> list[Session]:
        """Those with these ids, live or not."""
        statement = select(*_LISTED).join(RESOURCE, _WITH_USER).where(*self._with(ids))
        return list(map(self._session, self.connection.execute(statement)))

    def end(self, ids: Collection[str]) -> Collection[str]:
        """Returns the ids of those that there were."""
        ending = delete(SESSION).where(*self._with(ids)).returning(SESSION.c.id)
        return self.connection.execute(ending).scalars().all()

    def _with(self, ids: Collection[str]) -> Sequence[Any]:
        named = one_of(SESSION.c.id, bindparam("ids", list(ids), Many(Text)))
        return SESSION.c.tenant == self.tenant, named

    def _live(self, user: str | None, now: str) -> Sequence[Any]:
        live = [SESSION.c.tenant == self.tenant, SESSION.c.idle_ends > now, SESSION.c.ends > now]
        return live if user is None else [*live, RESOURCE.c.public_id == user]

    def _session(self, row: Any) -> Session:
        return Session(
            id=row.id,
            user=row.public_id,
            user_name=sign_in_name(self.users, orjson.loads(row.document)),
            methods=tuple(row.methods.split()),
            **{name: getattr(row, name) for name in _PLAIN},
        )
