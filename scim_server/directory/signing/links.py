"""Links that do one thing once: recover an account, activate it, verify its address.

A link dies with its use, with the next one for the same purpose unless it is nobody known who asks
for that, with a change of password or address, and with the account's being Active or its end
(security rules 12, 20 and 28).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from scim_server.directory import tokens
from scim_server.directory.accounts.addresses import address_of
from scim_server.directory.accounts.policy import Policy
from scim_server.directory.events import Action
from scim_server.directory.mail import outbox
from scim_server.directory.ports import Reader, Resource
from scim_server.directory.tokens import Use
from scim_server.protocol.errors import Conflict, NotFound
from scim_server.protocol.values import later

if TYPE_CHECKING:
    from scim_server.directory.change import Change

NOT_VALID = "There is no such link: it has been used, has expired, or another one took its place."
WAITING = timedelta(days=2)
"""How long a mail may wait for the mail server; the link's time begins when it is sent."""


LinkUrl = Callable[["Purpose", str], str]
"""Where a link with this token points to."""


class Purpose(StrEnum):
    """What a link does; each has a template of that name."""

    RECOVERY = "recovery"
    ACTIVATION = "activation"
    INVITATION = "invitation"
    VERIFICATION = "verification"


@dataclass(frozen=True, slots=True)
class Link:
    """A link; instants as in directory/ports.py.

    user:    id of the user
    address: where it was mailed; None: it was shown to an administrator
    digest:  of its token; None: it waits to be mailed
    """

    id: str
    user: str
    purpose: Purpose
    address: str | None
    digest: str | None
    created: str
    expires: str


class LinkStore(Protocol):
    """The links of a tenant, in one connection or transaction."""

    def put(self, user: int, link: Link) -> None:
        """Of the user with this store key."""

    def get(self, id: str) -> Link | None:
        """By id."""

    def sign(self, id: str, digest: str, expires: str) -> bool:
        """From now on it is this token that opens it; False: it has died."""

    def take(self, id: str) -> bool:
        """It is used; False: it was before."""

    def close(self, id: str, now: str) -> None:
        """Nothing opens it any more."""

    def end(self, user: int, purpose: Purpose | None = None) -> None:
        """End the links of a user, or those for one purpose, and the mails that wait with them."""

    def is_made_since(self, user: int, purpose: Purpose, since: str) -> bool:
        """Whether a link for that purpose was made since then, and is still kept."""

    def unconfirmed(self, now: str, most: int) -> list[str]:
        """Ids of Pending users who have registered, and whose links are all over."""


def lifetime(policy: Policy, purpose: Purpose) -> timedelta:
    """How long a link may be used."""
    seconds = {
        Purpose.RECOVERY: policy.link_seconds,
        Purpose.ACTIVATION: policy.activation_seconds,
        Purpose.VERIFICATION: policy.activation_seconds,
        Purpose.INVITATION: policy.invitation_seconds,
    }[purpose]
    return timedelta(seconds=seconds)


def make(change: "Change", user: Resource, purpose: Purpose) -> tuple[str, str]:
    """A link to be shown once: its token, and when it expires. It ends those before it."""
    token, id = tokens.make(Use.LINK, change.caller.tenant)
    expires = later(change.now, lifetime(change.store.policy.get(), purpose))
    link = Link(id, user.id, purpose, None, tokens.digest(token), change.now, expires)
    change.store.links.end(user.key, purpose)
    change.store.links.put(user.key, link)
    change.note(Action.MAKE_LINK, user.kind, user.id, {"purpose": purpose.value})
    return token, expires


def send(change: "Change", user: Resource, purpose: Purpose) -> str:
    """A link that is mailed to the user's address, which is returned. It ends those before it.

    Raises Conflict: there is no address.
    """
    change.store.links.end(user.key, purpose)
    return send_another(change, user, purpose)


def send_another(change: "Change", user: Resource, purpose: Purpose) -> str:
    """Likewise, and it ends none: a stranger who asks is not to take away what the user has got."""
    id, address = tokens.new_id(), address_of(user)
    if address is None:
        raise Conflict("The user has no e-mail address that mail can be sent to.")
    expires = later(change.now, WAITING)
    link = Link(id, user.id, purpose, address, None, change.now, expires)
    change.store.links.put(user.key, link)
    outbox.post(change, user, purpose.value, {}, id)
    change.note(Action.SEND_LINK, user.kind, user.id, {"purpose": purpose.value})
    return address


def tenant_of(token: str) -> int:
    """Whose link a token says that it opens. Raises NotFound."""
    return _said(token).tenant


def find(reader: Reader, token: str, purposes: frozenset[Purpose], now: str) -> Link:
    """The live link that a token opens. Raises NotFound, the same for every reason."""
    link = reader.links.get(_said(token).id)
    if link is None or link.digest is None or not tokens.is_same(link.digest, token):
        raise NotFound(NOT_VALID)
    if link.purpose not in purposes or link.expires <= now:
        raise NotFound(NOT_VALID)
    return link


def take(change: "Change", token: str, purposes: frozenset[Purpose]) -> None:
    """Use a link up; its user is locked already. Raises NotFound."""
    link = find(change.store, token, purposes, change.now)
    if not change.store.links.take(link.id):
        raise NotFound(NOT_VALID)


def _said(token: str) -> tokens.Reference:
    """Raises NotFound."""
    try:
        return tokens.parse_as(Use.LINK, token)
    except tokens.NoToken:
        raise NotFound(NOT_VALID) from None
