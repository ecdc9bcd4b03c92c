"""Conditions on what is a column, not a value row: ``id`` and ``meta``."""

from sqlalchemy import ColumnElement, Text, case, cast, func, literal, true

from scim_server.protocol.bind import Compare, Present
from scim_server.protocol.values import fold
from scim_server.store.models import ResourceRow
from scim_server.store.scope import Scope, compare

Leaf = Compare | Present


def column_condition(scope: Scope, row: type[ResourceRow], leaf: Leaf) -> ColumnElement[bool]:
    """``id`` and ``meta`` are never absent, so ``pr`` always holds."""
    if isinstance(leaf, Present):
        return true()
    name = leaf.path.leaf.name
    return compare(column(scope, row, name), leaf.operator, leaf.key)


def column(scope: Scope, row: type[ResourceRow], name: str) -> ColumnElement[str]:
    """The comparison key of ``id`` or of a sub-attribute of ``meta``."""
    match name:
        case "id":
            return row.public_id.expression
        case "created":
            return row.created.expression
        case "lastModified":
            return row.modified.expression
        case "resourceType":
            return literal(scope.kind.name) + ""
        case "version":
            return literal('W/"') + cast(row.version, Text) + '"'
        case _:
            return location(scope, row)


def location(scope: Scope, row: type[ResourceRow]) -> ColumnElement[str]:
    """``meta.location`` of the row, whatever its kind."""
    prefixes = {name: scope.location_prefix(name) for name in scope.registry.kinds}
    return func.concat(case(prefixes, value=row.kind), row.public_id)


def kind_condition(scope: Scope, row: type[ResourceRow], leaf: Compare) -> ColumnElement[bool]:
    """The kind's name, in any letter case, compares so."""
    names = {name: fold(name) for name in scope.registry.kinds}
    return compare(case(names, value=row.kind), leaf.operator, leaf.key)
