"""Requests to recover an account, as rows."""

from sqlalchemy import Connection, delete, select

from scim_server.directory.signing.requests import Asked, Request
from scim_server.store.database import Database
from scim_server.store.models import REQUEST
from scim_server.store.sql import insert_new


class SqlRequests:
    """directory.requests.RequestStore over one transaction."""

    def __init__(self, connection: Connection, tenant: int) -> None:
        self.connection = connection
        self.tenant = tenant

    def put(self, request: Request) -> None:
        """Asking again before a worker has come is asking once."""
        row = (
            self.tenant,
            request.way,
            request.text,
            request.created,
            request.request,
            request.address,
        )
        insert_new(self.connection, REQUEST, [row])

    def take(self, way: str, text: str) -> Request | None:
        """None: another worker has taken it."""
        row = self.connection.execute(
            delete(REQUEST)
            .where(REQUEST.c.tenant == self.tenant, REQUEST.c.way == way, REQUEST.c.text == text)
            .returning(*REQUEST.c)
        ).one_or_none()
        if row is None:
            return None
        return Request(row.way, row.text, row.created, row.request, row.address)


class SqlWaiting:
    """directory.requests.Waiting: of every tenant."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def waiting(self, most: int) -> list[Asked]:
        """The oldest first."""
        columns = (REQUEST.c.tenant, REQUEST.c.way, REQUEST.c.text)
        statement = select(*columns).order_by(REQUEST.c.created).limit(most)
        with self.database.reading() as connection:
            return [(row.tenant, row.way, row.text) for row in connection.execute(statement)]
