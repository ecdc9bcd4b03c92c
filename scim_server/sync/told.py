"""A plan as people and programs read it."""

from scim_server.directory.diff import changed_paths
from scim_server.protocol.schema import Document, ResourceType
from scim_server.sync.plan import Departure, Join, Leave, Move, Step

DEPARTS, TAKES = "departs", "takes"
MOST_NAMED = 20
"""Members of one step that are named."""


def told(kind: ResourceType, step: Step) -> Document:
    """A step as JSON: ``step`` is join, move, adopt, leave; ``changes`` as events tell them.

    ``departs``: whether guards count it; ``takes``: what it takes away, or gives back, then;
    ``refersTo``: names of entries that are not here yet, and follow where they join.
    """
    match step:
        case Leave():
            return {
                DEPARTS: step.departure is not Departure.NONE,
                TAKES: step.departure.value,
                "kind": kind.name,
                "step": "leave",
                "entry": step.id,
                "resource": step.resource,
                "departure": step.departure.value,
            }
        case Join(desired, added):
            changes = changed_paths(kind, {}, desired.document)
            return _told(kind, "join", step) | {"changes": changes} | _members(added, ())
        case Move(desired, current):
            shown: Document = {"resource": current.id} if current.id else {}
            if step.event is not None:
                shown["status"] = step.event.value
            if step.changes:
                shown["changes"] = dict(step.changes)
            shown |= {DEPARTS: bool(step.takes), TAKES: step.takes}
            word = "adopt" if step.adopts else "move"
            return _told(kind, word, step) | shown | _members(step.added, step.removed)


def _told(kind: ResourceType, word: str, step: Join | Move) -> Document:
    desired = step.desired
    told: Document = {
        DEPARTS: False,
        "kind": kind.name,
        "step": word,
        "entry": desired.id,
        "place": desired.place,
    }
    if name := display(kind, desired.document):
        told["display"] = name
    if desired.awaits:
        told["refersTo"] = list(desired.awaits)
    return told


def display(kind: ResourceType, document: Document) -> str | None:
    """What people call it: of a user the userName, which is always there."""
    names = (*kind.storage.identifier, *kind.storage.display)
    return next((str(document[name]) for name in names if document.get(name)), None)


def _members(added: tuple[str, ...], removed: tuple[str, ...]) -> Document:
    told: Document = {}
    for word, names in (("membersAdded", added), ("membersRemoved", removed)):
        if names:
            told[word] = {"count": len(names), "first": list(names[:MOST_NAMED])}
    return told
