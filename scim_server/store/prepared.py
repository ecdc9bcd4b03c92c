"""Statements of the hot paths, without SQLAlchemy's execution around them.

It compiles them, once; executing them through it would cost more than the database does.
"""

from collections import namedtuple
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any

from sqlalchemy import Connection, Select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.selectable import CompoundSelect


@contextmanager
def driver_cursor(connection: Connection) -> Iterator[Any]:
    """A cursor of the driver's own, whose faults are raised as SQLAlchemy's: DBAPIError."""
    faults = connection.dialect.loaded_dbapi.Error
    try:
        with closing(connection.connection.cursor()) as cursor:
            yield cursor
    except faults as fault:
        raise DBAPIError.instance(None, None, fault, faults, hide_parameters=True) from fault


Statement = Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]]


def make_row(names: Sequence[str]) -> Any:
    """A tuple with these names; of equal ones the later are reached by position."""
    return namedtuple("Row", names, rename=True)


class Prepared:
    """A select with bind parameters, for any number of engines of one dialect each."""

    def __init__(self, statement: Statement) -> None:
        self.statement = statement
        self._row = make_row(statement.selected_columns.keys())
        self._texts: dict[str, tuple[str, dict[str, Any], Sequence[str] | None]] = {}

    def rows(self, connection: Connection, **parameters: Any) -> list[Any]:
        """All rows, as tuples with the names of the columns. Raises DBAPIError."""
        text, fixed, positions = self._text(connection)
        values: Any = fixed | parameters
        if positions is not None:
            values = [values[name] for name in positions]
        with driver_cursor(connection) as cursor:
            cursor.execute(text, values)
            return list(map(self._row._make, cursor.fetchall()))

    def _text(self, connection: Connection) -> tuple[str, dict[str, Any], Sequence[str] | None]:
        name = connection.dialect.name
        if name not in self._texts:
            compiled = self.statement.compile(dialect=connection.dialect)
            assert isinstance(compiled, SQLCompiler)
            self._texts[name] = str(compiled), dict(compiled.params), compiled.positiontup
        return self._texts[name]
