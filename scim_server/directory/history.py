"""The history of a tenant: every change and every sign-in, read, exported, and in time forgotten.

Nothing here changes an event; what is older than the policy keeps is removed by the worker.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from scim_server.directory.callers import Caller
from scim_server.directory.events import Action, Event
from scim_server.directory.ports import ResourceStore
from scim_server.protocol.schema import ResourceType
from scim_server.protocol.values import moment

PAGE = 1000
"""Events that are read at once for an export, and removed at once."""
COUNTED = 10_000
"""Up to which events are counted: a tenant may have a hundred million."""
WHEN_AWAY = timedelta(hours=1)
"""How far the time in an event's id may be from that of its transaction."""


@dataclass(frozen=True, slots=True)
class Sought:
    """Which events; what is None does not narrow. Instants as in directory/ports.py.

    actor:   id of the client or user who did it
    since:   the first instant; until: the first one that is too late
    """

    kind: str | None = None
    resource: str | None = None
    actor: str | None = None
    actions: tuple[Action, ...] = ()
    address: str | None = None
    since: str | None = None
    until: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """An event, and what its resource is called now; None: it is gone, or has no name."""

    event: Event
    display: str | None


@dataclass(frozen=True, slots=True)
class Listed:
    """A page, newest first; ``total`` of all pages, up to COUNTED; ``more``: another follows."""

    entries: list[Entry]
    total: int
    more: bool


class HistoryStore(Protocol):
    """The events of a tenant, in one connection or transaction."""

    def page(self, sought: Sought, after: str | None, limit: int) -> list[Entry]:
        """Newest first, those before the event with that id."""

    def count(self, sought: Sought, most: int) -> int:
        """How many there are, ``most`` where there are more."""

    def forget(self, before: datetime, most: int) -> int:
        """Remove the oldest of those that are older; returns how many."""


class History:
    """What administrators see of it, and what the worker removes."""

    def __init__(self, store: ResourceStore, users: ResourceType) -> None:
        self.store = store
        self.users = users

    def page(self, caller: Caller, sought: Sought, after: str | None, limit: int) -> Listed:
        """A page of what is sought."""
        with self.store.snapshot(caller.tenant) as reader:
            found = reader.history.page(sought, after, limit + 1)
            total = reader.history.count(sought, COUNTED)
            return Listed(found[:limit], total, len(found) > limit)

    def require_known(self, caller: Caller, user: str) -> None:
        """Raises NotFound where there is no such user, and no event tells of one."""
        with self.store.snapshot(caller.tenant) as reader:
            if not reader.history.page(Sought(self.users.name, user), None, 1):
                reader.get(self.users, user)

    def pages(self, caller: Caller, sought: Sought) -> Iterator[list[Entry]]:
        """All of what is sought, each page in a transaction of its own.

        No event comes between two that are there, so that none is missing or told twice.
        """
        after: str | None = None
        while True:
            with self.store.reading(caller.tenant) as reader:
                found = reader.history.page(sought, after, PAGE)
            yield found
            if len(found) < PAGE:
                return
            after = found[-1].event.id

    def delete_expired_events(self, tenant: int, now: datetime) -> int:
        """Remove what is older than the policy keeps; returns how many.

        Raises Unavailable, Contention.
        """
        with self.store.reading(tenant) as reader:
            before = now - timedelta(days=reader.policy.get().retention_days)
        removed = 0
        while True:
            with self.store.writing(tenant) as writer:
                found = writer.history.forget(before, PAGE)
            removed += found
            if found < PAGE:
                return removed


def least_id(instant: datetime) -> str:
    """Text below every id that was made from then on: they begin with the time (app.new_id)."""
    milliseconds = max(0, int(instant.timestamp() * 1000))
    digits = f"{milliseconds:012x}"
    return f"{digits[:8]}-{digits[8:]}"


def bounds(sought: Sought) -> tuple[str | None, str | None]:
    """Between which ids the events are, roughly: an index of ids serves for times as well."""
    since = sought.since and least_id(moment(sought.since) - WHEN_AWAY)
    until = sought.until and least_id(moment(sought.until) + WHEN_AWAY)
    return since, until
