"""The few expressions and statements that the two databases spell differently."""

from collections.abc import Sequence
from functools import cache
from typing import Any, Self

import orjson
import psycopg
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
    bindparam,
    cast,
    func,
    select,
)
from sqlalchemy import (
    Sequence as SqlSequence,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.operators import OperatorType
from sqlalchemy.types import TypeEngine

from scim_server.store.models import Base

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


COUNTED = {"preserve_rowcount": True}
COPIED = 500
"""Rows from which on PostgreSQL is sent a COPY."""


def insert_many(connection: Connection, into: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows, whole and in the order of the columns, in one round trip.

    executemany on SQLite, past SQLAlchemy's work on each parameter; on PostgreSQL arrays, and COPY
    for so many rows that it pays.
    """
    if not rows:
        return
    if is_sqlite(connection):
        connection.exec_driver_sql(_insert_text(into, "INSERT"), list(rows))
    elif len(rows) < COPIED:
        connection.execute(_from_arrays(into), _columns(into, rows))
    else:
        _copy(connection, into, rows)


def _copy(connection: Connection, into: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    driver: Any = connection.connection.driver_connection
    try:
        with driver.cursor() as cursor, cursor.copy(f'COPY "{into.name}" FROM STDIN') as copy:
            for row in rows:
                copy.write_row(row)
    except psycopg.Error as fault:
        raise DBAPIError.instance(
            "COPY", None, fault, psycopg.Error, hide_parameters=True
        ) from fault


def insert_new(connection: Connection, into: Table, rows: Sequence[tuple[Any, ...]]) -> int:
    """Insert the rows whose key is free; returns how many."""
    if not rows:
        return 0
    if is_sqlite(connection):
        text = _insert_text(into, "INSERT OR IGNORE")
        return connection.exec_driver_sql(text, list(rows)).rowcount
    arrays = _from_arrays(into).on_conflict_do_nothing()
    return connection.execute(arrays, _columns(into, rows), execution_options=COUNTED).rowcount


@cache
def _insert_text(into: Table, verb: str) -> str:
    marks = ", ".join("?" for _ in into.columns)
    return f'{verb} INTO "{into.name}" VALUES ({marks})'


def _columns(into: Table, rows: Sequence[tuple[Any, ...]]) -> dict[str, list[Any]]:
    return dict(zip(into.columns.keys(), map(list, zip(*rows, strict=True)), strict=True))


@cache
def _from_arrays(into: Table) -> postgresql.Insert:
    columns = into.columns
    arrays = [
        cast(bindparam(c.name, type_=postgresql.ARRAY(_element(c))), postgresql.ARRAY(_element(c)))
        for c in columns
    ]
    rows = func.unnest(*arrays).table_valued(*(c.name for c in columns)).render_derived()
    return postgresql.insert(into).from_select(
        [c.name for c in columns], select(*(rows.c[c.name] for c in columns))
    )


def _element(c: Any) -> type[Integer] | type[BigInteger] | type[Text]:
    if isinstance(c.type, BigInteger):
        return BigInteger
    return Integer if isinstance(c.type, Integer) else Text
