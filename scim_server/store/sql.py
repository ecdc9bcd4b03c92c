"""The few expressions and statements that the two databases spell differently."""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, Self, TypeVar

import orjson
from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Connection,
    Dialect,
    Integer,
    Table,
    Text,
    TypeDecorator,
    func,
)
from sqlalchemy import (
    Sequence as SqlSequence,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.operators import OperatorType
from sqlalchemy.types import TypeEngine

from scim_server.store.models.base import Base
from scim_server.store.prepared import driver_cursor

Item = TypeVar("Item")
RESOURCE_IDS = SqlSequence("resource_id", metadata=Base.metadata)


class Condition(FunctionElement[bool]):
    """A condition that stands in WHERE as it is.

    SQLAlchemy would make ``… = 1`` of it, and SQLite would read every row instead of an index.
    """

    type = Boolean()
    inherit_cache = True

    def self_group(self, against: OperatorType | None = None) -> Self:
        """As it is."""
        return self

    sqlite: str
    postgresql: str
    """How each database spells it; the operands are {0} and {1}."""


@compiles(Condition, "sqlite")
def _for_sqlite(element: Condition, compiler: SQLCompiler, **kw: Any) -> str:
    return element.sqlite.format(*(compiler.process(part, **kw) for part in element.clauses))


@compiles(Condition, "postgresql")
def _for_postgresql(element: Condition, compiler: SQLCompiler, **kw: Any) -> str:
    return element.postgresql.format(*(compiler.process(part, **kw) for part in element.clauses))


class holds(Condition):
    """``holds(text, part)``: part occurs in text; exact, no pattern characters."""

    inherit_cache = True
    sqlite = "(instr({0}, {1}) > 0)"
    postgresql = "(strpos({0}, {1}) > 0)"


class among(Condition):
    """``among(key, subquery)``: IN, but on PostgreSQL the subquery always runs once and first.

    Before a table has been analysed, its planner would run it for every row.
    """

    inherit_cache = True
    sqlite = "({0} IN {1})"
    postgresql = "({0} = ANY (ARRAY{1}))"


class one_of(Condition):
    """``one_of(column, bindparam(…, type_=Many(Text)))``: IN whose text is the same for any number.

    So the statement is planned once, not once for each number of values.
    """

    inherit_cache = True
    sqlite = "({0} IN (SELECT value FROM json_each({1})))"
    postgresql = "({0} = ANY ({1}))"


class occurs(Condition):
    """``occurs(subquery)``: EXISTS, but looked up anew for each row that asks.

    PostgreSQL would make a join of it, and where it plans without looking at the values, as it does
    for a statement that comes often, read every row of a frequent one.
    """

    inherit_cache = True
    sqlite = "(EXISTS {0})"
    postgresql = "(EXISTS (SELECT FROM {0} AS occurring OFFSET 0))"


class also(Condition):
    """``also(column, value)``: equal, but nothing is to be looked up by it.

    SQLite takes any index whose first columns are given for a good one.
    """

    inherit_cache = True
    sqlite = "(+{0} = {1})"
    postgresql = "({0} = {1})"


class Many(TypeDecorator[Sequence[Any]]):
    """Any number of values in one parameter: an array on PostgreSQL, JSON on SQLite."""

    impl = Text
    cache_ok = True

    def __init__(self, of: type[BigInteger] | type[Text]) -> None:
        super().__init__()
        self.of = of

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The type that the parameter has."""
        array = postgresql.ARRAY(self.of)
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else array)

    def process_bind_param(self, value: Sequence[Any] | None, dialect: Dialect) -> Any:
        """As the driver takes it."""
        values = list(value or ())
        return orjson.dumps(values).decode() if dialect.name == "sqlite" else values


CHUNK = 10_000
"""Values in one parameter."""


def chunks(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """Of at most CHUNK."""
    return (items[at : at + CHUNK] for at in range(0, len(items), CHUNK))


def starts(text: ColumnElement[str], prefix: str) -> ColumnElement[bool]:
    """Text begins with a prefix; exact, no pattern characters."""
    return func.substr(text, 1, len(prefix)) == prefix


def ends(text: ColumnElement[str], suffix: str) -> ColumnElement[bool]:
    """Text ends with a suffix; exact, no pattern characters."""
    length = func.length(text)
    return (length >= len(suffix)) & (func.substr(text, length - len(suffix) + 1) == suffix)


def after_prefix(prefix: str) -> str | None:
    """The least text above every text with this prefix, in code point order; None if none is."""
    while prefix:
        code = ord(prefix[-1]) + 1
        if code <= 0x10FFFF:
            return prefix[:-1] + chr(0xE000 if 0xD800 <= code <= 0xDFFF else code)
        prefix = prefix[:-1]
    return None


def is_sqlite(connection: Connection) -> bool:
    """Which of the two dialects this connection speaks."""
    return connection.dialect.name == "sqlite"


COPIED = 500
"""Rows from which on PostgreSQL is sent a COPY."""


def insert_many(connection: Connection, into: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows, whole and in the order of the columns, in one round trip.

    executemany on SQLite; on PostgreSQL arrays, and COPY for so many rows that it pays.
    """
    if len(rows) >= COPIED and not is_sqlite(connection):
        text = f'COPY "{into.name}" FROM STDIN'
        with driver_cursor(connection) as cursor, cursor.copy(text) as copy:
            for row in rows:
                copy.write_row(row)
    elif rows:
        _insert(connection, into, rows, "")


def insert_new(connection: Connection, into: Table, rows: Sequence[tuple[Any, ...]]) -> int:
    """Insert the rows whose key is free; returns how many."""
    return _insert(connection, into, rows, " ON CONFLICT DO NOTHING") if rows else 0


def insert_or_change(connection: Connection, into: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert the rows whose primary key is free, and make the others like these."""
    if rows:
        _insert(connection, into, rows, _changing(into))


@cache
def _changing(into: Table) -> str:
    keys = ", ".join(f'"{column.name}"' for column in into.primary_key)
    others = (f'"{c.name}" = excluded."{c.name}"' for c in into.columns if not c.primary_key)
    return f" ON CONFLICT ({keys}) DO UPDATE SET {', '.join(others)}"


def _insert(
    connection: Connection, into: Table, rows: Sequence[tuple[Any, ...]], conflicts: str
) -> int:
    with driver_cursor(connection) as cursor:
        if is_sqlite(connection):
            marks = ", ".join("?" for _ in into.columns)
            cursor.executemany(f'INSERT INTO "{into.name}" VALUES ({marks}){conflicts}', rows)
        else:
            columns = list(map(list, zip(*rows, strict=True)))
            cursor.execute(_from_arrays(into) + conflicts, columns)
        return int(cursor.rowcount)


@cache
def _from_arrays(into: Table) -> str:
    # In binary (%b): the text of an array has each quote of a document escaped, in Python.
    arrays = ", ".join(f"%b::{_element(column)}[]" for column in into.columns)
    return f'INSERT INTO "{into.name}" SELECT * FROM unnest({arrays})'


def _element(column: ColumnElement[Any]) -> str:
    if isinstance(column.type, BigInteger):
        return "bigint"
    return "integer" if isinstance(column.type, Integer) else "text"
