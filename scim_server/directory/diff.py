"""What differs between two documents, as an event tells it."""

from typing import Any

from scim_server.protocol.schema import Document, ResourceType

UNTOLD = frozenset({"schemas"})


def changed_paths(kind: ResourceType, before: Document, after: Document) -> dict[str, Any]:
    """Attribute path to {"before": value, "after": value}, each left out where there was none."""
    urns = {extension.schema.id for extension in kind.extensions}
    changes = _differences("", before, after, urns | UNTOLD)
    for urn in urns:
        changes |= _differences(f"{urn}:", before.get(urn, {}), after.get(urn, {}), UNTOLD)
    return changes


def _differences(
    prefix: str, before: Document, after: Document, untold: frozenset[str] | set[str]
) -> dict[str, Any]:
    changes = {}
    for name in dict.fromkeys((*before, *after)):
        if name not in untold and before.get(name) != after.get(name):
            sides = (("before", before), ("after", after))
            changes[prefix + name] = {side: d[name] for side, d in sides if name in d}
    return changes
