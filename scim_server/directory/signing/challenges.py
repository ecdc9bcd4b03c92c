"""A sign-in that has begun: what is missing, its token asks for."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Protocol

from scim_server.directory import tokens
from scim_server.directory.change import Change
from scim_server.directory.ports import Reader, Resource
from scim_server.directory.tokens import Use
from scim_server.protocol.errors import Unauthorized
from scim_server.protocol.schema import Document
from scim_server.protocol.values import later

LIFETIME = timedelta(minutes=5)
NOT_VALID = "This sign-in is over: begin anew."


class Missing(StrEnum):
    """What a sign-in waits for; in one table with the purposes of authenticators/factors.py."""

    SECOND = "second"
    PASSWORD = "password"


@dataclass(frozen=True, slots=True)
class Challenge:
    """A stored challenge; ``user``: id; ``content``: what has been proved so far."""

    id: str
    user: str
    missing: Missing
    digest: str
    content: Document
    expires: str


class ChallengeStore(Protocol):
    """The challenges of a tenant."""

    def add(self, user: int, challenge: Challenge) -> None:
        """For the user with this store key."""

    def get(self, id: str) -> Challenge | None:
        """One that is a sign-in's."""

    def end(self, id: str) -> bool:
        """Whether there was one."""


def begin(change: Change, user: Resource, missing: Missing, content: Document) -> str:
    """The token of a new one."""
    text, id = tokens.make(Use.CHALLENGE, change.caller.tenant)
    expires = later(change.now, LIFETIME)
    digest = tokens.digest(text)
    change.store.challenges.add(user.key, Challenge(id, user.id, missing, digest, content, expires))
    return text


def tenant_of(text: str) -> int:
    """Whose tenant's token it says that it is. Raises Unauthorized."""
    return _said(text).tenant


def find(store: Reader, text: str, missing: Missing, now: str) -> Challenge:
    """Raises Unauthorized, the same for every reason."""
    found = store.challenges.get(_said(text).id)
    if found is None or not tokens.is_same(found.digest, text):
        raise Unauthorized(NOT_VALID)
    if found.missing is not missing or found.expires <= now:
        raise Unauthorized(NOT_VALID)
    return found


def _said(text: str) -> tokens.Reference:
    """Raises Unauthorized."""
    try:
        return tokens.parse_as(Use.CHALLENGE, text)
    except tokens.NoToken:
        raise Unauthorized(NOT_VALID) from None
