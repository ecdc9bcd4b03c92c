"""Sessions: who is signed in, from where, until when; ended one by one or all at once."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from scim_server.directory.callers import Caller
from scim_server.directory.change import Change
from scim_server.directory.events import Action
from scim_server.directory.ports import Resource
from scim_server.directory.rights import guards
from scim_server.directory.rights.rights import Permission
from scim_server.directory.transactions import Transactions
from scim_server.protocol.errors import NotFound
from scim_server.protocol.schema import ResourceType
from scim_server.protocol.values import stamp

Place = tuple[str, str]
"""Where a page ends: when its last session began, and the session's id."""


@dataclass(frozen=True, slots=True)
class Session:
    """A session; instants as in directory/ports.py.

    user:    id of the user; user_name: what they sign in with
    ends:    when it ends whatever happens; idle_ends: when it ends unless it is used
    methods: what the user proved it with: ``pwd``, ``otp``, ``hwk`` (RFC 8176)
    """

    id: str
    user: str
    user_name: str
    created: str
    used: str
    idle_ends: str
    ends: str
    address: str
    device: str
    methods: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of sessions; ``total`` is of all pages, ``more`` says that another one follows."""

    sessions: list[Session]
    total: int
    more: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """A session as it is stored; ``may_sign_in``: its user is Active."""

    session: Session
    digest: str
    may_sign_in: bool


class SessionStore(Protocol):
    """The live sessions of a tenant, in one connection or transaction."""

    def add(self, user: int, session: Session, digest: str) -> None:
        """Of the user with this store key."""

    def find(self, id: str) -> Kept | None:
        """In one statement, live or not."""

    def use(self, session: Session) -> None:
        """Note the last use, unless it is over."""

    def page(self, user: str | None, after: Place | None, limit: int, now: str) -> list[Session]:
        """Newest first, of one user or of all, those that come after a place."""

    def count(self, user: str | None, now: str) -> int:
        """How many there are."""

    def named(self, ids: Collection[str]) -> list[Session]:
        """Those with these ids, live or not."""

    def end(self, ids: Collection[str]) -> Collection[str]:
        """Returns the ids of those that there were."""


def end_every(change: Change, user: Resource) -> int:
    """End all sessions and keys of a user, and tell it; returns how many sessions."""
    ended = change.store.end_access(user)
    change.note(Action.END_SESSIONS, user.kind, user.id, {"sessions": ended})
    return ended


class Sessions:
    """What administrators see and end of others' sessions."""

    def __init__(self, transactions: Transactions, users: ResourceType) -> None:
        self.transactions = transactions
        self.users = users

    def page(self, caller: Caller, user: str | None, after: Place | None, limit: int) -> Listed:
        """The live sessions of the tenant or of one user. Raises NotFound."""
        now = stamp(self.transactions.clock())
        with self.transactions.store.snapshot(caller.tenant) as reader:
            if user is not None:
                reader.get(self.users, user)
            found = reader.sessions.page(user, after, limit + 1, now)
            return Listed(found[:limit], reader.sessions.count(user, now), len(found) > limit)

    def end(self, caller: Caller, ids: Collection[str]) -> int:
        """End some; returns how many there were within the caller's limits. Raises Forbidden."""

        def work(change: Change) -> int:
            owners = {each.id: each.user for each in change.store.sessions.named(ids)}
            reached = {user for user in set(owners.values()) if self._reaches(change, user)}
            ended = change.store.sessions.end([id for id in owners if owners[id] in reached])
            for id in ended:
                change.note(Action.END_SESSIONS, self.users, owners[id], {"session": id})
            return len(ended)

        return self.transactions.write(caller, work)

    def clear(self, caller: Caller, user: str) -> int:
        """End all sessions and keys of a user; returns how many sessions. Raises NotFound."""

        def work(change: Change) -> int:
            return end_every(change, change.store.lock(self.users, user))

        return self.transactions.write(caller, work)

    def _reaches(self, change: Change, user: str) -> bool:
        """Whether a user is within the caller's limits. Raises Forbidden: one of a higher role."""
        permission = Permission.SESSIONS_WRITE
        try:
            guards.require_reach(change.caller, change.store, permission, self.users, user)
        except NotFound:
            return False
        return True
