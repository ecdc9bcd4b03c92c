"""What is over and lies about: deleted in small steps, so that nobody waits long."""

from datetime import datetime, timedelta

from sqlalchemy import BindParameter, Column, ColumnElement, Text, bindparam, delete, select
from sqlalchemy.sql.dml import Delete

from scim_server.protocol.values import stamp
from scim_server.store.database import Database
from scim_server.store.links import CARRIED, OF_REGISTERED
from scim_server.store.models import CHALLENGE, LINK, MAIL, SESSION
from scim_server.store.sql import Many, one_of

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


# No index leads to them, for one would cost each use of a session and each sign-out more than this
# look at all of them, which keeps nobody waiting. Never after the ``ends`` of a session.
_IDLE = (SESSION.c.tenant == _TENANT, SESSION.c.idle_ends <= _NOW)
_IDLE_IDS = select(SESSION.c.id).where(*_IDLE).limit(MOST)
_IDLE_GONE = delete(SESSION).where(
    *_IDLE, one_of(SESSION.c.id, bindparam("_ids", type_=Many(Text)))
)
_OVER = (
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
        names = {"_tenant": tenant, "_now": stamp(now), "_old": stamp(now - _KEPT)}
        with self.database.reading() as connection:
            idle = connection.execute(_IDLE_IDS, names).scalars().all()
        with self.database.writing() as connection:
            gone = connection.execute(_IDLE_GONE, names | {"_ids": idle}).rowcount if idle else 0
            return gone + sum(connection.execute(over, names).rowcount for over in _OVER)
