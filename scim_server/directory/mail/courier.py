"""Sends the mail that waits: claims one, makes its link's token, hands it over, and notes how.

Of several workers only one has a mail at a time. One that is killed between the handing over and
the noting of it is the one way for a mail to come twice; it then has the same Message-ID.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from structlog import get_logger

from scim_server.directory import tokens
from scim_server.directory.callers import system
from scim_server.directory.change import Change
from scim_server.directory.events import Action
from scim_server.directory.mail.outbox import Mail
from scim_server.directory.signing import links
from scim_server.directory.signing.links import LinkUrl
from scim_server.directory.tokens import Use
from scim_server.directory.transactions import Transactions
from scim_server.protocol.schema import ResourceType
from scim_server.protocol.values import later, stamp

log = get_logger("scim_server.mail")

AT_ONCE = 100
"""Mails between two looks at the other duties."""
LEASE = timedelta(minutes=10)
"""Longer than handing over one mail may take: then its worker has been killed."""
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=1)
SHOWN_CHARACTERS = 200
LINK_OVER = "Its link is over."


class Unreachable(Exception):
    """The mail server is down, or does not take our mail at all."""


class Undelivered(Exception):
    """This mail was not taken now; later it may be."""


class Refused(Exception):
    """This mail will never be taken: there is no such address."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail as it is read; ``id`` is the same each time that it is sent."""

    id: str
    address: str
    subject: str
    text: str
    html: str | None = None


@dataclass(frozen=True, slots=True)
class Opening:
    """What a mail carries: a link, and how long it opens."""

    url: str
    lifetime: timedelta


class Delivery(Protocol):
    """A mail server that listens."""

    def send(self, letter: Letter) -> None:
        """Raises Refused, Undelivered, Unreachable."""


class Post(Protocol):
    """The way to the mail server."""

    def open(self) -> AbstractContextManager[Delivery]:
        """Raises Unreachable."""


class Stationery(Protocol):
    """Templates."""

    def write(self, mail: Mail, opening: Opening | None) -> Letter:
        """Raises Undelivered: the template is faulty."""


@dataclass(frozen=True, slots=True)
class Due:
    """A mail that waits; ``created`` as in directory/ports.py."""

    tenant: int
    id: str
    created: str


class Postbag(Protocol):
    """The waiting mail of every tenant."""

    def due(self, now: str, most: int) -> list[Due]:
        """The longest due first."""


@dataclass(frozen=True, slots=True)
class Courier:
    """One round after the other."""

    transactions: Transactions
    users: ResourceType
    postbag: Postbag
    post: Post
    stationery: Stationery
    link_url: LinkUrl
    count: Callable[[str], object] = len
    """Told of each attempt: sent or failed."""

    def deliver(self) -> int:
        """Send what is due; returns how many mails were sent. Raises Unreachable, Unavailable."""
        due = self.postbag.due(stamp(self.transactions.clock()), AT_ONCE)
        if not due:
            return 0
        try:
            with self.post.open() as delivery:
                return sum(self._deliver(delivery, each) for each in due)
        except Unreachable as fault:
            self._give_up_old(due, str(fault))
            raise

    def _deliver(self, delivery: Delivery, due: Due) -> bool:
        claimed = self._claim(due)
        if claimed is None:
            return False
        tenant, (mail, opening) = due.tenant, claimed
        try:
            delivery.send(self.stationery.write(mail, opening))
        except Refused as fault:
            self.count("failed")
            self._give_up(tenant, mail, str(fault))
        except Undelivered as fault:
            self._put_off(tenant, mail, str(fault))
        except Unreachable as fault:
            self._put_off(tenant, mail, str(fault))
            raise
        except Exception as fault:
            # Of this letter, and no reason to keep the others waiting.
            log.error("defect", mail=mail.id, exc_info=fault)
            self._put_off(tenant, mail, type(fault).__name__)
        else:
            self._note_sent(tenant, mail)
            return True
        return False

    def _claim(self, due: Due) -> tuple[Mail, Opening | None] | None:
        """None: somebody else has it, or its link has died meanwhile."""

        def work(change: Change) -> tuple[Mail, Opening | None] | None:
            mail = change.store.mail.claim(due.id, change.now, later(change.now, LEASE))
            if mail is None or mail.link is None:
                return None if mail is None else (mail, None)
            opening = self._sign(change, mail.link)
            if opening is None:
                self._fail(change, mail, LINK_OVER)
                return None
            return mail, opening

        return self.transactions.write(system(due.tenant), work)

    def _sign(self, change: Change, id: str) -> Opening | None:
        """A fresh token for the link, whose time begins now; None: it is dead."""
        link = change.store.links.get(id)
        if link is None:
            return None
        token = tokens.remake(Use.LINK, change.caller.tenant, id)
        lifetime = links.lifetime(change.store.policy.get(), link.purpose)
        change.store.links.sign(id, tokens.digest(token), later(change.now, lifetime))
        return Opening(self.link_url(link.purpose, token), lifetime)

    def _note_sent(self, tenant: int, mail: Mail) -> None:
        self.transactions.write(
            system(tenant), lambda change: change.store.mail.end(mail, change.now, None)
        )
        self.count("sent")
        log.info("mail sent", tenant=tenant, mail=mail.id, template=mail.template)

    def _put_off(self, tenant: int, mail: Mail, fault: str) -> None:
        """Each time twice as long; given up when it has waited for WAITING."""
        self.count("failed")
        if self._is_old(mail.created):
            self._give_up(tenant, mail, fault)
            return
        due = stamp(self.transactions.clock() + pause(mail.attempts))
        said = fault[:SHOWN_CHARACTERS]
        self.transactions.write(
            system(tenant), lambda change: change.store.mail.put_off(mail, due, said)
        )
        log.warning("mail put off", tenant=tenant, mail=mail.id, until=due, fault=said)

    def _give_up_old(self, due: Sequence[Due], fault: str) -> None:
        """What has waited for WAITING, and would for a mail server that is not there."""
        for each in due:
            if self._is_old(each.created) and (claimed := self._claim(each)):
                self._give_up(each.tenant, claimed[0], fault)

    def _is_old(self, created: str) -> bool:
        return created < stamp(self.transactions.clock() - links.WAITING)

    def _give_up(self, tenant: int, mail: Mail, fault: str) -> None:
        """Its link dies with it, and the user's events tell."""
        said = fault[:SHOWN_CHARACTERS]
        self.transactions.write(system(tenant), lambda change: self._fail(change, mail, said))
        log.warning("mail given up", tenant=tenant, mail=mail.id, fault=said)

    def _fail(self, change: Change, mail: Mail, said: str) -> None:
        kept = change.store.mail.get(mail.id)
        if kept is not None and change.store.mail.end(mail, change.now, said):
            if mail.link is not None:
                change.store.links.close(mail.link, change.now)
            told = {"mail": mail.template, "fault": said}
            change.note(Action.MAIL_FAILED, self.users, kept.user, told)


def pause(attempts: int) -> timedelta:
    """How long to wait after so many attempts."""
    return min(FIRST_PAUSE * (1 << min(attempts - 1, 10)), LONGEST_PAUSE)


def in_words(lapse: timedelta) -> str:
    """``10 minutes``, ``24 hours``, ``7 days``: in the largest unit of which it is two or more."""
    seconds = int(lapse.total_seconds())
    units = (("days", 86400), ("hours", 3600), ("minutes", 60))
    found = next(((n, size) for n, size in units if seconds >= 2 * size), ("seconds", 1))
    return f"{seconds // found[1]} {found[0]}"
