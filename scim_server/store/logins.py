"""Logins as rows."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update

from scim_server.directory.accounts.lifecycle import Status
from scim_server.directory.signing.passwords import NO_LOGIN, Found, Login
from scim_server.protocol.schema import ResourceType
from scim_server.protocol.values import key
from scim_server.store.models import LOGIN, RESOURCE, UNIQUE_KEY, VALUE
from scim_server.store.prepared import Prepared
from scim_server.store.rows import cut, path_code
from scim_server.store.sql import insert_many
from scim_server.store.writes import KEY, TENANT

_COLUMNS = (
    LOGIN.c.password,
    LOGIN.c.password_set,
    LOGIN.c.must_change,
    LOGIN.c.password_ends,
    LOGIN.c.failures,
    LOGIN.c.locked_until,
)
_GET = Prepared(select(*_COLUMNS).where(LOGIN.c.tenant == TENANT, LOGIN.c.user == KEY))
_FIND = Prepared(
    select(RESOURCE.c.public_id, RESOURCE.c.id, RESOURCE.c.status, *_COLUMNS)
    .join_from(
        UNIQUE_KEY,
        RESOURCE,
        (RESOURCE.c.tenant == UNIQUE_KEY.c.tenant) & (RESOURCE.c.id == UNIQUE_KEY.c.resource),
    )
    .outerjoin(LOGIN, (LOGIN.c.tenant == RESOURCE.c.tenant) & (LOGIN.c.user == RESOURCE.c.id))
    .where(
        UNIQUE_KEY.c.tenant == TENANT,
        UNIQUE_KEY.c.path == bindparam("_path"),
        UNIQUE_KEY.c.key == bindparam("_name"),
    )
)
_DELETE = delete(LOGIN).where(LOGIN.c.tenant == TENANT, LOGIN.c.user == KEY)
_COUNT = (
    update(LOGIN)
    .where(LOGIN.c.tenant == TENANT, LOGIN.c.user == KEY)
    .values(failures=bindparam("_failures"), locked_until=bindparam("_until"))
)
_SIGNED_IN = (
    update(RESOURCE)
    .where(RESOURCE.c.tenant == TENANT, RESOURCE.c.id == KEY)
    .values(signed_in=bindparam("_at"))
)
_ADDRESSED = (
    select(RESOURCE.c.public_id)
    .join_from(
        VALUE,
        RESOURCE,
        (RESOURCE.c.tenant == VALUE.c.tenant) & (RESOURCE.c.id == VALUE.c.resource),
    )
    .join(LOGIN, (LOGIN.c.tenant == RESOURCE.c.tenant) & (LOGIN.c.user == RESOURCE.c.id))
    .where(
        VALUE.c.tenant == TENANT,
        VALUE.c.path == bindparam("_path"),
        VALUE.c.key == bindparam("_address"),
        RESOURCE.c.status.in_(bindparam("_statuses", expanding=True)),
        LOGIN.c.password.is_not(None),
    )
    .distinct()
    .order_by(RESOURCE.c.public_id)
    .limit(bindparam("_most"))
)
_DUE = (
    select(RESOURCE.c.public_id)
    .join_from(
        LOGIN, RESOURCE, (RESOURCE.c.tenant == LOGIN.c.tenant) & (RESOURCE.c.id == LOGIN.c.user)
    )
    .where(
        LOGIN.c.tenant == TENANT,
        LOGIN.c.locked_until <= bindparam("_now"),
        RESOURCE.c.status == Status.LOCKED.value,
    )
    .order_by(LOGIN.c.locked_until)
    .limit(bindparam("_most"))
)


class SqlLogins:
    """directory.passwords.LoginStore over one connection."""

    def __init__(self, connection: Connection, tenant: int, users: ResourceType) -> None:
        self.connection = connection
        self.tenant = tenant
        self.users = users

    def find(self, name: str) -> Found | None:
        """By the name to sign in with, in one statement."""
        [identifier, *_] = self.users.storage.identifier
        attribute = self.users.schema.attribute(identifier)
        assert attribute is not None
        rows = _FIND.rows(
            self.connection,
            _tenant=self.tenant,
            _path=path_code(self.users.name, identifier),
            _name=cut(key(attribute, name))[0],
        )
        if not rows:
            return None
        [(id, key_, status, *login)] = rows
        return Found(id, key_, Status(status) if status else None, _login(login))

    def get(self, user: int) -> Login:
        """NO_LOGIN where there is none."""
        rows = _GET.rows(self.connection, _tenant=self.tenant, _key=user)
        return _login(list(rows[0])) if rows else NO_LOGIN

    def addressed(self, address: str, statuses: Collection[Status], most: int) -> list[str]:
        """Ids, in order, of users of these statuses who have the address and a password."""
        path = self.users.resolve(f"{self.users.storage.addresses}.value")
        assert path is not None
        names = {
            "_tenant": self.tenant,
            "_path": path_code(self.users.name, path.text),
            "_address": cut(key(path.leaf, address))[0],
            "_statuses": [status.value for status in statuses],
            "_most": most,
        }
        return list(self.connection.execute(_ADDRESSED, names).scalars())

    def put(self, user: int, login: Login) -> None:
        """Instead of what there was."""
        self.connection.execute(_DELETE, self._names(user))
        row = (
            self.tenant,
            user,
            login.password,
            login.password_set,
            int(login.must_change),
            login.password_ends,
            login.failures,
            login.locked_until,
        )
        insert_many(self.connection, LOGIN, [row])

    def count(self, user: int, failures: int, locked_until: str | None) -> None:
        """Note failed sign-ins and the lock; of who has no login, nothing."""
        names = self._names(user) | {"_failures": failures, "_until": locked_until}
        self.connection.execute(_COUNT, names)

    def forgive(self, user: int) -> None:
        """Forget failed sign-ins and the lock."""
        self.count(user, 0, None)

    def signed_in(self, user: int, at: str) -> None:
        """Note the last sign-in, which is no change of the resource."""
        self.connection.execute(_SIGNED_IN, self._names(user) | {"_at": at})

    def due(self, now: str, most: int) -> list[str]:
        """Ids of Locked users whose locks have ended."""
        names = {"_tenant": self.tenant, "_now": now, "_most": most}
        return list(self.connection.execute(_DUE, names).scalars())

    def _names(self, user: int) -> dict[str, Any]:
        return {"_tenant": self.tenant, "_key": user}


def _login(columns: list[Any]) -> Login:
    password, password_set, must_change, password_ends, failures, locked_until = columns
    return Login(
        password, password_set, bool(must_change), password_ends, failures or 0, locked_until
    )
