"""What is over and lies about: deleted in small steps, so that nobody waits long."""

from datetime import datetime, timedelta

from sqlalchemy import BindParameter, bindparam, delete, select
from sqlalchemy.sql.dml import Delete

from scim_server.protocol.values import stamp
from scim_server.store.database import Database
from scim_server.store.models import CHALLENGE, LINK, MAIL, SESSION

MOST = 500
"""Rows of a table in one transaction."""
_TENANT: BindParameter[int] = bindparam("_tenant")
_NOW: BindParameter[str] = bindparam("_now")
_OVER: tuple[Delete, ...] = tuple(
    delete(ends.table).where(
        ends.table.c.tenant == _TENANT,
        ends.table.c.id.in_(
            select(ends.table.c.id)
            .where(ends.table.c.tenant == _TENANT, ends <= _NOW)
            .order_by(ends)
            .limit(MOST)
        ),
    )
    for ends in (SESSION.c.idle_ends, LINK.c.expires, CHALLENGE.c.expires)
)
"""``idle_ends`` of a session is never after its ``ends``."""
_UNSENT = delete(MAIL).where(MAIL.c.tenant == _TENANT, MAIL.c.created <= bindparam("_unsent"))
_GIVEN_UP = timedelta(days=3)
"""A day after the courier would: it had no mail server in all this time."""


class SqlUpkeep:
    """directory.worker.Upkeep over one database."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def delete_expired(self, tenant: int, now: datetime) -> int:
        """Sessions, links and ceremonies that are over; returns how many, at most some hundreds."""
        with self.database.writing() as connection:
            names = {"_tenant": tenant, "_now": stamp(now)}
            connection.execute(_UNSENT, {"_tenant": tenant, "_unsent": stamp(now - _GIVEN_UP)})
            return sum(connection.execute(statement, names).rowcount for statement in _OVER)
