"""Passwords: what may be one, how it is kept, and what ends when it changes.

argon2id as OWASP has it, outside of every database transaction: one takes some 30 ms and 19 MiB.
Texts are prepared as OpaqueString (RFC 8265 §4), for the same password typed on two systems may be
two texts.
"""

import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from typing import Protocol

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from precis_i18n import get_profile

from scim_server.directory.change import Change
from scim_server.directory.events import Action
from scim_server.directory.lifecycle import Status
from scim_server.directory.policy import Policy
from scim_server.directory.ports import Resource
from scim_server.protocol.errors import InvalidValue, Unavailable
from scim_server.protocol.values import fold

MOST_CHARACTERS = 1024
AT_ONCE = 4
"""Hashes in one process: as many as 76 MiB are for."""
PATIENCE = 5
"""Seconds to wait for one's turn."""
LEAST_PART = 3
LEAST_BESIDES = 8
"""Characters that a password has besides what is known of the user."""
ROWS = ("0123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm")
"""Along which fingers run."""
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

    def put(self, user: int, login: Login) -> None:
        """Instead of what there was."""

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

    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
        self._turns = threading.BoundedSemaphore(AT_ONCE)

    def new(self, text: str) -> NewPassword:
        """Prepare and hash, whatever a policy says of it. Raises InvalidValue, Unavailable."""
        prepared = prepare(text)
        return NewPassword(prepared, self.hash(prepared))

    def hash(self, text: str) -> str:
        """Raises InvalidValue, Unavailable."""
        prepared = prepare(text)
        with self._turn():
            return self._hasher.hash(prepared)

    def verify(self, hashed: str | None, text: str) -> bool:
        """Whether it is the password; takes as long where there is none. Raises Unavailable."""
        try:
            prepared, against = prepare(text), hashed
        except InvalidValue:
            prepared, against = "", None
        with self._turn():
            try:
                return self._hasher.verify(against or DUMMY, prepared) and against is not None
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


def prepare(text: str) -> str:
    """As OpaqueString has it: NFC, other spaces as the plain one. Raises InvalidValue."""
    if len(text) > MOST_CHARACTERS:
        raise InvalidValue(f"A password has at most {MOST_CHARACTERS} characters.")
    if not text:
        raise InvalidValue("The password is empty.")
    try:
        prepared: str = get_profile("OpaqueString").enforce(text)
    except UnicodeError:
        raise InvalidValue("A password holds no control or unassigned characters.") from None
    return prepared


def check(policy: Policy, text: str, with_factor: bool, known: Collection[str]) -> None:
    """Raises InvalidValue that says all that the password lacks.

    with_factor: the user has a second factor besides
    known:       what is known of the user, see ``known_of``
    """
    prepared = prepare(text)
    lacking = list(_lacking(policy, prepared, with_factor, known))
    if lacking:
        raise InvalidValue(f"The password {'; it '.join(lacking)}.")


def _lacking(policy: Policy, text: str, with_factor: bool, known: Collection[str]) -> Iterator[str]:
    least = policy.password_length_with_factor if with_factor else policy.password_length
    if len(text) < least:
        yield f"needs at least {least} characters"
    folded = fold(text)
    unit = _unit(folded)
    if folded in common() or unit in common() or _runs(unit):
        yield "is one of the first that are tried"
    elif len(unit) <= LEAST_PART:
        yield "repeats itself"
    if not _says_more(folded, map(fold, policy.password_blocklist)):
        yield "is made of a word that is not allowed here"
    if not _says_more(folded, map(fold, known)):
        yield "is made of the user's name or address"


def _unit(text: str) -> str:
    """What a text is repetitions of, were it of itself; the last may break off."""
    shifts = range(1, len(text) // 2 + 1)
    return next((text[:n] for n in shifts if text[n:] == text[: len(text) - n]), text)


def _runs(text: str) -> bool:
    """Whether it runs along a row of keys, on and on, in one direction."""
    rounds = [row * (len(text) // len(row) + 2) for row in ROWS]
    return any(text in each or text in each[::-1] for each in rounds) or text in "".join(ROWS[2:])


def _says_more(text: str, words: Iterator[str]) -> bool:
    """Whether enough is left without these words; a text without them does."""
    left = text
    for word in sorted({word for word in words if len(word) >= LEAST_PART}, key=len, reverse=True):
        left = left.replace(word, "")
    return left == text or len(left) >= LEAST_BESIDES


@cache
def common() -> frozenset[str]:
    """The passwords that are tried first."""
    data = files("scim_server").joinpath("data", "common_passwords.txt")
    return frozenset(map(fold, data.read_text("utf-8").split()))


def known_of(user: Resource) -> tuple[str, ...]:
    """Of a user whatever others know: names, addresses, and the parts of these."""
    parts = (part for text in _texts(user) for part in (text, *_parts(text)))
    return tuple(dict.fromkeys(parts))


def _texts(user: Resource) -> Iterator[str]:
    kept = user.kind.storage
    for name in (*kept.identifier, *kept.display):
        if name in user.document:
            yield user.document[name]
    elements = user.document.get(kept.addresses or "", ())
    yield from (element["value"] for element in elements if "value" in element)


def _parts(text: str) -> Iterator[str]:
    local, _, domain = text.partition("@")
    yield local
    yield domain
    yield from local.replace(".", " ").replace("_", " ").replace("-", " ").split()
    yield domain.partition(".")[0]


def set_password(
    change: Change,
    user: Resource,
    hashed: str,
    *,
    temporary_until: str | None = None,
    kept_session: str = "",
) -> None:
    """Set it, and end what an old one opened: links, ceremonies, and every session but that.

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


def remove_password(change: Change, user: Resource) -> None:
    """Nobody signs in with it any more; what it opened ends likewise."""
    login = change.store.logins.get(user.key)
    gone = replace(login, password=None, password_set=None, must_change=False, password_ends=None)
    _store(change, user, gone, "")
    change.note(Action.SET_PASSWORD, user.kind, user.id, {"credential": "no password"})


def _store(change: Change, user: Resource, login: Login, kept_session: str) -> None:
    change.store.logins.put(user.key, login)
    change.store.end_tickets(user, kept_session)
