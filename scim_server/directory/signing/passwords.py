"""Passwords: how they are kept, and what ends when one changes.

Hashed outside of every database transaction.
"""

import threading
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Protocol

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from scim_server.directory.accounts.lifecycle import Status
from scim_server.directory.change import Change
from scim_server.directory.events import Action
from scim_server.directory.mail.outbox import notice
from scim_server.directory.ports import Resource
from scim_server.directory.signing.password_rules import prepare
from scim_server.protocol.errors import InvalidValue, Unavailable

OWASP = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
"""argon2id: one hash takes some 30 ms and 19 MiB."""
AT_ONCE = 4
"""Hashes in one process: as many as 76 MiB are for."""
PATIENCE = 5
"""Seconds to wait for one's turn."""
CHANGED = "password_changed"
"""The mail that tells the user."""
DUMMY = (
    "$argon2id$v=19$m=19456,t=2,p=1$ZugffxFFndidAEjPmYkaVg"
    "$hhDFYMoVYFUW7gG/Yoru8wrp4hX7XOgU0Cn/bzjJhNg"
)
"""What is verified where there is no password, so that this takes as long."""


@dataclass(frozen=True, slots=True)
class Login:
    """How a user signs in with a password; instants as in directory/ports.py.

    password:      argon2id hash; None: no password
    must_change:   it is a temporary one, which ``password_ends``
    failures:      failed sign-ins since the last good one
    locked_until:  when the last lock ends
    """

    password: str | None = field(default=None, repr=False)
    password_set: str | None = None
    must_change: bool = False
    password_ends: str | None = None
    failures: int = 0
    locked_until: str | None = None

    def is_usable(self, now: str) -> bool:
        """Whether the password opens anything."""
        return self.password_ends is None or now < self.password_ends


NO_LOGIN = Login()


@dataclass(frozen=True, slots=True)
class Found:
    """A user by the name that they sign in with: id, status and login."""

    user: str
    key: int
    status: Status | None
    login: Login


class LoginStore(Protocol):
    """The logins of a tenant's users, by the users' store keys."""

    def find(self, name: str) -> Found | None:
        """By the name to sign in with, in one statement."""

    def get(self, user: int) -> Login:
        """NO_LOGIN where there is none."""

    def addressed(self, address: str, statuses: Collection[Status], most: int) -> list[str]:
        """Ids, in order, of users of these statuses who have the address and a password."""

    def put(self, user: int, login: Login) -> None:
        """Instead of what there was."""

    def count(self, user: int, failures: int, locked_until: str | None) -> None:
        """Note failed sign-ins and the lock; of who has no login, nothing."""

    def forgive(self, user: int) -> None:
        """Forget failed sign-ins and the lock."""

    def signed_in(self, user: int, at: str) -> None:
        """Note the last sign-in, which is no change of the resource."""

    def due(self, now: str, most: int) -> list[str]:
        """Ids of Locked users whose locks have ended."""


@dataclass(frozen=True, slots=True)
class NewPassword:
    """A password that is hashed and not yet set."""

    text: str = field(repr=False)
    hashed: str = field(repr=False)


class Passwords:
    """Hashes and verifies, a few at a time."""

    def __init__(self, hasher: PasswordHasher = OWASP) -> None:
        self.hasher = hasher
        self._turns = threading.BoundedSemaphore(AT_ONCE)

    def new(self, text: str) -> NewPassword:
        """Prepare and hash, whatever a policy says of it. Raises InvalidValue, Unavailable."""
        prepared = prepare(text)
        return NewPassword(prepared, self.hash(prepared))

    def hash(self, text: str) -> str:
        """Raises InvalidValue, Unavailable."""
        prepared = prepare(text)
        with self._turn():
            return self.hasher.hash(prepared)

    def hash_all(self, texts: Iterable[str]) -> list[str]:
        """Several at once, with a turn left for who signs in. Raises InvalidValue, Unavailable."""
        with ThreadPoolExecutor(AT_ONCE - 1) as pool:
            return list(pool.map(self.hash, texts))

    def verify(self, hashed: str | None, text: str) -> bool:
        """Whether it is the password; takes as long where there is none. Raises Unavailable."""
        try:
            prepared, against = prepare(text), hashed
        except InvalidValue:
            prepared, against = "", None
        with self._turn():
            try:
                return self.hasher.verify(against or DUMMY, prepared) and against is not None
            except VerificationError:
                return False

    def is_in_use(self, hashed: str | None, text: str) -> bool:
        """Whether it is the password, where time may tell. Raises Unavailable."""
        return hashed is not None and self.verify(hashed, text)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._turns.acquire(timeout=PATIENCE):
            raise Unavailable("Too many passwords are being checked.", retry_after=1)
        try:
            yield
        finally:
            self._turns.release()


def set_password(
    change: Change,
    user: Resource,
    hashed: str,
    *,
    temporary_until: str | None = None,
    kept_session: str = "",
) -> None:
    """Set it, and end what an old one opened: links, ceremonies, and every session but that.

    The user is told where it replaces another one, except by a temporary one, of which its maker
    tells.

    temporary_until: it must be changed at the next sign-in, which may be until then
    """
    is_temporary = temporary_until is not None
    before = change.store.logins.get(user.key)
    login = Login(hashed, change.now, is_temporary, temporary_until)
    if user.status is Status.LOCKED:
        login = replace(login, failures=before.failures, locked_until=before.locked_until)
    _store(change, user, login, kept_session)
    told = {"credential": "temporary password" if is_temporary else "password"}
    change.note(Action.SET_PASSWORD, user.kind, user.id, told)
    if before.password is not None and not is_temporary:
        notice(change, user, CHANGED, {})


def set_first_passwords(change: Change, hashes: Sequence[tuple[Resource, str]]) -> None:
    """Of new users, who have nothing yet that another one opened."""
    for user, hashed in hashes:
        change.store.logins.put(user.key, Login(hashed, change.now))
        change.note(Action.SET_PASSWORD, user.kind, user.id, {"credential": "password"})


def remove_password(change: Change, user: Resource) -> None:
    """Nobody signs in with it any more; what it opened ends likewise."""
    login = change.store.logins.get(user.key)
    gone = replace(login, password=None, password_set=None, must_change=False, password_ends=None)
    _store(change, user, gone, "")
    change.note(Action.SET_PASSWORD, user.kind, user.id, {"credential": "no password"})


def _store(change: Change, user: Resource, login: Login, kept_session: str) -> None:
    change.store.logins.put(user.key, login)
    change.store.end_tickets(user, kept_session)
