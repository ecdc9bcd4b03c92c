"""API keys: the system's, and users' own, which may do no more than their user at that moment."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from scim_server.directory import tokens
from scim_server.directory.accounts.lifecycle import Status
from scim_server.directory.callers import Caller
from scim_server.directory.change import Change
from scim_server.directory.credentials import NOT_VALID, USED_RESOLUTION, Client
from scim_server.directory.events import Action
from scim_server.directory.mail import outbox
from scim_server.directory.ports import Clock, Contention, Resource, ResourceStore
from scim_server.directory.rights import guards, lent_keys
from scim_server.directory.rights.grants import rights_from
from scim_server.directory.rights.key_scopes import asked, effective, known_scopes
from scim_server.directory.rights.rights import ALL, Permission, Right, Rights
from scim_server.directory.signing.session_tokens import MOST_NOTED, epoch, require_live
from scim_server.directory.tokens import Reference, Use
from scim_server.directory.transactions import Transactions
from scim_server.protocol.errors import (
    Conflict,
    InvalidValue,
    NotFound,
    Unauthorized,
    Unavailable,
)
from scim_server.protocol.schema import Document, Registry
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
    lent:    made for its user by somebody else, who may do less than everything (lent_keys)
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
    lent: bool = False


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

    def end_lent(self, holders: Collection[str]) -> Mapping[int, Sequence[Key]]:
        """End those of users with these ids, and of whoever is in groups with these ids.

        Returns them by their users' store keys.
        """

    def find(self, id: str) -> Found | None:
        """In one statement; None where there is none, or its user may not sign in."""

    def touch(self, id: str, now: str) -> None:
        """Note the use."""


class KeyTokens:
    """What API keys open (security rule 21)."""

    def __init__(self, store: ResourceStore, clock: Clock) -> None:
        self.store = store
        self.clock = clock
        self._touched: dict[str, str] = {}

    def look_up(self, said: Reference, text: str) -> Client:
        """Who it is, as a credential. Raises Unauthorized, the same for every reason."""
        key = self._live(said, text)
        rights = ALL if key.user is None else self._rights_of(said.tenant, key.user)
        return Client(
            said.tenant,
            key.user or key.id,
            key.name if key.user is None else f"{key.user_name or key.user} ({key.name})"[:100],
            effective(key.scopes, rights),
            user=key.user,
            key=key.id,
            # Not even a key of nobody is an identity provider: it is kept to what it asks for.
            rights=rights.only(asked(key.scopes)),
        )

    def introspect(self, said: Reference, text: str) -> Document:
        """What an application may know of a user's key. Raises Unauthorized, also for nobody's."""
        key = self._live(said, text)
        if key.user is None:
            raise Unauthorized(NOT_VALID)
        scopes = effective(key.scopes, self._rights_of(said.tenant, key.user))
        told = {
            "active": True,
            "sub": key.user,
            "username": key.user_name,
            "scope": " ".join(sorted(scopes)),
            "client_id": key.id,
            "iat": epoch(key.created),
            "token_type": "Bearer",
        }
        return told if key.expires is None else told | {"exp": epoch(key.expires)}

    def _live(self, said: Reference, text: str) -> Key:
        """Raises Unauthorized."""
        with self.store.reading(said.tenant) as reader:
            found = reader.keys.find(said.id)
        now = self.clock()
        if found is None or not tokens.is_same(found.digest, text):
            raise Unauthorized(NOT_VALID)
        key = found.key
        if key.expires is not None and key.expires <= stamp(now):
            raise Unauthorized(NOT_VALID)
        self._touch(said, key, now)
        return key

    def _touch(self, said: Reference, key: Key, now: datetime) -> None:
        """Note the use, once a minute; while nothing can be written, who reads shall read."""
        latest = self._touched.get(key.id) or key.used
        if latest is None or latest < stamp(now - USED_RESOLUTION):
            if len(self._touched) >= MOST_NOTED:
                self._touched.clear()
            self._touched[key.id] = stamp(now)
            with suppress(Contention, Unavailable), self.store.writing(said.tenant) as writer:
                writer.keys.touch(key.id, stamp(now))

    def _rights_of(self, tenant: int, user: str) -> Rights:
        """What the user may do: asked anew each time."""
        with self.store.reading(tenant) as reader:
            return rights_from(reader.grants.effective(user))


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
        guards.require_own(caller, Right(asked(wanted.scopes)))
        return self.transactions.write(caller, lambda change: self._add(change, wanted))

    def make_for(self, caller: Caller, user: str, wanted: Wanted) -> tuple[Key, str]:
        """A key of a user. Raises NotFound, Conflict, InvalidValue."""
        self._check(wanted.scopes)

        def work(change: Change) -> tuple[Key, str]:
            owner = self._owner(change, user)
            if caller.user == user:
                return self._add(change, wanted, owner)
            outbox.notice(change, owner, lent_keys.MADE, {"key": wanted.name})
            return self._add(change, wanted, owner, lent=not caller.own_rights.is_everything)

        return self.transactions.write(caller, work)

    def revoke(self, caller: Caller, id: str, user: str | None) -> None:
        """End a key, of that user where one is named. Raises NotFound, Forbidden."""

        def work(change: Change) -> None:
            key = change.store.keys.remove(id, user)
            if key is None:
                raise NotFound(f'There is no key "{id[:100]}".')
            if key.user is None:
                guards.require_own(change.caller, Right(asked(key.scopes)))
            else:
                permission = Permission.KEYS_WRITE
                guards.require_reach(change.caller, change.store, permission, self.users, key.user)
            self._tell(change, Action.REVOKE_KEY, key)

        self.transactions.write(caller, work)

    def _owner(self, change: Change, user: str) -> Resource:
        """A user who may have one more. Raises NotFound, Conflict."""
        owner = change.store.lock(self.users, user)
        if owner.status is not Status.ACTIVE:
            raise Conflict(f"An account that is {owner.status} has no keys.")
        if change.store.keys.count(user, change.now) >= MOST:
            raise Conflict(f"{MOST} keys are the most that a user has.")
        return owner

    def _add(
        self, change: Change, wanted: Wanted, owner: Resource | None = None, *, lent: bool = False
    ) -> tuple[Key, str]:
        if change.caller.session is not None:
            require_live(change)
        text, id = tokens.make_near(Use.KEY, change.caller.tenant, owner.id if owner else SYSTEM)
        ends = stamp(self.transactions.clock() + wanted.lifetime)
        key = Key(
            id,
            wanted.name,
            wanted.scopes,
            owner.id if owner else None,
            None,
            change.now,
            change.caller.actor.client,
            ends,
            None,
            lent,
        )
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
