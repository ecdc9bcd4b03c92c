"""Assigned applications among the values that clients write: shown beside them, never written."""

from collections.abc import Sequence

from scim_server.directory.ports import Assigned
from scim_server.protocol.schema import Document, ResourceType
from scim_server.protocol.values import fold

TYPE = "application"
"""Of the values that are assigned here; whoever writes one, writes what is readOnly."""


def strip(kind: ResourceType, document: Document) -> None:
    """Take out, in place, what only an assignment puts there (security rule 14)."""
    name = kind.storage.applications
    if name is None or name not in document:
        return
    kept = [each for each in document[name] if fold(each.get("type", "")) != TYPE]
    if kept:
        document[name] = kept
    else:
        del document[name]


def show(kind: ResourceType, view: Document, applications: Sequence[Assigned]) -> None:
    """Put in, in place, the applications that are assigned."""
    name = kind.storage.applications
    if name is not None and applications:
        assigned = [{"value": a.id, "display": a.name, "type": TYPE} for a in applications]
        view[name] = [*view.get(name, ()), *assigned]
