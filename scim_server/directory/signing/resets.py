"""What administrators do for users who cannot get in: links, passwords, invitations."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from scim_server.directory.accounts.policy import Policy
from scim_server.directory.callers import Caller
from scim_server.directory.change import Change
from scim_server.directory.mail import outbox
from scim_server.directory.ports import Resource
from scim_server.directory.signing import links
from scim_server.directory.signing.links import LinkUrl, Purpose
from scim_server.directory.signing.passwords import (
    NewPassword,
    Passwords,
    remove_password,
    set_password,
)
from scim_server.directory.signing.recovery import meant
from scim_server.directory.signing.sessions import end_every
from scim_server.directory.transactions import Transactions
from scim_server.protocol.schema import ResourceType
from scim_server.protocol.values import later

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without what looks alike when it is read out."""
LEAST_CHARACTERS = 20
"""Of a temporary password: 99 bits."""
RESET, REMOVED = "password_reset", "password_removed"
"""Mails that tell the user."""


class How(StrEnum):
    """How a password is reset."""

    MAIL = "mail"
    TEMPORARY = "temporary"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class Handed:
    """What the administrator is told, once; ``expires``: of the link, or of the password.

    link, password: to be handed over; address: where a link was mailed instead
    """

    link: str | None = None
    password: str | None = None
    address: str | None = None
    expires: str | None = None


First = Callable[[Change, Resource], None]
"""What comes before a reset, in its transaction."""


def stay_signed_in(_change: Change, _user: Resource) -> None:
    """Sessions end only where the password does."""


def sign_out(change: Change, user: Resource) -> None:
    """End every session, and every API key besides."""
    end_every(change, user)


class Resets:
    """Each is an event of the user; of what the user did not ask for, a mail tells."""

    def __init__(
        self,
        transactions: Transactions,
        users: ResourceType,
        passwords: Passwords,
        link_url: LinkUrl,
    ) -> None:
        self.transactions = transactions
        self.users = users
        self.passwords = passwords
        self.link_url = link_url

    def show_link(self, caller: Caller, user: str, purpose: Purpose) -> Handed:
        """A link to be handed over. Raises NotFound, Conflict."""

        def work(change: Change) -> Handed:
            token, expires = links.make(change, self._owner(change, user, purpose), purpose)
            return Handed(link=self.link_url(purpose, token), expires=expires)

        return self.transactions.write(caller, work)

    def mail_link(
        self, caller: Caller, user: str, purpose: Purpose, first: First = stay_signed_in
    ) -> Handed:
        """A link that is mailed. Raises NotFound, Conflict."""

        def work(change: Change) -> Handed:
            owner = self._owner(change, user, purpose)
            first(change, owner)
            return Handed(address=links.send(change, owner, purpose))

        return self.transactions.write(caller, work)

    def mail_password(self, caller: Caller, user: str, first: First) -> Handed:
        """The user chooses another one by a mailed link; the one that there is works until then.

        Raises NotFound, Conflict.
        """
        return self.mail_link(caller, user, Purpose.RECOVERY, first)

    def make_temporary(self, caller: Caller, user: str, first: First) -> Handed:
        """A password that must be changed at the next sign-in. Raises NotFound, Conflict."""
        with self.transactions.store.reading(caller.tenant) as reader:
            policy = reader.policy.get()
        made = self._made(policy)

        def work(change: Change) -> Handed:
            owner = self._owner(change, user, Purpose.RECOVERY)
            first(change, owner)
            until = later(change.now, timedelta(seconds=policy.activation_seconds))
            set_password(change, owner, made.hashed, temporary_until=until)
            outbox.notice(change, owner, RESET, {})
            return Handed(password=made.text, expires=until)

        return self.transactions.write(caller, work)

    def remove(self, caller: Caller, user: str, first: First) -> Handed:
        """Nobody signs in with the password any more. Raises NotFound."""

        def work(change: Change) -> Handed:
            owner = change.store.lock(self.users, user)
            first(change, owner)
            remove_password(change, owner)
            outbox.notice(change, owner, REMOVED, {})
            return Handed()

        return self.transactions.write(caller, work)

    def _made(self, policy: Policy) -> NewPassword:
        """Of chance alone, so that it needs no judging but for its length."""
        count = max(LEAST_CHARACTERS, policy.password_length)
        return self.passwords.new("".join(secrets.choice(ALPHABET) for _ in range(count)))

    def _owner(self, change: Change, user: str, purpose: Purpose) -> Resource:
        """The user, locked. Raises NotFound; Conflict: such a link is for others."""
        owner = change.store.lock(self.users, user)
        meant(change, owner, purpose)
        return owner
