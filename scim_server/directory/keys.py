"""API keys: the system's, and users' own, which may do no more than their user at that moment."""

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from scim_server.directory import guards, tokens
from scim_server.directory.callers import Caller
from scim_server.directory.change import Change
from scim_server.directory.credentials import NOT_VALID, USED_RESOLUTION, Client
from scim_server.directory.events import Action
from scim_server.directory.grants import rights_from
from scim_server.directory.key_scopes import effective, known_scopes, needed
from scim_server.directory.lifecycle import Status
from scim_server.directory.ports import Clock, Contention, ResourceStore
from scim_server.directory.rights import Right, permissions_of
from scim_server.directory.tokens import Reference, Use
from scim_server.directory.transactions import Transactions
from scim_server.protocol.errors import (
    Conflict,
    InvalidValue,
    NotFound,
    Unauthorized,
    Unavailable,
)
from scim_server.protocol.schema import Registry
from scim_server.protocol.values import stamp

Place = tuple[str, str]
"""Where a page ends: when its last key was made, and the key's id."""
SYSTEM = "api_key"
"""What an event names where a key belongs to nobody."""
MOST = 100
"""Keys of one user."""


@dataclass(frozen=True, slots=True)
class Key:
    """An API key; instants as in directory/ports.py.

    user:    id of the user who owns it; None: it is the system's
    expires: None: it never does
    used:    to the minute
    """

    id: str
    name: str
    scopes: frozenset[str]
    user: str | None
    user_name: str | None
    created: str
    created_by: str
    expires: str | None
    used: str | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A key to be made."""

    name: str
    scopes: frozenset[str]
    lifetime: timedelta


@dataclass(frozen=True, slots=True)
class Found:
    """The key that a token says it is, and its SHA-256."""

    key: Key
    digest: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of keys; ``total`` is of all pages, ``more`` says that another one follows."""

    keys: Sequence[Key]
    total: int
    more: bool


class KeyStore(Protocol):
    """The keys of a tenant, in one connection or transaction."""

    def page(self, user: str | None, after: Place | None, limit: int, now: str) -> list[Key]:
        """That have not expired, newest first, those that come after a place."""

    def count(self, user: str | None, now: str) -> int:
        """How many there are."""

    def add(self, key: Key, user: int | None, digest: str) -> None:
        """Of the user with this store key, or the system's."""

    def remove(self, id: str, user: str | None) -> Key | None:
        """The key that it was; None: there is none, or not of that user where one is named."""

    def find(self, id: str) -> Found | None:
        """In one statement; None where there is none, or its user may not sign in."""

    def touch(self, id: str, now: str) -> None:
        """Note the use."""


class KeyLookUp:
    """Who an API key is (security rule 21)."""

    def __init__(self, store: ResourceStore, clock: Clock) -> None:
        self.store = store
        self.clock = clock
        self._touched: dict[str, str] = {}

    def __call__(self, said: Reference, text: str) -> Client:
        """Raises Unauthorized, the same for every reason."""
        with self.store.reading(said.tenant) as reader:
            found = reader.keys.find(said.id)
        now = self.clock()
        if found is None or not tokens.is_same(found.digest, text):
            raise Unauthorized(NOT_VALID)
        key = found.key
        if key.expires is not None and key.expires <= stamp(now):
            raise Unauthorized(NOT_VALID)
        self._touch(said, key, now)
        client = Client(said.tenant, key.id, key.name, key.scopes)
        return client if key.user is None else self._of_user(client, key, key.user)

    def _touch(self, said: Reference, key: Key, now: datetime) -> None:
        """Note the use, once a minute; while nothing can be written, who reads shall read."""
        latest = self._touched.get(key.id) or key.used
        if latest is None or latest < stamp(now - USED_RESOLUTION):
            self._touched[key.id] = stamp(now)
            with suppress(Contention, Unavailable), self.store.writing(said.tenant) as writer:
                writer.keys.touch(key.id, stamp(now))

    def _of_user(self, client: Client, key: Key, user: str) -> Client:
        """What the user may, and the key: asked anew each time."""
        with self.store.reading(client.tenant) as reader:
            rights = rights_from(reader.grants.effective(user))
        return replace(
            client,
            name=f"{key.user_name or user} ({key.name})"[:100],
            scopes=effective(key.scopes, rights),
            user=user,
            rights=rights.only(permissions_of(key.scopes)),
        )


class Keys:
    """Keys as administrators, and as users, look after them."""

    def __init__(self, transactions: Transactions, registry: Registry) -> None:
        self.transactions = transactions
        self.users = registry.own_kind
        self.scopes = known_scopes(registry.kinds.values())

    def page(self, caller: Caller, user: str | None, after: Place | None, limit: int) -> Listed:
        """All, or those of one user. Raises NotFound."""
        now = stamp(self.transactions.clock())
        with self.transactions.store.snapshot(caller.tenant) as reader:
            if user is not None:
                reader.get(self.users, user)
            found = reader.keys.page(user, after, limit + 1, now)
            return Listed(found[:limit], reader.keys.count(user, now), len(found) > limit)

    def make(self, caller: Caller, wanted: Wanted) -> tuple[Key, str]:
        """A key of the system, and its token, shown once. Raises InvalidValue, Forbidden."""
        self._check(wanted.scopes)
        asked = frozenset().union(*map(needed, wanted.scopes))
        guards.require_own(caller, Right(asked))
        return self.transactions.write(caller, lambda change: self._add(change, wanted, None))

    def make_for(self, caller: Caller, user: str, wanted: Wanted) -> tuple[Key, str]:
        """A key of a user. Raises NotFound, Conflict, InvalidValue."""
        self._check(wanted.scopes)

        def work(change: Change) -> tuple[Key, str]:
            return self._add(change, wanted, user)

        return self.transactions.write(caller, work)

    def revoke(self, caller: Caller, id: str, user: str | None) -> None:
        """End a key, of that user where one is named. Raises NotFound."""

        def work(change: Change) -> None:
            key = change.store.keys.remove(id, user)
            if key is None:
                raise NotFound(f'There is no key "{id[:100]}".')
            self._tell(change, Action.REVOKE_KEY, key)

        self.transactions.write(caller, work)

    def _add(self, change: Change, wanted: Wanted, user: str | None) -> tuple[Key, str]:
        owner = None if user is None else change.store.lock(self.users, user)
        if owner is not None and owner.status is not Status.ACTIVE:
            raise Conflict(f"An account that is {owner.status} has no keys.")
        if change.store.keys.count(user, change.now) >= MOST and user is not None:
            raise Conflict(f"{MOST} keys are the most that a user has.")
        text, id = tokens.make(Use.KEY, change.caller.tenant)
        ends = stamp(self.transactions.clock() + wanted.lifetime)
        made_by = change.caller.actor.client
        key = Key(id, wanted.name, wanted.scopes, user, None, change.now, made_by, ends, None)
        change.store.keys.add(key, owner.key if owner else None, tokens.digest(text))
        self._tell(change, Action.MAKE_KEY, key)
        return key, text

    def _tell(self, change: Change, action: Action, key: Key) -> None:
        told = {"key": {"id": key.id, "name": key.name, "scopes": sorted(key.scopes)}}
        kind, id = (SYSTEM, key.id) if key.user is None else (self.users.name, key.user)
        change.record(action, kind, id, told)

    def _check(self, scopes: Collection[str]) -> None:
        """Raises InvalidValue."""
        if unknown := sorted(set(scopes) - self.scopes):
            known = ", ".join(sorted(self.scopes))
            raise InvalidValue(f'There is no scope "{unknown[0][:50]}"; there are: {known}.')
