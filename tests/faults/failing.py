"""Databases that fail on demand: the driver's own cursors, of which one loses its connection."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import Engine, event

from tests.application import Application

PING = ";"
"""What SQLAlchemy asks PostgreSQL before it lends a connection."""


class Countdown:
    """Statements until the one that fails; none fails while it is not armed."""

    def __init__(self) -> None:
        self.left = 0

    def arm(self, statements: int) -> None:
        self.left = statements

    def disarm(self) -> bool:
        """Whether the fault was never met."""
        unmet, self.left = self.left > 0, 0
        return unmet

    def is_due(self) -> bool:
        self.left -= 1
        return self.left == 0


@contextmanager
def breaking_on_demand(application: Application) -> Iterator[Countdown]:
    """Let every connection that is opened in the block obey a countdown."""
    countdown = Countdown()

    class FailingPostgres(psycopg.Cursor[Any]):
        def execute(self, *args: Any, **kwargs: Any) -> "FailingPostgres":
            # A lost connection that the pool finds by its ping is no fault: it opens another.
            if args[0] != PING and countdown.is_due():
                self.connection.close()
            super().execute(*args, **kwargs)
            return self

    class FailingSqlite(sqlite3.Cursor):
        def execute(self, *args: Any) -> "FailingSqlite":
            _fail_if(countdown)
            super().execute(*args)
            return self

        def executemany(self, *args: Any) -> "FailingSqlite":
            _fail_if(countdown)
            super().executemany(*args)
            return self

    class SqliteConnection(sqlite3.Connection):
        def cursor(self, factory: Any = FailingSqlite) -> Any:
            return super().cursor(factory)

    database = application.parts.database
    chosen: dict[str, object] = (
        {"factory": SqliteConnection} if database.is_sqlite else {"cursor_factory": FailingPostgres}
    )

    def choose(*arguments: Any) -> None:
        arguments[-1].update(chosen)

    database.close()
    event.listen(Engine, "do_connect", choose)
    try:
        yield countdown
    finally:
        event.remove(Engine, "do_connect", choose)


def _fail_if(countdown: Countdown) -> None:
    if countdown.is_due():
        fault = sqlite3.OperationalError("disk I/O error")
        fault.sqlite_errorcode = sqlite3.SQLITE_IOERR
        raise fault
