"""Mail to be sent: a row in the transaction of what caused it, sent by a worker, kept for a while.

What a mail says is made when it is sent, and so is the token of its link: no secret lies in wait.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from scim_server.directory.accounts import account
from scim_server.directory.accounts.addresses import address_of
from scim_server.directory.ports import Resource

if TYPE_CHECKING:
    from scim_server.directory.change import Change


class State(StrEnum):
    """How far a mail has come."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail; instants as in directory/ports.py.

    user:     store key
    template: a file in templates/mail, without its suffix
    values:   what the template says; never a secret
    link:     id of the link that it carries
    due:      when it is sent, or tried again; None: it is not
    attempts: how often that was begun
    fault:    of the last one; None while a worker has it in hand
    ended:    when it was sent or given up
    """

    id: str
    user: int
    template: str
    address: str
    values: Mapping[str, str]
    link: str | None
    created: str
    due: str | None
    attempts: int = 0
    fault: str | None = None
    ended: str | None = None

    @property
    def state(self) -> State:
        """How far it has come."""
        if self.ended is None:
            return State.WAITING
        return State.SENT if self.fault is None else State.FAILED

    @property
    def in_hand(self) -> bool:
        """Whether a worker is about to send it, or has been killed over it."""
        return self.ended is None and self.attempts > 0 and self.fault is None


@dataclass(frozen=True, slots=True)
class Sought:
    """Which mail; what is None does not narrow. ``user``: id of whom it is for."""

    user: str | None = None
    state: State | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """A mail, and the id of the user whom it is for, and what they sign in with."""

    mail: Mail
    user: str
    user_name: str


class MailStore(Protocol):
    """The mail of a tenant, in one connection or transaction."""

    def put(self, *mails: Mail) -> None:
        """They wait from the end of the transaction on."""

    def claim(self, id: str, now: str, until: str) -> Mail | None:
        """Take a mail that is due, which then is due again ``until``: nobody else takes it.

        None: it is gone, or somebody else has it.
        """

    def end(self, mail: Mail, now: str, fault: str | None) -> bool:
        """It was sent, or given up for that fault; False: somebody has claimed it since."""

    def put_off(self, mail: Mail, due: str, fault: str) -> None:
        """Unless somebody has claimed it since."""

    def page(self, sought: Sought, after: str | None, limit: int) -> list[Kept]:
        """Newest first, those that were made before the one with the id ``after``."""

    def count(self, sought: Sought) -> int:
        """How many there are."""

    def get(self, id: str) -> Kept | None:
        """One of them."""

    def let_due(self, mail: Mail, now: str) -> bool:
        """It waits again, and is due; False: somebody has claimed it since."""

    def remove(self, mail: Mail) -> bool:
        """It is not sent; False likewise."""


def notice(change: "Change", user: Resource, template: str, values: Mapping[str, str]) -> None:
    """Tell a user what was done to the account, where the tenant's policy has it told."""
    notices(change, template, [(user, values)])


def notices(
    change: "Change", template: str, told: Iterable[tuple[Resource, Mapping[str, str]]]
) -> None:
    """Likewise for many, in two statements; who has no address is passed over."""
    if change.store.policy.get().notice_mails:
        mails = [_mail(change, user, template, values, None) for user, values in told]
        change.store.mail.put(*(mail for mail in mails if mail is not None))


def post(
    change: "Change",
    user: Resource,
    template: str,
    values: Mapping[str, str],
    link: str | None,
) -> str | None:
    """Leave a mail for the worker; returns its address, None where the user has none."""
    mail = _mail(change, user, template, values, link)
    if mail is None:
        return None
    change.store.mail.put(mail)
    return mail.address


def _mail(
    change: "Change",
    user: Resource,
    template: str,
    values: Mapping[str, str],
    link: str | None,
) -> Mail | None:
    address = address_of(user)
    if address is None:
        return None
    # Of names only this one: who registers chooses the others freely, and somebody else reads them.
    told = dict(values) | {"user_name": account.sign_in_name(user.kind, user.document)}
    return Mail(change.new_id(), user.key, template, address, told, link, change.now, change.now)
