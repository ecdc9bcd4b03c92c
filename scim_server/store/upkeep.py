"""What is over and lies about: deleted in small steps, so that nobody waits long."""

from datetime import datetime, timedelta

from sqlalchemy import BindParameter, Column, ColumnElement, bindparam, delete, select
from sqlalchemy.sql.dml import Delete

from scim_server.protocol.values import stamp
from scim_server.store.database import Database
from scim_server.store.links import CARRIED, OF_REGISTERED
from scim_server.store.models import CHALLENGE, LINK, MAIL, SESSION

MOST = 500
"""Rows of a table in one transaction."""
_TENANT: BindParameter[int] = bindparam("_tenant")
_NOW: BindParameter[str] = bindparam("_now")
_OLD: BindParameter[str] = bindparam("_old")
_KEPT = timedelta(days=30)
"""For administrators to see what has become of a mail."""


def _deleted(ends: Column[str], until: BindParameter[str], *besides: ColumnElement[bool]) -> Delete:
    """The first MOST rows of the column's table that end until then."""
    table = ends.table
    over = select(table.c.id).where(table.c.tenant == _TENANT, ends <= until, *besides)
    first = over.order_by(ends).limit(MOST)
    return delete(table).where(table.c.tenant == _TENANT, table.c.id.in_(first))


_OVER = (
    # Never after the ``ends`` of a session.
    _deleted(SESSION.c.idle_ends, _NOW),
    _deleted(LINK.c.expires, _NOW, ~CARRIED, ~OF_REGISTERED),
    _deleted(CHALLENGE.c.expires, _NOW),
    _deleted(MAIL.c.ended, _OLD),
)


class SqlUpkeep:
    """directory.worker.Upkeep over one database."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def delete_expired(self, tenant: int, now: datetime) -> int:
        """Sessions, links, ceremonies and mails; returns how many, at most some hundreds."""
        with self.database.writing() as connection:
            names = {"_tenant": tenant, "_now": stamp(now), "_old": stamp(now - _KEPT)}
            return sum(connection.execute(statement, names).rowcount for statement in _OVER)
