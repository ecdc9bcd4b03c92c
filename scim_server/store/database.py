"""Connections and transactions: how each database is opened, begun, and how its faults are told.

SQLite: WAL, durable commits, one writer at a time begun with BEGIN IMMEDIATE: with the driver's
own BEGIN, committed read-modify-writes are lost. PostgreSQL: psycopg 3, row locks.
"""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, DisconnectionError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import ConnectionPoolEntry
from structlog import get_logger

from scim_server.directory.ports import Contention
from scim_server.protocol.errors import Unavailable
from scim_server.store.connections import PAUSE, Readers, lives

log = get_logger("scim_server.store")

PATIENCE = 5
"""Seconds to wait for a connection, and for the turn to write."""
LOCK_STEP = 0.00025
"""Seconds between two looks whether another process has stopped writing."""
PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=5000",
    "PRAGMA cache_size=-65536",
)
POSTGRESQL_OPTIONS = (
    "-c statement_timeout=20s -c lock_timeout=5s -c idle_in_transaction_session_timeout=10s"
    " -c jit=off -c random_page_cost=1.1"
)
"""The last, for data in memory or on an SSD: with PostgreSQL's default, made for discs that turn,
it reads a table of some thousand rows whole rather than a few rows by an index."""
RETRIED_STATES = frozenset({"40001", "40P01", "23503", "23505"})
"""serialization_failure, deadlock_detected; a foreign key that went or a key that came meanwhile:
the same work may succeed at once, or be refused for what it is."""
AWAY_STATES = ("08", "25", "40", "53", "55", "57", "58", "XX", "42501", "42P01")
"""Classes of SQLSTATE: connection, transaction state (a standby), rollback, resources, locks,
operator, system, corruption; insufficient_privilege; and undefined_table: not migrated yet."""
AWAY_CODES = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_INTERRUPT,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_NOTADB,
    }
)


