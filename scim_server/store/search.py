"""Pages of resources: what matches, in what order, from where (RFC 7644 §3.4.2, RFC 9865)."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    false,
    func,
    null,
    or_,
    select,
    tuple_,
)

from scim_server.directory.ports import Hit, Order, Position, Query, Window
from scim_server.store.columns import column, is_column
from scim_server.store.models import RESOURCE, VALUE
from scim_server.store.query import where
from scim_server.store.records import COLUMNS, Kinds, to_resource
from scim_server.store.rows import path_code
from scim_server.store.scope import Scope


def count(connection: Connection, scopes: Sequence[Scope], query: Query) -> int:
    """How many resources match."""
    statement = select(func.count()).select_from(RESOURCE).where(_matching(scopes, query))
    return int(connection.execute(statement).scalar_one())


def page(
    connection: Connection, scopes: Sequence[Scope], query: Query, window: Window, kinds: Kinds
) -> list[Hit]:
    """The matches in the window, in order."""
    sort_key, source = _ordered(scopes, query.order)
    statement = source.where(_matching(scopes, query)).limit(window.limit).offset(window.offset)
    if window.after is not None:
        statement = statement.where(_beyond(query.order, sort_key, window.after))
    found = connection.execute(statement.order_by(*_order_by(query.order, sort_key)))
    return [_hit(each, kinds) for each in found.all()]


def _hit(found: Row[*tuple[Any, ...]], kinds: Kinds) -> Hit:
    *cells, sort_key = found
    return Hit(to_resource(cells, kinds), Position(sort_key, cells[0]))


def _matching(scopes: Sequence[Scope], query: Query) -> ColumnElement[bool]:
    conditions = [_kind_matching(scope, query) for scope in scopes]
    return conditions[0] if len(conditions) == 1 else or_(false(), *conditions)


def _kind_matching(scope: Scope, query: Query) -> ColumnElement[bool]:
    condition = query.conditions[scope.kind.name]
    of_kind = (RESOURCE.c.tenant == scope.tenant) & (RESOURCE.c.kind == scope.kind.name)
    return of_kind if condition is None else and_(of_kind, where(scope, condition))


def _ordered(
    scopes: Sequence[Scope], order: Order | None
) -> tuple[ColumnElement[Any], Select[*tuple[Any, ...]]]:
    """The sort key, and the select that has it."""
    if order is None or not order.paths:
        return null(), select(*COLUMNS, null().label("sort_key"))
    paths = [
        (scope, order.paths[scope.kind.name]) for scope in scopes if scope.kind.name in order.paths
    ]
    scope, path = paths[0]
    if is_column(scope.kind, path):
        key: ColumnElement[Any] = column(scope, RESOURCE, path.leaf.name)
        return key, select(*COLUMNS, key.label("sort_key"))
    lead = VALUE.alias()
    codes = [path_code(each.kind.name, one.text) for each, one in paths]
    # Not the whole of a long text: it would make the cursor longer than a URL may be.
    key = lead.c.key
    joined = select(*COLUMNS, key.label("sort_key")).outerjoin(
        lead,
        (lead.c.tenant == RESOURCE.c.tenant)
        & (lead.c.resource == RESOURCE.c.id)
        & (lead.c.path.in_(codes))
        & (lead.c.lead == 1),
    )
    return key, joined


def _order_by(order: Order | None, key: ColumnElement[Any]) -> list[ColumnElement[Any]]:
    """No value comes last ascending and first descending; ties go by creation (§3.4.2.3)."""
    if order is None or not order.paths:
        return [RESOURCE.c.id.desc() if order and order.descending else RESOURCE.c.id]
    columns = [key.is_(None), key, RESOURCE.c.id]
    return [c.desc() for c in columns] if order.descending else columns


def _beyond(order: Order | None, key: ColumnElement[Any], after: Position) -> ColumnElement[bool]:
    if order is None or not order.paths:
        key_after: ColumnElement[bool] = RESOURCE.c.id > after.key
        return RESOURCE.c.id < after.key if order and order.descending else key_after
    here = tuple_(key.is_(None), func.coalesce(key, ""), RESOURCE.c.id)
    there = tuple_(after.sort_key is None, after.sort_key or "", after.key)
    return here < there if order.descending else here > there
