"""Mail that waits to be sent: a row in the transaction of what caused it, sent by a worker.

What a mail says is made when it is sent, and so is the token of its link: no secret lies in wait.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from scim_server.directory import account
from scim_server.directory.ports import Resource

if TYPE_CHECKING:
    from scim_server.directory.change import Change

LONGEST_ADDRESS = 254
_ADDRESS = re.compile(r"[^\s@<>()\[\]\\,:;\"\x00-\x1f\x7f-\x9f]{1,64}@[^\s@<>()\\,:;\"\x00-\x1f]+")
"""What can stand in a header as it is: quoted local parts cannot, and nobody has one."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail; instants as in directory/ports.py.

    user:     store key
    template: a file in templates/mail, without its suffix
    values:   what the template says; never a secret
    link:     id of the link that it carries
    due:      when it is sent, or tried again
    attempts: how often that was begun
    fault:    of the last one
    """

    id: str
    user: int
    template: str
    address: str
    values: Mapping[str, str]
    link: str | None
    created: str
    due: str
    attempts: int = 0
    fault: str | None = None


class MailStore(Protocol):
    """The waiting mail of a tenant, in one connection or transaction."""

    def put(self, *mails: Mail) -> None:
        """They wait from the end of the transaction on."""

    def claim(self, id: str, now: str, until: str) -> Mail | None:
        """Take a mail that is due, which then is due again ``until``: nobody else takes it.

        None: it is gone, or somebody else has it.
        """

    def sent(self, mail: Mail) -> bool:
        """It waits no longer; False: somebody has claimed it since, and will send it."""

    def owner(self, mail: Mail) -> str | None:
        """Id of the user whom it is for."""

    def retry(self, mail: Mail, due: str, fault: str) -> None:
        """Unless somebody has claimed it since."""


def address_of(user: Resource) -> str | None:
    """Where a user's mail goes: the primary address, else the first; None: to none."""
    given = account.addresses(user)
    primary = [each for each in given if each.get("primary") is True]
    found = next((each["value"] for each in (*primary, *given) if each.get("value")), None)
    return found if found is not None and is_address(found) else None


def is_address(text: str) -> bool:
    """Whether mail can be sent there; SCIM takes any text for an address."""
    return len(text) <= LONGEST_ADDRESS and _ADDRESS.fullmatch(text) is not None


def notice(change: "Change", user: Resource, template: str, values: Mapping[str, str]) -> None:
    """Tell a user what others did to the account, where the tenant's policy has it told."""
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
