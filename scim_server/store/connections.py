"""One reading connection for each thread, kept between requests.

Taking it from a pool, and asking it whether it still lives, would cost as much as the read itself:
it is asked only after a pause. One that has failed is closed, and those of the other threads with
it, for a database that comes back is to be used at once by all.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakSet

import psycopg
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

PAUSE = 2
"""Seconds without use after which a connection may have been lost unnoticed."""


class Readers:
    """The reading connections of an engine in autocommit."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._local = threading.local()
        self._open: WeakSet[Connection] = WeakSet()
        self._lost = 0.0

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """This thread's connection. Raises DBAPIError, and whatever the block raises."""
        connection = self._mine()
        try:
            yield connection
        except DBAPIError:
            self._lost = time.monotonic()
            self._drop(connection)
            raise

    def _mine(self) -> Connection:
        connection: Connection | None = getattr(self._local, "connection", None)
        now = time.monotonic()
        if connection is not None and not self._is_sound(connection, now):
            self._drop(connection)
            connection = None
        if connection is None:
            connection = self._local.connection = self.engine.connect()
            self._open.add(connection)
        self._local.used = now
        return connection

    def _is_sound(self, connection: Connection, now: float) -> bool:
        used: float = self._local.used
        if connection.closed or used <= self._lost:
            return False
        return now - used < PAUSE or lives(connection.connection.driver_connection)

    def _drop(self, connection: Connection) -> None:
        self._local.connection = None
        if not connection.closed:
            connection.invalidate()
            connection.close()

    def close(self) -> None:
        """Close the connections of every thread."""
        for connection in list(self._open):
            connection.close()
        self.engine.dispose()


def lives(driver: Any) -> bool:
    """Whether a PostgreSQL connection answers; one of SQLite always does."""
    if not isinstance(driver, psycopg.Connection):
        return True
    try:
        # Below the driver, which would begin a transaction.
        return driver.pgconn.exec_(b"").status == psycopg.pq.ExecStatus.EMPTY_QUERY
    except psycopg.Error:
        return False
