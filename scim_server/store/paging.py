"""Lists by pages, the newest first: a page goes on where the one before it ended."""

from typing import Any

from sqlalchemy import ColumnElement, Select


def newest(
    statement: Select[*tuple[Any, ...]],
    created: ColumnElement[str],
    id: ColumnElement[str],
    after: tuple[str, str] | None,
    limit: int,
) -> Select[*tuple[Any, ...]]:
    """Those that come after a place: when the last of a page was made, and its id."""
    if after is not None:
        then, last = after
        statement = statement.where((created < then) | ((created == then) & (id > last)))
    return statement.order_by(created.desc(), id).limit(limit)
