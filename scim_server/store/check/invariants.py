"""The invariants of stored data, verified on a live database in one snapshot and flat memory."""

from collections.abc import Iterator

from sqlalchemy import Connection, func, select, text

from scim_server.protocol.schema import Registry
from scim_server.store.check.access import access_violations
from scim_server.store.check.administrators import administrator_violations
from scim_server.store.check.documents import document_violations
from scim_server.store.check.events import event_violations
from scim_server.store.check.links import link_violations
from scim_server.store.check.owners import owner_violations
from scim_server.store.check.secrets import secret_violations
from scim_server.store.check.sources import source_violations
from scim_server.store.check.violation import Violation
from scim_server.store.database import Database
from scim_server.store.models.base import Base
from scim_server.store.models.events import EventRow
from scim_server.store.models.resources import MembershipRow, ResourceRow
from scim_server.store.models.tenants import TenantRow
from scim_server.store.sql import is_sqlite

COUNTED: dict[str, type[Base]] = {
    "tenants": TenantRow,
    "resources": ResourceRow,
    "memberships": MembershipRow,
    "events": EventRow,
}


def violations(database: Database, registry: Registry) -> Iterator[Violation]:
    """Every violation, as it is found. Raises Unavailable."""
    with database.snapshot() as connection:
        _allow_time(connection)
        yield from _engine_violations(connection)
        yield from document_violations(connection, registry)
        yield from event_violations(connection)
        yield from link_violations(connection, registry)
        yield from owner_violations(connection)
        yield from administrator_violations(connection)
        yield from secret_violations(connection, registry)
        yield from access_violations(connection)
        yield from source_violations(connection)


def sizes(database: Database) -> dict[str, int]:
    """How much there is to verify. Raises Unavailable."""
    with database.snapshot() as connection:
        _allow_time(connection)
        return {
            name: connection.execute(select(func.count()).select_from(model)).scalar_one()
            for name, model in COUNTED.items()
        }


def _allow_time(connection: Connection) -> None:
    """The limits of a request are too short for a walk over everything."""
    if not is_sqlite(connection):
        for limit in ("statement_timeout", "idle_in_transaction_session_timeout"):
            connection.execute(text(f"SET LOCAL {limit} = 0"))


def _engine_violations(connection: Connection) -> Iterator[Violation]:
    """V-12: what SQLite says of its own file."""
    if not is_sqlite(connection):
        return
    for (line,) in connection.exec_driver_sql("PRAGMA integrity_check"):
        if line != "ok":
            yield Violation("V-12", 0, "database", "integrity_check", line)
    for table, row, parent, _ in connection.exec_driver_sql("PRAGMA foreign_key_check"):
        what = f"row {row} refers to a row of {parent} that is not there"
        yield Violation("V-12", 0, table, "foreign_key_check", what)
