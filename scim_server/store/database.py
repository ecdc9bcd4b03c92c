"""Connections and transactions: how each database is opened, begun, and how its faults are told.

SQLite: WAL, durable commits, one writer at a time begun with BEGIN IMMEDIATE: with the driver's
own BEGIN, committed read-modify-writes are lost. PostgreSQL: psycopg 3, row locks.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import ConnectionPoolEntry

from scim_server.directory.ports import Contention
from scim_server.protocol.errors import Unavailable

PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=5000",
    "PRAGMA cache_size=-65536",
)
POSTGRESQL_OPTIONS = (
    "-c statement_timeout=20s -c lock_timeout=5s -c idle_in_transaction_session_timeout=10s"
)
RETRIED_STATES = frozenset({"40001", "40P01"})
"""serialization_failure and deadlock_detected: the same work may succeed at once."""


class Database:
    """One database and the three ways to use it: reading, snapshot, writing."""

    def __init__(self, url: str, connections: int = 8) -> None:
        self.url = _with_driver(make_url(url))
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = self._open(connections)
        self._readers = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        self._snapshots = self.engine.execution_options(
            isolation_level="SERIALIZABLE" if self.is_sqlite else "REPEATABLE READ"
        )
        self._one_writer: threading.Lock | nullcontext[None] = (
            threading.Lock() if self.is_sqlite else nullcontext()
        )

    def _open(self, connections: int) -> Engine:
        if self.is_sqlite:
            engine = create_engine(self.url, pool_size=connections, max_overflow=0, pool_timeout=5)
            event.listen(engine, "connect", _prepare_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
            return engine
        return create_engine(
            self.url,
            pool_size=connections,
            max_overflow=0,
            pool_timeout=5,
            pool_pre_ping=True,
            connect_args={"options": POSTGRESQL_OPTIONS, "connect_timeout": 5},
        )

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Single statements, each seeing what is committed when it starts."""
        with _translated(), self._readers.connect() as connection:
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """Several statements that see one state of the database."""
        with _translated(), self._snapshots.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction: committed at the end, rolled back on any exception.

        Raises Contention where the same work may be tried again, Unavailable where the database
        is away or too busy.
        """
        with _translated(), self._one_writer, self.engine.connect() as connection:
            if self.is_sqlite:
                connection = connection.execution_options(writer=True)
            with connection.begin():
                yield connection

    def close(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


def _with_driver(url: URL) -> URL:
    """psycopg 3, also where the URL names no driver."""
    return url.set(drivername="postgresql+psycopg") if url.drivername == "postgresql" else url


def _prepare_sqlite(connection: object, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # type: ignore[attr-defined]
    for pragma in PRAGMAS:
        connection.execute(pragma)  # type: ignore[attr-defined]


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("isolation_level") == "AUTOCOMMIT":
        return
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writer") else "BEGIN")


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except PoolTimeout as fault:
        raise Unavailable("Every database connection is in use.") from fault
    except DBAPIError as fault:
        if getattr(fault.orig, "sqlstate", None) in RETRIED_STATES:
            raise Contention from fault
        if _is_away(fault):
            raise Unavailable("The database cannot be used just now.") from fault
        raise


def _is_away(fault: DBAPIError) -> bool:
    """Whether the database, not the statement, is at fault: gone, locked, full, too slow."""
    return fault.connection_invalidated or type(fault).__name__ in (
        "OperationalError",
        "InterfaceError",
        "InternalError",
    )
