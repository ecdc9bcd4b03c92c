"""One run of a source at a time, in whatever process and on whatever node.

The locks are the operating system's and PostgreSQL's own: they end with the process that has them.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

import psycopg

from scim_server.directory.sources.runs import Lock, Lost, Running
from scim_server.protocol.errors import Unavailable
from scim_server.store.connections import lives
from scim_server.store.database import PATIENCE, Database

_SETTINGS = {
    # The server gives a node up that has lost its power, for a run may take hours, and so would
    # the lock of one that never ends.
    "options": "-c idle_session_timeout=0"
    " -c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3",
    "connect_timeout": PATIENCE,
    "tcp_user_timeout": PATIENCE * 1000,
}
"""Of the connection that holds a lock: nothing ends it but its end, or that of its server."""


class SyncLocks:
    """directory.sources.runs.Locks, beside SQLite's file or in PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @contextmanager
    def held(self, tenant: int, source: str) -> Iterator[Lock]:
        """Until the end of the block. Raises Running, Unavailable; never waits."""
        name, file = f"{tenant}.{source}", self.database.file
        if file:
            holding = _file_lock(file.with_name(f"{file.name}.{name}.lock"))
        else:
            holding = _session_lock(self.database, name)
        with holding as lock:
            yield lock


class _FileLock:
    """The kernel's lock of an open file."""

    def require(self) -> None:
        """It is never lost."""


@contextmanager
def _file_lock(path: Path) -> Iterator[Lock]:
    # The file stays: were it deleted, one process could lock the deleted one, another the next.
    # To be locked it need not be writable, so that root's is no obstacle to the server.
    try:
        file = os.open(path, os.O_RDONLY | os.O_CREAT, 0o644)
    except OSError as fault:
        raise Unavailable("The lock beside the database cannot be opened.") from fault
    try:
        _lock(file)
        yield _FileLock()
    finally:
        os.close(file)


def _lock(file: int) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Running from None
    except OSError as fault:
        raise Unavailable("The lock beside the database cannot be had.") from fault


@dataclass(frozen=True, slots=True)
class _SessionLock:
    """An advisory lock of PostgreSQL: it lasts as long as its connection."""

    connection: psycopg.Connection[Any]

    def require(self) -> None:
        """Raises Lost."""
        if not lives(self.connection):
            raise Lost


@contextmanager
def _session_lock(database: Database, name: str) -> Iterator[Lock]:
    digest = blake2b(f"sync {name}".encode(), digest_size=8).digest()
    number = [int.from_bytes(digest, signed=True)]
    with closing(_connect(database)) as connection:
        with _translated():
            row = connection.execute("SELECT pg_try_advisory_lock(%s)", number).fetchone()
        if row != (True,):
            raise Running
        try:
            yield _SessionLock(connection)
        finally:
            # The end of the connection would do it too, but only once the server notices.
            with suppress(psycopg.Error):
                connection.execute("SELECT pg_advisory_unlock(%s)", number)


def _connect(database: Database) -> psycopg.Connection[Any]:
    """Not one of the pool: those have limits of time, and would take the lock back with them."""
    parts, settings = database.engine.dialect.create_connect_args(database.url)
    with _translated():
        return psycopg.connect(*parts, **{**settings, **_SETTINGS}, autocommit=True)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except psycopg.Error as fault:
        raise Unavailable("The database cannot be used just now.") from fault
