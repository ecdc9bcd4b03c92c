"""Second factors as records, and the ceremonies that lead to them: what is stored of each."""

import hashlib
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Protocol

from scim_server.protocol.errors import Conflict
from scim_server.protocol.values import later

CEREMONY_LIFETIME = timedelta(minutes=10)
CHANCE_BYTES = 32
MOST = 20
"""Authenticators of one user; so lists of them are whole, without pages."""


class Factor(StrEnum):
    """Kinds of second factors."""

    TOTP = "totp"
    WEBAUTHN = "webauthn"
    RECOVERY = "recovery"


EVERY = frozenset(Factor)


class Purpose(StrEnum):
    """What a ceremony has begun for."""

    TOTP = "totp"
    REGISTER = "register"
    ASSERT = "assert"


class Refused(Exception):
    """A proof that proves nothing; why is nobody's business."""


@dataclass(frozen=True, slots=True)
class Authenticator:
    """An authenticator; instants as in directory/ports.py.

    secret:  of TOTP, sealed; the public key of WebAuthn
    counter: the last time step, or signature count, that was accepted
    handle:  the credential id of WebAuthn
    """

    id: str
    kind: Factor
    name: str
    created: str
    secret: str
    counter: int
    handle: str | None = None
    used: str | None = None


@dataclass(frozen=True, slots=True)
class Factors:
    """All that one user has."""

    authenticators: tuple[Authenticator, ...]
    codes: int

    def of(self, kind: Factor) -> tuple[Authenticator, ...]:
        """Those of one kind."""
        return tuple(each for each in self.authenticators if each.kind is kind)

    def require_room(self) -> None:
        """Raises Conflict."""
        if len(self.authenticators) >= MOST:
            raise Conflict(f"A user has at most {MOST} authenticators: remove one first.")


@dataclass(frozen=True, slots=True)
class Lost:
    """What one user lost in a reset: the names of authenticators, and how many codes."""

    authenticators: tuple[str, ...]
    codes: int


@dataclass(frozen=True, slots=True)
class Ceremony:
    """A ceremony that has begun: the SHA-256 of its challenge, never itself."""

    id: str
    purpose: Purpose
    digest: str
    content: str
    expires: str


class AuthenticatorStore(Protocol):
    """The second factors of a tenant's users, by the users' store keys."""

    def of(self, user: int) -> Factors:
        """Oldest first."""

    def add(self, user: int, authenticator: Authenticator) -> None:
        """Raises NotUnique: the same WebAuthn key is registered already."""

    def use(self, authenticator: Authenticator, counter: int, at: str) -> bool:
        """Note that it was used; False: another request has used this very proof."""

    def remove(self, user: int, id: str) -> Authenticator | None:
        """The authenticator that is gone; with the last one the recovery codes go."""

    def reset(self, users: Collection[int], kinds: Collection[Factor]) -> Mapping[int, Lost]:
        """Remove these kinds of many users' factors, and end what they had begun.

        Returns those who had any.
        """

    def put_codes(self, user: int, digests: Sequence[str], at: str) -> None:
        """New recovery codes instead of all the old ones."""

    def take_code(self, user: int, digest: str) -> bool:
        """Whether there was such a code; there is no more."""

    def begin(self, user: int, ceremony: Ceremony) -> None:
        """Store a ceremony; one for a new authenticator replaces that which has begun before."""

    def finish(self, user: int, id: str, purpose: Purpose) -> Ceremony | None:
        """The ceremony, which is over: a challenge is for one answer."""


def begin(store: AuthenticatorStore, user: int, purpose: Purpose, content: str, now: str) -> bytes:
    """Begin a ceremony and return its challenge."""
    chance = secrets.token_bytes(CHANCE_BYTES)
    expires = later(now, CEREMONY_LIFETIME)
    store.begin(user, Ceremony(_id(chance), purpose, _digest(chance), content, expires))
    return chance


def finish(store: AuthenticatorStore, user: int, purpose: Purpose, chance: bytes, now: str) -> str:
    """The content of the ceremony with this challenge. Raises Refused."""
    found = store.finish(user, _id(chance), purpose)
    if found is None or found.expires <= now:
        raise Refused
    if not secrets.compare_digest(found.digest, _digest(chance)):
        raise Refused
    return found.content


def _id(chance: bytes) -> str:
    return hashlib.sha256(b"id\0" + chance).hexdigest()[:32]


def _digest(chance: bytes) -> str:
    return hashlib.sha256(chance).hexdigest()
