"""The account extension in a client's document: what of it is kept elsewhere."""

from scim_server.directory.accounts import folders, lifecycle
from scim_server.directory.accounts.lifecycle import FIRST, Status, Step, initial
from scim_server.directory.ports import Resource
from scim_server.protocol.errors import InvalidValue
from scim_server.protocol.schema import Document, ResourceType
from scim_server.protocol.storage import STANDING


def sign_in_name(kind: ResourceType, document: Document) -> str:
    """What its user signs in with."""
    return next((str(document[name]) for name in kind.storage.identifier if name in document), "")


def take(kind: ResourceType, document: Document) -> Status | None:
    """Take what is a column out of the document; returns the status that is asked for.

    Raises InvalidValue.
    """
    urn = kind.storage.account
    if urn is None or urn not in document:
        return None
    given = document[urn]
    kept = {name: value for name, value in given.items() if name not in STANDING}
    if "folder" in kept:
        folders.check(kept["folder"])
    if kept:
        document[urn] = kept
    else:
        del document[urn]
    return _status(given.get("status"))


def first_status(kind: ResourceType, document: Document, wanted: Status | None) -> Status | None:
    """The status of a new account, which its document then shows. Raises InvalidValue."""
    flag = kind.storage.status
    if flag is None:
        return None
    status = wanted or initial(document.get(flag))
    shown = status is Status.ACTIVE
    if status not in FIRST or document.setdefault(flag, shown) is not shown:
        raise InvalidValue(f'A new account cannot be {status} with this "{flag}".')
    return status


def asked_step(before: Resource, wanted: Status | None, said: bool | None) -> Step | None:
    """The step to the status that is asked for, or that ``active`` means.

    said: of ``active``, also what it shows already: who is Locked, ``false`` suspends. None:
          nothing, or that it be unassigned, which says nothing of the status (PAT-027)

    Raises Conflict; InvalidValue: the two contradict each other.
    """
    if before.status is None or (wanted is None and said is None):
        return None
    if wanted is None:
        return lifecycle.on_active(before.status, said is True)
    if said not in (None, wanted is Status.ACTIVE):
        raise InvalidValue(f'"{before.kind.storage.status}" says otherwise than {wanted}.')
    return lifecycle.towards(before.status, wanted)


def stepped(before: Resource, document: Document, event: Step | None) -> Status | None:
    """The status after a step, which the document then shows. Raises Conflict."""
    flag, status = before.kind.storage.status, before.status
    if flag is None or status is None:
        return status
    after = status if event is None else lifecycle.step(status, event)
    if event is not None or flag in document:
        document[flag] = after is Status.ACTIVE
    return after


def told(before: Resource, after: Resource) -> Document:
    """How the change of status is told in an event."""
    urn = after.kind.storage.account
    if urn is None:
        return {}
    sides = {"status": (before.status, after.status), "role": (before.role, after.role)}
    return {
        f"{urn}:{name}": {"before": was, "after": now}
        for name, (was, now) in sides.items()
        if was != now
    }


def _status(text: str | None) -> Status | None:
    if text is None:
        return None
    try:
        return Status(text)
    except ValueError:
        known = ", ".join(Status)
        raise InvalidValue(f'There is no status "{text[:50]}"; there are: {known}.') from None
