"""What the directory needs of a store, and the records that pass between them.

Instants are text as values.key makes it of a dateTime: UTC, code point order is time order, no Z.
"""

from collections.abc import Callable, Collection, Generator, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from scim_server.directory.accounts.lifecycle import Status
from scim_server.directory.events import Event
from scim_server.protocol.bind import Bound
from scim_server.protocol.schema import Document, Path, ResourceType

if TYPE_CHECKING:
    from scim_server.directory.accounts.census import CensusStore
    from scim_server.directory.accounts.policy import PolicyStore
    from scim_server.directory.authenticators.factors import AuthenticatorStore
    from scim_server.directory.history import HistoryStore
    from scim_server.directory.mail.outbox import MailStore
    from scim_server.directory.rights.applications import ApplicationStore
    from scim_server.directory.rights.grants import GrantStore
    from scim_server.directory.rights.keys import KeyStore
    from scim_server.directory.signing.challenges import ChallengeStore
    from scim_server.directory.signing.links import LinkStore
    from scim_server.directory.signing.passwords import LoginStore
    from scim_server.directory.signing.requests import RequestStore
    from scim_server.directory.signing.sessions import SessionStore
    from scim_server.directory.sources.anchors import AnchorStore
    from scim_server.directory.sources.runs import RunStore

Clock = Callable[[], datetime]
"""Returns an aware UTC datetime."""


class Contention(Exception):
    """The transaction met another one; the same work may be tried again."""


@dataclass(frozen=True, slots=True)
class Resource:
    """A stored resource. ``key`` is the store's own; ``id`` is what clients see.

    status, source, role, signed_in: of an account; see schema.STANDING
    """

    key: int
    kind: ResourceType
    id: str
    version: int
    created: str
    modified: str
    status: Status | None
    document: Document
    source: str | None = None
    role: str | None = None
    signed_in: str | None = None


@dataclass(frozen=True, slots=True)
class Membership:
    """One group that a resource is in; ``direct`` or through a nested group."""

    group: str
    kind: str
    display: str | None
    direct: bool


@dataclass(frozen=True, slots=True)
class Assigned:
    """An application that a user has: ``direct`` or through a group."""

    id: str
    name: str
    direct: bool


@dataclass(frozen=True, slots=True)
class Reference:
    """A resource that another one refers to: what is shown of it."""

    id: str
    kind: str
    display: str | None


@dataclass(frozen=True, slots=True)
class Relations:
    """What others say of a resource: groups, applications, and whom its references name, by id."""

    groups: tuple[Membership, ...] = ()
    references: Mapping[str, Reference] = field(default_factory=dict)
    applications: tuple[Assigned, ...] = ()


@dataclass(frozen=True, slots=True)
class Order:
    """The order of a result: an attribute path per kind; without any, that of creation."""

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

    @property
    def authenticators(self) -> "AuthenticatorStore":
        """Second factors of its users."""

    @property
    def census(self) -> "CensusStore":
        """Counts and look-ups over many of its users."""

    @property
    def history(self) -> "HistoryStore":
        """Its events."""

    @property
    def links(self) -> "LinkStore":
        """Its links."""

    @property
    def mail(self) -> "MailStore":
        """Its mail."""

    @property
    def policy(self) -> "PolicyStore":
        """What its tenant has decided."""

    @property
    def applications(self) -> "ApplicationStore":
        """Its applications, and who has them."""

    @property
    def keys(self) -> "KeyStore":
        """Its API keys."""

    @property
    def grants(self) -> "GrantStore":
        """Who holds which role."""

    @property
    def sessions(self) -> "SessionStore":
        """Its sessions."""

    @property
    def logins(self) -> "LoginStore":
        """How its users sign in."""

    @property
    def challenges(self) -> "ChallengeStore":
        """Its sign-ins that have begun."""

    @property
    def anchors(self) -> "AnchorStore":
        """Which source each of its resources belongs to."""

    @property
    def runs(self) -> "RunStore":
        """Its sources and their runs."""

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

    @property
    def recorded(self) -> Sequence[str]:
        """The actions of the events that it has appended."""

    @property
    def requests(self) -> "RequestStore":
        """Its requests to recover an account."""

    def lock(self, kind: ResourceType, id: str) -> Resource:
        """The resource, kept from every other writer until the end. Raises NotFound."""

    def lock_all(self, kind: ResourceType, ids: Collection[str]) -> list[Resource]:
        """Those of them that there are, likewise, in one statement."""

    def insert(self, resources: Sequence[Resource]) -> list[Resource]:
        """Store new resources and return them with their store keys. Raises NotUnique."""

    def update(self, before: Resource, after: Resource) -> None:
        """Store a changed resource. Raises NotUnique."""

    def delete(self, resource: Resource) -> list[Resource]:
        """Remove it and its memberships; returns the groups that lost it, locked, as they were."""

    def leave_groups(self, resource: Resource) -> list[Resource]:
        """Remove its memberships; returns the groups likewise."""

    def end_access(self, user: Resource) -> int:
        """End its sessions, links and begun ceremonies, and its keys; how many sessions."""

    def end_tickets(self, user: Resource, kept_session: str = "") -> None:
        """End its sessions but that one, its links and begun ceremonies."""

    def end_rights(self, user: Resource) -> None:
        """Take its roles, applications, authenticators and password away."""

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

    def take_stock(self) -> None:
        """Let the database count its rows: after many new ones it plans by how few there were."""

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
