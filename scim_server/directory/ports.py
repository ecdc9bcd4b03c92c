"""What the directory needs of a store, and the records that pass between them.

Instants are text as values.key makes it of a dateTime: UTC, code point order is time order, no Z.
"""

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from scim_server.directory.events import Event
from scim_server.directory.lifecycle import Status
from scim_server.protocol.bind import Bound
from scim_server.protocol.schema import Document, Path, ResourceType

Clock = Callable[[], datetime]
"""Returns an aware UTC datetime."""


class Contention(Exception):
    """The transaction met another one; the same work may be tried again."""


@dataclass(frozen=True, slots=True)
class Resource:
    """A stored resource. ``key`` is the store's own; ``id`` is what clients see."""

    key: int
    kind: ResourceType
    id: str
    version: int
    created: str
    modified: str
    status: Status | None
    document: Document


@dataclass(frozen=True, slots=True)
class Membership:
    """One group that a resource is in; ``direct`` or through a nested group."""

    group: str
    kind: str
    display: str | None
    direct: bool


@dataclass(frozen=True, slots=True)
class Reference:
    """A resource that another one refers to: what is shown of it."""

    id: str
    kind: str
    display: str | None


@dataclass(frozen=True, slots=True)
class Relations:
    """What others say of a resource: its groups, and whom its references name, by id."""

    groups: tuple[Membership, ...] = ()
    references: Mapping[str, Reference] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Order:
    """The order of a result: an attribute path per kind, or the store's own order."""

    paths: Mapping[str, Path]
    descending: bool


@dataclass(frozen=True, slots=True)
class Position:
    """Where a cursor stands: the last row's sort key (None if it had no value) and store key."""

    sort_key: str | None
    key: int


@dataclass(frozen=True, slots=True)
class Window:
    """Which part of the result: from an offset (0-based), or after a position."""

    limit: int
    offset: int = 0
    after: Position | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """A search over one or more kinds; no condition means all of a kind."""

    conditions: Mapping[str, Bound | None]
    kinds: tuple[ResourceType, ...]
    order: Order | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A found resource and where it stands in the order."""

    resource: Resource
    position: Position


@dataclass(frozen=True, slots=True)
class MemberDelta:
    """The members that were really added and removed, by id."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed)


class Reader(Protocol):
    """One consistent view of one tenant's resources."""

    def get(self, kind: ResourceType, id: str) -> tuple[Resource, Relations]:
        """In one statement. Raises NotFound."""

    def related(self, resources: Sequence[Resource]) -> Mapping[int, Relations]:
        """By store key, in one statement for any number of resources."""

    def count(self, query: Query) -> int:
        """How many resources match."""

    def page(self, query: Query, window: Window) -> list[Hit]:
        """The matches in the window, in order."""

    def members(
        self, groups: Sequence[Resource], most: int | None = None
    ) -> Generator[tuple[int, Reference], None, None]:
        """(group's store key, member), in the order of ``groups``, streamed; at most ``most``.

        Whoever does not take all of them closes it before the reader's block ends.
        """


class Writer(Reader, Protocol):
    """One transaction that changes one tenant's resources."""

    def lock(self, kind: ResourceType, id: str) -> Resource:
        """The resource, kept from every other writer until the end. Raises NotFound."""

    def insert(self, resources: Sequence[Resource]) -> list[Resource]:
        """Store new resources and return them with their store keys. Raises NotUnique."""

    def update(self, before: Resource, after: Resource) -> None:
        """Store a changed resource. Raises NotUnique."""

    def delete(self, resource: Resource) -> list[Resource]:
        """Remove it and its memberships; returns the groups that lost it, locked, as they were."""

    def add_members(self, group: Resource, ids: Sequence[str]) -> MemberDelta:
        """Raises UnknownMembers, also where the kind is wrong, and InvalidValue for a cycle.

        Nothing is changed then.
        """

    def remove_members(self, group: Resource, ids: Sequence[str]) -> MemberDelta:
        """Ids that are no members are passed over."""

    def remove_members_where(self, group: Resource, condition: Bound | None) -> MemberDelta:
        """Remove the members that match, or all."""

    def set_members(self, group: Resource, ids: Sequence[str]) -> MemberDelta:
        """Make these the members. Raises as add_members does."""

    def record(self, events: Iterable[Event]) -> None:
        """Append to the event log, in this transaction."""

    def attempt(self) -> AbstractContextManager[None]:
        """A savepoint: an exception undoes what was done inside, and is raised on."""


class ResourceStore(Protocol):
    """Transactions over one tenant's resources."""

    def reading(self, tenant: int) -> AbstractContextManager[Reader]:
        """Single statements, each on what is committed. Raises Unavailable."""

    def snapshot(self, tenant: int) -> AbstractContextManager[Reader]:
        """Several statements on one state of the store. Raises Unavailable."""

    def writing(self, tenant: int) -> AbstractContextManager[Writer]:
        """Committed at the end, rolled back on an exception. Raises Unavailable, Contention."""