class Database:
    """One database and the three ways to use it: reading, snapshot, writing."""

    def __init__(self, url: str, connections: int = 8) -> None:
        self.url = _with_driver(make_url(url))
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = self._open(connections)
        # An engine of its own: switching the isolation of a pooled connection costs more than
        # most reads.
        self._readers = Readers(
            # No limit of its own (0): there are as many as threads.
            self._open(0, isolation_level="AUTOCOMMIT", pool_reset_on_return=None)
        )
        self._snapshots = (
            self.engine
            if self.is_sqlite
            else self.engine.execution_options(isolation_level="REPEATABLE READ")
        )
        self._writers = threading.Semaphore(1 if self.is_sqlite else connections)

    def _open(self, connections: int, **options: Any) -> Engine:
        # Parameters carry personal data, and an exception's text goes to the log.
        pool = {
            "pool_size": connections,
            "max_overflow": 0,
            "pool_timeout": PATIENCE,
            # The one that was used last: its page cache, or its prepared statements, are warm.
            "pool_use_lifo": True,
            "hide_parameters": True,
        } | options
        if self.is_sqlite:
            engine = create_engine(_existing(self.url), **pool)
            event.listen(engine, "connect", _prepare_sqlite)
            if "isolation_level" not in options:
                event.listen(engine, "begin", _begin_sqlite)
            return engine
        settings = {"options": POSTGRESQL_OPTIONS, "connect_timeout": PATIENCE}
        engine = create_engine(self.url, **pool, connect_args=settings)
        event.listen(engine, "checkin", _note_use)
        event.listen(engine, "checkout", _refuse_lost)
        return engine

    @property
    def file(self) -> Path | None:
        """Where SQLite keeps it; None: it is elsewhere."""
        return Path(self.url.database or "").absolute() if self.is_sqlite else None

    @property
    def place(self) -> str:
        """Its URL for people: without a password, and with the whole path of a file."""
        url = self.url.set(drivername=self.url.get_backend_name())
        if self.file:
            url = url.set(database=str(self.file))
        return url.difference_update_query(["password", "sslpassword"]).render_as_string()

    def create(self) -> None:
        """Make SQLite's file where there is none. Raises Unavailable."""
        try:
            if self.file and not self.file.exists():
                self.file.touch()
        except OSError as fault:
            raise Unavailable("The database cannot be created.") from fault

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Single statements, each seeing what is committed when it starts."""
        with _translated(), self._readers.connection() as connection:
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """Several statements that see one state of the database."""
        with _translated(), self._snapshots.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction: committed at the end, rolled back on any exception.

        Raises Contention where the same work may be tried again, Unavailable where the database
        is away or too busy.
        """
        until = time.monotonic() + PATIENCE
        with _translated(RETRIED_STATES), self._turn(), self.engine.connect() as connection:
            if self.is_sqlite:
                connection = connection.execution_options(writes_until=until)
            with connection.begin():
                yield connection

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Wait to be one of the writers that there may be, before a connection is taken."""
        if not self._writers.acquire(timeout=PATIENCE):
            raise Unavailable("Too many changes are waiting.")
        try:
            yield
        finally:
            self._writers.release()

    def close(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()
        self._readers.close()


def _with_driver(url: URL) -> URL:
    """psycopg 3, also where the URL names no driver."""
    return url.set(drivername="postgresql+psycopg") if url.drivername == "postgresql" else url


def _existing(url: URL) -> URL:
    """SQLite makes a file of any name that it is given, were it a mistyped one: only create may."""
    file = "file:" + quote(str(Path(url.database or "").absolute()))
    return url.set(database=file).update_query_dict({"mode": "rw", "uri": "true"})


def _note_use(_driver: object, entry: ConnectionPoolEntry) -> None:
    entry.info["used"] = time.monotonic()


def _refuse_lost(driver: Any, entry: ConnectionPoolEntry, _proxy: object) -> None:
    """Ask a connection that has rested whether it still lives: for each use would cost a trip."""
    used = entry.info.get("used")
    if used is not None and time.monotonic() - used > PAUSE and not lives(driver):
        raise DisconnectionError


def _prepare_sqlite(connection: object, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # type: ignore[attr-defined]
    for pragma in PRAGMAS:
        connection.execute(pragma)  # type: ignore[attr-defined]


def _begin_sqlite(connection: Connection) -> None:
    until = connection.get_execution_options().get("writes_until")
    if until is None:
        connection.exec_driver_sql("BEGIN")
        return
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA busy_timeout=0")
    try:
        if not _begins(driver, until):
            # Once more, for SQLAlchemy to raise what is the matter.
            connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        driver.execute(f"PRAGMA busy_timeout={PATIENCE * 1000}")


def _begins(driver: sqlite3.Connection, until: float) -> bool:
    """Wait for the writers of other processes, in short steps.

    SQLite's own waiting sleeps up to 100 ms at a time, far longer than most writes take.
    """
    while time.monotonic() < until:
        try:
            driver.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as fault:
            if fault.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                return False
            time.sleep(LOCK_STEP)
        else:
            return True
    return False


@contextmanager
def _translated(retried: frozenset[str] = frozenset()) -> Iterator[None]:
    """The driver's faults as ours; those with the states ``retried`` as Contention."""
    try:
        yield
    except PoolTimeout as fault:
        raise Unavailable("Every database connection is in use.") from fault
    except DBAPIError as fault:
        if getattr(fault.orig, "sqlstate", None) in retried:
            raise Contention from fault
        # A full disk undoes the whole transaction; then there is no savepoint to go back to.
        first = next((each for each in _causes(fault) if _is_away(each)), None)
        if first is None:
            raise
        log.warning("database away", fault=str(first.orig).partition("\n")[0])
        raise Unavailable("The database cannot be used just now.") from fault


def _causes(fault: BaseException | None) -> Iterator[DBAPIError]:
    while fault is not None:
        if isinstance(fault, DBAPIError):
            yield fault
        fault = fault.__context__


def _is_away(fault: DBAPIError) -> bool:
    """Whether the database, not the statement, is at fault: gone, locked, full, too slow."""
    state = getattr(fault.orig, "sqlstate", None)
    code = getattr(fault.orig, "sqlite_errorcode", None)
    if state is not None:
        return str(state).startswith(AWAY_STATES)
    if code is not None:
        return code & 0xFF in AWAY_CODES or str(fault.orig).startswith("no such table")
    return isinstance(fault, OperationalError | InterfaceError)
