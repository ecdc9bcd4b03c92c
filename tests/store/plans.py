"""How a database goes about what it is asked."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from sqlalchemy import Connection, event, text

from tests.store.shelf import Shelf


def take_stock(shelf: Shelf) -> None:
    """Let PostgreSQL count its rows, as it does by itself when some time has passed.

    SQLite plans by its indexes, as in production: what it counted once in a file that tests share
    would go on to all of them.
    """
    database = shelf.store.database
    if not database.is_sqlite:
        with database.writing() as connection:
            connection.execute(text("ANALYZE"))


@contextmanager
def explained(shelf: Shelf) -> Iterator[list[str]]:
    """The plan of every statement that is sent but insertions, one line for each step."""
    plans: list[str] = []
    engine = shelf.store.database.engine
    sqlite = engine.dialect.name == "sqlite"

    def explain(
        connection: Connection, _: object, statement: str, parameters: Any, *_rest: object
    ) -> None:
        if statement.startswith(("SELECT", "WITH", "DELETE", "UPDATE")):
            with closing(connection.connection.cursor()) as own:
                own.execute(f"EXPLAIN {'QUERY PLAN ' * sqlite}{statement}", parameters)
                plans.extend(str(row[-1]) for row in own.fetchall())

    event.listen(engine, "before_cursor_execute", explain)
    yield plans
    event.remove(engine, "before_cursor_execute", explain)
