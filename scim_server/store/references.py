"""What is derived from the resource that a reference names: its ``$ref`` and its display.

``manager`` stores a ``value`` only; ``manager.displayName`` is what that user is called today.
"""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, exists, literal, select

from scim_server.protocol.bind import Leaf, Present
from scim_server.protocol.references import reference_parts
from scim_server.store.columns import location
from scim_server.store.models import RESOURCE
from scim_server.store.rows import path_code
from scim_server.store.scope import Scope, compare


def reference_condition(scope: Scope, row: FromClause, leaf: Leaf) -> ColumnElement[bool] | None:
    """The row names a resource whose derived part compares so; None for what is not derived."""
    path = leaf.path
    parts = reference_parts(path.attribute)
    if parts is None or path.sub is None or path.sub not in (parts.ref, parts.display):
        return None
    target = RESOURCE.alias()
    text: ColumnElement[Any] = (
        location(scope, target) if path.sub is parts.ref else target.c.display_key
    )
    holds = (
        text.is_not(None) if isinstance(leaf, Present) else compare(text, leaf.operator, leaf.key)
    )
    return (row.c.path == path_code(scope.kind.name, path.to(parts.value).text)) & exists(
        select(literal(1))
        .select_from(target)
        .where(
            target.c.tenant == row.c.tenant,
            target.c.public_id == row.c.key,
            target.c.kind.in_(parts.kinds),
            holds,
        )
        .correlate(row)
    )
