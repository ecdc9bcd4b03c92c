"""Mail that waits, as rows."""

from typing import Any

import orjson
from sqlalchemy import Connection, Row, delete, select, update

from scim_server.directory.outbox import Mail
from scim_server.store.database import Database
from scim_server.store.models import MAIL, RESOURCE
from scim_server.store.sql import insert_many


class SqlMail:
    """directory.outbox.MailStore over one connection."""

    def __init__(self, connection: Connection, tenant: int) -> None:
        self.connection = connection
        self.tenant = tenant

    def put(self, *mails: Mail) -> None:
        """They wait from the end of the transaction on."""
        rows = [
            (
                self.tenant,
                mail.id,
                mail.user,
                mail.template,
                mail.address,
                orjson.dumps(dict(mail.values)).decode(),
                mail.link,
                mail.created,
                mail.due,
                mail.attempts,
                mail.fault,
            )
            for mail in mails
        ]
        insert_many(self.connection, MAIL, rows)

    def claim(self, id: str, now: str, until: str) -> Mail | None:
        """Take a mail that is due, which then is due again ``until``: nobody else takes it.

        Who comes second waits for the first one's commit, and then finds that it is not due.
        """
        row = self.connection.execute(
            update(MAIL)
            .where(MAIL.c.tenant == self.tenant, MAIL.c.id == id, MAIL.c.due <= now)
            .values(due=until, attempts=MAIL.c.attempts + 1)
            .returning(*MAIL.c)
        ).one_or_none()
        return None if row is None else _mail(row)

    def sent(self, mail: Mail) -> bool:
        """It waits no longer; False: somebody has claimed it since, and will send it."""
        return self.connection.execute(delete(MAIL).where(*self._still(mail))).rowcount == 1

    def owner(self, mail: Mail) -> str | None:
        """Id of the user whom it is for."""
        owner = select(RESOURCE.c.public_id).where(
            RESOURCE.c.tenant == self.tenant, RESOURCE.c.id == mail.user
        )
        return self.connection.execute(owner).scalar_one_or_none()

    def retry(self, mail: Mail, due: str, fault: str) -> None:
        """Unless somebody has claimed it since."""
        again = update(MAIL).where(*self._still(mail)).values(due=due, fault=fault)
        self.connection.execute(again)

    def _still(self, mail: Mail) -> tuple[Any, ...]:
        same = (MAIL.c.tenant == self.tenant, MAIL.c.id == mail.id)
        return (*same, MAIL.c.attempts == mail.attempts)


class SqlPostbag:
    """directory.courier.Postbag: which mail is due, of every tenant."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def due(self, now: str, most: int) -> list[tuple[int, str]]:
        """Tenant and id, the longest due first."""
        statement = (
            select(MAIL.c.tenant, MAIL.c.id)
            .where(MAIL.c.due <= now)
            .order_by(MAIL.c.due)
            .limit(most)
        )
        with self.database.reading() as connection:
            return [(row.tenant, row.id) for row in connection.execute(statement)]


def _mail(row: Row[*tuple[Any, ...]]) -> Mail:
    columns = dict(row._mapping)
    del columns["tenant"]
    return Mail(**columns | {"values": orjson.loads(columns["values"])})
