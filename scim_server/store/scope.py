"""What a query is about, and how one key compares in SQL."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import count

from sqlalchemy import ColumnElement, FromClause, Select, func

from scim_server.protocol.bind import Operator
from scim_server.protocol.schema import Registry, ResourceType
from scim_server.store.models import VALUE
from scim_server.store.rows import CUT, cut
from scim_server.store.sql import after_prefix, ends, holds, starts


@dataclass(frozen=True, slots=True)
class Scope:
    """One kind in one tenant; ``base_url`` as in ``meta.location``, without a final slash."""

    tenant: int
    kind: ResourceType
    registry: Registry
    base_url: str
    numbers: Iterator[int] = field(default_factory=count, compare=False)

    def value_alias(self) -> FromClause:
        """An alias of ``value`` that this statement does not have yet."""
        return _value_alias(next(self.numbers))

    def location_prefix(self, kind: str) -> str:
        """What comes before the id in the location of a resource of that kind."""
        return f"{self.base_url}{self.registry.kinds[kind].endpoint}/"


@cache
def _value_alias(number: int) -> FromClause:
    """Kept, for its columns are made when it is first used."""
    return VALUE.alias(f"value_{number}")


@dataclass(frozen=True, slots=True)
class Found:
    """A select of store keys; ``key`` is its only column, of the table ``source``.

    rank: how selective it is likely to be: the lower, the fewer it finds
    """

    select: Select[int]
    key: ColumnElement[int]
    source: FromClause
    rank: int


def _begins(text: ColumnElement[str], key: str) -> ColumnElement[bool]:
    high = after_prefix(key)
    return text >= key if high is None else (text >= key) & (text < high)


COMPARISONS: dict[Operator, Callable[[ColumnElement[str], str], ColumnElement[bool]]] = {
    "eq": lambda text, key: text == key,
    "co": lambda text, key: holds(text, key),
    "sw": _begins,
    "ew": ends,
    "gt": lambda text, key: text > key,
    "ge": lambda text, key: text >= key,
    "lt": lambda text, key: text < key,
    "le": lambda text, key: text <= key,
}


def compare(text: ColumnElement[str], operator: Operator, key: str) -> ColumnElement[bool]:
    """A whole key compares so; ranges are spelled so that an index can serve them."""
    return COMPARISONS[operator](text, key)


def compare_row(row: FromClause, operator: Operator, key: str) -> ColumnElement[bool]:
    """The key of a value row compares so, also where one of the two is longer than the index."""
    indexed: ColumnElement[str] = row.c.key
    whole: ColumnElement[str] = func.coalesce(row.c.whole, row.c.key)
    if operator == "eq":
        return indexed == cut(key)[0]
    if operator in ("co", "ew"):
        return compare(whole, operator, key)
    if len(key) <= CUT:
        return compare(indexed, operator, key)
    head = key[:CUT]
    if operator == "sw":
        return compare(indexed, "sw", head) & starts(whole, key)
    if operator in ("gt", "ge"):
        return (indexed >= head) & compare(whole, operator, key)
    return compare(whole, operator, key)
