"""What a request asks the database: the driver's own cursors, which keep the texts."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import Engine, event

from tests.application import Application

UNCOUNTED = (";", "BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA", "SHOW")
"""What begins and ends transactions, and what the pool asks on its own."""


class Statements(list[str]):
    """The statements since it was last cleared."""

    def note(self, text: object) -> None:
        if not str(text).startswith(UNCOUNTED):
            self.append(str(text))


@contextmanager
def watched(application: Application) -> Iterator[Statements]:
    """Note every statement of the connections that are opened in the block."""
    statements, database = Statements(), application.parts.database
    options = _sqlite(statements) if database.is_sqlite else _postgresql(statements)

    def choose(*arguments: Any) -> None:
        arguments[-1].update(options)

    def stream(connection: Any, _entry: object) -> None:
        # Only PostgreSQL's driver has cursors on the server, and takes them by this attribute.
        connection.server_cursor_factory = _streaming(statements)

    database.close()
    event.listen(Engine, "do_connect", choose)
    event.listen(Engine, "connect", stream)
    try:
        yield statements
    finally:
        event.remove(Engine, "do_connect", choose)
        event.remove(Engine, "connect", stream)
        database.close()


def _sqlite(statements: Statements) -> dict[str, object]:
    class Cursor(sqlite3.Cursor):
        def execute(self, *args: Any) -> "Cursor":
            statements.note(args[0])
            super().execute(*args)
            return self

        def executemany(self, *args: Any) -> "Cursor":
            statements.note(args[0])
            super().executemany(*args)
            return self

    class Connection(sqlite3.Connection):
        def cursor(self, factory: Any = Cursor) -> Any:
            return super().cursor(factory)

    return {"factory": Connection}


def _postgresql(statements: Statements) -> dict[str, object]:
    class Cursor(psycopg.Cursor[Any]):
        def execute(self, *args: Any, **kwargs: Any) -> "Cursor":
            statements.note(args[0])
            super().execute(*args, **kwargs)
            return self

        def executemany(self, *args: Any, **kwargs: Any) -> None:
            statements.note(args[0])
            super().executemany(*args, **kwargs)

        def copy(self, *args: Any, **kwargs: Any) -> Any:
            statements.note(args[0])
            return super().copy(*args, **kwargs)

    return {"cursor_factory": Cursor}


def _streaming(statements: Statements) -> type[psycopg.ServerCursor[Any]]:
    class Cursor(psycopg.ServerCursor[Any]):
        def execute(self, *args: Any, **kwargs: Any) -> "Cursor":
            statements.note(args[0])
            super().execute(*args, **kwargs)
            return self

    return Cursor
