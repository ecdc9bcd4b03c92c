"""Conditions on what is a column, not a value row: ``id``, ``meta``, and how an account stands."""

from sqlalchemy import ColumnElement, FromClause, case, cast, true

from scim_server.protocol.bind import Compare, Leaf, Present
from scim_server.protocol.schema import Path, ResourceType
from scim_server.protocol.values import fold
from scim_server.store.models.base import code_point_text
from scim_server.store.scope import Scope, compare


def is_column(kind: ResourceType, path: Path) -> bool:
    """Whether the attribute is kept beside the document."""
    is_common = path.urn is None and path.attribute.name in ("id", "meta")
    return is_common or kind.column(path) is not None


def column_condition(scope: Scope, row: FromClause, leaf: Leaf) -> ColumnElement[bool]:
    """``id`` and ``meta`` are never absent, so ``pr`` always holds of them."""
    if isinstance(leaf, Present):
        account = scope.kind.column(leaf.path)
        return column(scope, row, account).is_not(None) if account else true()
    name = leaf.path.leaf.name
    return compare(column(scope, row, name), leaf.operator, leaf.key)


def by_code_point(text: ColumnElement[str]) -> ColumnElement[str]:
    """A computed text, ordered as the stored ones are: PostgreSQL would use its locale."""
    return cast(text, code_point_text())


def column(scope: Scope, row: FromClause, name: str) -> ColumnElement[str]:
    """The comparison key of ``id``, of a part of ``meta``, or of one of schema.STANDING."""
    match name:
        case "id":
            return row.c.public_id
        case "created":
            return row.c.created
        case "lastModified":
            return row.c.modified
        case "resourceType":
            return row.c.kind
        case "version":
            return 'W/"' + by_code_point(row.c.version) + '"'
        case "status" | "source" | "role":
            return row.c[name]
        case "lastSignIn":
            return row.c.signed_in
        case _:
            return location(scope, row)


def location(scope: Scope, row: FromClause) -> ColumnElement[str]:
    """``meta.location`` of the row, whatever its kind."""
    prefixes = {name: scope.location_prefix(name) for name in scope.registry.kinds}
    return by_code_point(case(prefixes, value=row.c.kind)) + row.c.public_id


def kind_condition(scope: Scope, row: FromClause, leaf: Compare) -> ColumnElement[bool]:
    """The kind's name, in any letter case, compares so."""
    names = {name: fold(name) for name in scope.registry.kinds}
    return compare(by_code_point(case(names, value=row.c.kind)), leaf.operator, leaf.key)
