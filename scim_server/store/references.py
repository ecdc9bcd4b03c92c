"""What is derived from the resource that a reference names: its ``$ref`` and its display.

``manager`` stores a ``value`` only; ``manager.displayName`` is what that user is called today.
"""

from typing import Any

from sqlalchemy import ColumnElement, exists, literal, select
from sqlalchemy.orm import aliased

from scim_server.protocol.bind import Compare, Present
from scim_server.protocol.references import reference_parts
from scim_server.store.columns import location
from scim_server.store.models import ResourceRow, ValueRow
from scim_server.store.rows import path_code
from scim_server.store.scope import Scope, compare

Leaf = Compare | Present


def reference_condition(
    scope: Scope, row: type[ValueRow], leaf: Leaf
) -> ColumnElement[bool] | None:
    """The row names a resource whose derived part compares so; None for what is not derived."""
    path = leaf.path
    parts = reference_parts(path.attribute)
    if parts is None or path.sub is None or path.sub not in (parts.ref, parts.display):
        return None
    target = aliased(ResourceRow)
    text: ColumnElement[Any] = (
        location(scope, target) if path.sub is parts.ref else target.display_key.expression
    )
    holds = (
        text.is_not(None) if isinstance(leaf, Present) else compare(text, leaf.operator, leaf.key)
    )
    return (row.path == path_code(scope.kind.name, path.to(parts.value).text)) & exists(
        select(literal(1))
        .select_from(target)
        .where(
            target.tenant == row.tenant,
            target.public_id == row.key,
            target.kind.in_(parts.kinds),
            holds,
        )
        .correlate(row)
    )
