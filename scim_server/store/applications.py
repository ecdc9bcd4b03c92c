"""Applications, their credentials and their assignments as rows."""

from dataclasses import asdict
from typing import Any

from sqlalchemy import (
    BindParameter,
    Connection,
    Executable,
    bindparam,
    delete,
    func,
    insert,
    select,
    tuple_,
    update,
)

from scim_server.directory.credentials import LIVE_TOKENS, Token
from scim_server.directory.rights.applications import Application, Assignment, Place
from scim_server.protocol.errors import NotUnique
from scim_server.protocol.values import fold
from scim_server.store.models import APPLICATION, ASSIGNMENT, CLIENT, RESOURCE, TOKEN
from scim_server.store.paging import newest
from scim_server.store.sql import insert_new
from scim_server.store.writes import TENANT as _TENANT

_APPLICATION = (
    APPLICATION.c.id,
    APPLICATION.c.name,
    APPLICATION.c.description,
    APPLICATION.c.client,
    APPLICATION.c.created,
)
_ID: BindParameter[str] = bindparam("_id")
_CLIENT: BindParameter[str] = bindparam("_client")
_ONE = (APPLICATION.c.tenant == _TENANT, APPLICATION.c.id == _ID)
_HOLDER = (
    ASSIGNMENT.c.tenant == _TENANT,
    ASSIGNMENT.c.application == _ID,
    ASSIGNMENT.c.holder == bindparam("_holder"),
)
_LIVE = (TOKEN.c.tenant == _TENANT, TOKEN.c.client == _CLIENT, TOKEN.c.revoked.is_(None))


class SqlApplications:
    """directory.applications.ApplicationStore over one connection."""

    def __init__(self, connection: Connection, tenant: int) -> None:
        self.connection = connection
        self.tenant = tenant

    def page(self, after: Place | None, limit: int) -> list[Application]:
        """By name, those that come after a place."""
        statement = select(*_APPLICATION).where(APPLICATION.c.tenant == self.tenant)
        by_name = (APPLICATION.c.name_key, APPLICATION.c.id)
        if after is not None:
            statement = statement.where(tuple_(*by_name) > tuple_(fold(after[0]), after[1]))
        rows = self.connection.execute(statement.order_by(*by_name).limit(limit))
        return [Application(*row) for row in rows]

    def count(self) -> int:
        """How many there are."""
        found = select(func.count()).where(APPLICATION.c.tenant == self.tenant)
        return int(self.connection.execute(found).scalar_one())

    def get(self, id: str) -> Application | None:
        """One of them."""
        row = self._run(select(*_APPLICATION).where(*_ONE), _id=id).first()
        return None if row is None else Application(*row)

    def add(self, application: Application, scopes: frozenset[str]) -> None:
        """With a client that has these scopes. Raises NotUnique."""
        client = {
            "tenant": self.tenant,
            "id": application.client,
            "name": _client_name(application),
            "scopes": " ".join(sorted(scopes)),
            "mode": "strict",
            "profile": "rfc",
            "created": application.created,
        }
        row = asdict(application) | {"tenant": self.tenant, "name_key": fold(application.name)}
        for table, values in ((CLIENT, client), (APPLICATION, row)):
            whole = tuple(values.get(column.name) for column in table.columns)
            if not insert_new(self.connection, table, [whole]):
                raise _taken(application)

    def update(self, application: Application) -> None:
        """Its name and description. Raises NotUnique."""
        for column in (APPLICATION.c.name, CLIENT.c.name):
            own = application.id if column.table is APPLICATION else application.client
            name = application.name if column.table is APPLICATION else _client_name(application)
            table = column.table
            other = (table.c.tenant == self.tenant, column == name, table.c.id != own)
            if self.connection.execute(select(table.c.id).where(*other)).first():
                raise _taken(application)
        name, description = application.name, application.description
        values = {"name": name, "name_key": fold(name), "description": description}
        self._run(update(APPLICATION).where(*_ONE).values(values), _id=application.id)
        self._run(
            update(CLIENT)
            .where(CLIENT.c.tenant == _TENANT, CLIENT.c.id == _CLIENT)
            .values(name=_client_name(application)),
            _client=application.client,
        )

    def remove(self, application: Application) -> None:
        """With every assignment and its credential."""
        self._run(delete(APPLICATION).where(*_ONE), _id=application.id)
        for table, column in ((TOKEN, TOKEN.c.client), (CLIENT, CLIENT.c.id)):
            self._run(
                delete(table).where(table.c.tenant == _TENANT, column == _CLIENT),
                _client=application.client,
            )

    def add_token(self, token: Token) -> None:
        """Of the application's client; of those before it only the newest stays."""
        live = select(TOKEN.c.id).where(*_LIVE).order_by(TOKEN.c.created.desc(), TOKEN.c.id)
        older = self._run(live, _client=token.client).scalars().all()[LIVE_TOKENS - 1 :]
        if older:
            self._run(
                update(TOKEN).where(*_LIVE, TOKEN.c.id.in_(older)).values(revoked=token.created),
                _client=token.client,
            )
        self.connection.execute(insert(TOKEN), [asdict(token)])

    def assign(self, id: str, holder: int, now: str) -> bool:
        """To the resource with this store key; whether it was not before."""
        return bool(insert_new(self.connection, ASSIGNMENT, [(self.tenant, holder, id, now)]))

    def unassign(self, id: str, holder: int) -> bool:
        """Whether it was assigned."""
        gone = self._run(delete(ASSIGNMENT).where(*_HOLDER), _id=id, _holder=holder)
        return bool(gone.rowcount)

    def holders(self, id: str, after: Place | None, limit: int) -> list[Assignment]:
        """Who was given it, the newest first, those that come after a place."""
        statement = (
            select(RESOURCE.c.public_id, RESOURCE.c.kind, RESOURCE.c.display, ASSIGNMENT.c.created)
            .join(
                RESOURCE,
                (RESOURCE.c.tenant == ASSIGNMENT.c.tenant) & (RESOURCE.c.id == ASSIGNMENT.c.holder),
            )
            .where(ASSIGNMENT.c.tenant == self.tenant, ASSIGNMENT.c.application == id)
        )
        page = newest(statement, ASSIGNMENT.c.created, RESOURCE.c.public_id, after, limit)
        return [Assignment(*row) for row in self.connection.execute(page)]

    def count_holders(self, id: str) -> int:
        """How many."""
        given = (ASSIGNMENT.c.tenant == self.tenant, ASSIGNMENT.c.application == id)
        return int(self.connection.execute(select(func.count()).where(*given)).scalar_one())

    def _run(self, statement: Executable, **names: Any) -> Any:
        return self.connection.execute(statement, {"_tenant": self.tenant, **names})


def _client_name(application: Application) -> str:
    return f"application {application.name}"[:100]


def _taken(application: Application) -> NotUnique:
    return NotUnique(f'Another application is called "{application.name}" already.')
