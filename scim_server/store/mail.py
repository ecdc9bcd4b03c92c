"""Mail as rows."""

from collections.abc import Iterator
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, Row, and_, delete, func, select, update

from scim_server.directory.accounts.account import sign_in_name
from scim_server.directory.mail.courier import Due
from scim_server.directory.mail.outbox import Kept, Mail, Sought, State
from scim_server.protocol.schema import ResourceType
from scim_server.store.database import Database
from scim_server.store.models import MAIL, RESOURCE
from scim_server.store.sql import insert_many

_COLUMNS = tuple(column.name for column in MAIL.c if column.name != "tenant")
_WITH_USER = (RESOURCE.c.tenant == MAIL.c.tenant) & (RESOURCE.c.id == MAIL.c.user)
_LISTED = select(
    *(MAIL.c[name] for name in _COLUMNS), RESOURCE.c.public_id, RESOURCE.c.document
).join(RESOURCE, _WITH_USER)
_STATES = {
    State.WAITING: (MAIL.c.ended.is_(None),),
    State.SENT: (MAIL.c.ended.is_not(None), MAIL.c.fault.is_(None)),
    State.FAILED: (MAIL.c.ended.is_not(None), MAIL.c.fault.is_not(None)),
}


class SqlMail:
    """directory.outbox.MailStore over one connection."""

    def __init__(self, connection: Connection, tenant: int, users: ResourceType) -> None:
        self.connection = connection
        self.tenant = tenant
        self.users = users

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
                mail.ended,
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
            .values(due=until, attempts=MAIL.c.attempts + 1, fault=None)
            .returning(*MAIL.c)
        ).one_or_none()
        return None if row is None else _mail(row)

    def end(self, mail: Mail, now: str, fault: str | None) -> bool:
        """It was sent, or given up for that fault; False: somebody has claimed it since."""
        ended = update(MAIL).where(*self._still(mail)).values(due=None, ended=now, fault=fault)
        return self.connection.execute(ended).rowcount == 1

    def put_off(self, mail: Mail, due: str, fault: str) -> None:
        """Unless somebody has claimed it since."""
        again = update(MAIL).where(*self._still(mail)).values(due=due, fault=fault)
        self.connection.execute(again)

    def page(self, sought: Sought, after: str | None, limit: int) -> list[Kept]:
        """Newest first, those that were made before the one with the id ``after``."""
        statement = _LISTED.where(*self._conditions(sought))
        if after is not None:
            statement = statement.where(MAIL.c.id < after)
        rows = self.connection.execute(statement.order_by(MAIL.c.id.desc()).limit(limit))
        return list(map(self._kept, rows))

    def count(self, sought: Sought) -> int:
        """How many there are."""
        statement = select(func.count()).select_from(MAIL).join(RESOURCE, _WITH_USER)
        return int(self.connection.execute(statement.where(*self._conditions(sought))).scalar_one())

    def get(self, id: str) -> Kept | None:
        """One of them."""
        one = _LISTED.where(MAIL.c.tenant == self.tenant, MAIL.c.id == id)
        row = self.connection.execute(one).one_or_none()
        return None if row is None else self._kept(row)

    def let_due(self, mail: Mail, now: str) -> bool:
        """It waits again, and is due; False: somebody has claimed it since."""
        again = update(MAIL).where(*self._still(mail)).values(due=now, ended=None)
        return self.connection.execute(again).rowcount == 1

    def remove(self, mail: Mail) -> bool:
        """It is not sent; False likewise."""
        return self.connection.execute(delete(MAIL).where(*self._still(mail))).rowcount == 1

    def _still(self, mail: Mail) -> tuple[Any, ...]:
        same = (MAIL.c.tenant == self.tenant, MAIL.c.id == mail.id)
        return (*same, MAIL.c.attempts == mail.attempts)

    def _conditions(self, sought: Sought) -> Iterator[ColumnElement[bool]]:
        yield MAIL.c.tenant == self.tenant
        if sought.user is not None:
            yield RESOURCE.c.public_id == sought.user
        if sought.state is not None:
            yield and_(*_STATES[sought.state])

    def _kept(self, row: Row[*tuple[Any, ...]]) -> Kept:
        user_name = sign_in_name(self.users, orjson.loads(row.document))
        return Kept(_mail(row), row.public_id, user_name)


class SqlPostbag:
    """directory.courier.Postbag: which mail is due, of every tenant."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def due(self, now: str, most: int) -> list[Due]:
        """The longest due first."""
        statement = (
            select(MAIL.c.tenant, MAIL.c.id, MAIL.c.created)
            .where(MAIL.c.due <= now)
            .order_by(MAIL.c.due)
            .limit(most)
        )
        with self.database.reading() as connection:
            return [Due(*row) for row in connection.execute(statement)]


def _mail(row: Row[*tuple[Any, ...]]) -> Mail:
    columns = {name: getattr(row, name) for name in _COLUMNS}
    return Mail(**columns | {"values": orjson.loads(columns["values"])})
