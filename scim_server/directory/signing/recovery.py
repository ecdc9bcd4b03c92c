"""The ways back in, and the way in for the first time: by a link (security rules 20 and 28).

Whoever has lost a password asks, and a worker mails a link where there is an account; whoever has a
link chooses a password with it, or confirms an address.
"""

from dataclasses import dataclass
from datetime import timedelta

from scim_server.directory.accounts.account import sign_in_name
from scim_server.directory.accounts.addresses import address_of
from scim_server.directory.accounts.lifecycle import Status, Step
from scim_server.directory.apart import one_by_one
from scim_server.directory.callers import FIRST_TENANT, LOCAL, Caller, system
from scim_server.directory.change import Change
from scim_server.directory.events import Actor
from scim_server.directory.ports import Contention, Resource
from scim_server.directory.signing import links
from scim_server.directory.signing.links import Link, Purpose
from scim_server.directory.signing.password_rules import check, known_of
from scim_server.directory.signing.passwords import Passwords, set_password
from scim_server.directory.signing.requests import (
    BY_ADDRESS,
    BY_NAME,
    Asked,
    Request,
    Waiting,
    in_vain,
)
from scim_server.directory.signing.session_tokens import MOST_NAME
from scim_server.directory.signing.sign_in import Attempt, Tenants
from scim_server.directory.signing.trials import SecondFactors
from scim_server.directory.transactions import Transactions
from scim_server.protocol.errors import Conflict, InvalidValue, NotFound, Unavailable
from scim_server.protocol.intake import Strict
from scim_server.protocol.schema import ResourceType
from scim_server.protocol.values import fold, later, stamp

LONGEST = 320
"""Characters of a name or an address that are looked for."""
AT_ONCE = 100
MOST_ACCOUNTS = 10
"""With one address: each of them gets its mail."""
PAUSE = timedelta(minutes=1)
"""Between two mails to the same user, however often somebody asks."""
RECOVERABLE = frozenset({Status.ACTIVE, Status.LOCKED})
ANYONE = "anyone"
"""Who asks, as events name it: nobody knows."""

STEPS: dict[tuple[Purpose, Status], Step | None] = {
    (Purpose.RECOVERY, Status.ACTIVE): None,
    (Purpose.RECOVERY, Status.LOCKED): Step.UNLOCK,
    (Purpose.ACTIVATION, Status.PENDING): Step.VERIFY,
    (Purpose.ACTIVATION, Status.INACTIVE): Step.ACTIVATE,
    (Purpose.ACTIVATION, Status.ACTIVE): None,
    (Purpose.INVITATION, Status.PENDING): Step.VERIFY,
    (Purpose.INVITATION, Status.INACTIVE): Step.ACTIVATE,
    (Purpose.INVITATION, Status.ACTIVE): None,
    (Purpose.VERIFICATION, Status.PENDING): Step.VERIFY,
    (Purpose.VERIFICATION, Status.ACTIVE): None,
}
"""What the use of a link means for the account; what is not here, no link is made for.

Active without a recovery: who has no password yet, such as one who was approved meanwhile.
"""

TO_RECOVER = frozenset({Purpose.RECOVERY})
TO_ACTIVATE = frozenset({Purpose.ACTIVATION, Purpose.INVITATION})
TO_VERIFY = frozenset({Purpose.VERIFICATION})


@dataclass(frozen=True, slots=True)
class Recovery:
    """What somebody does who is not signed in."""

    transactions: Transactions
    users: ResourceType
    passwords: Passwords
    factors: SecondFactors
    tenants: Tenants

    def ask(self, attempt: Attempt, tenant: str, way: str, text: str) -> None:
        """Ask for a link; whether there is an account is looked at later, by a worker."""
        number = self.tenants.tenant(tenant)
        asked, origin = fold(text)[:LONGEST], attempt.origin.address

        def work(change: Change) -> None:
            request = Request(way, asked, change.now, attempt.request, origin)
            change.store.requests.put(in_vain(change) if number is None else request)

        actor = Actor(ANYONE, attempt.request, None, origin)
        self.transactions.write(system(number or FIRST_TENANT, actor), work)

    def whose(self, token: str, purposes: frozenset[Purpose]) -> str:
        """What the user of a link signs in with; it is not used up. Raises NotFound."""
        _, user = self._opened(links.tenant_of(token), token, purposes)
        return sign_in_name(user.kind, user.document)

    def choose_password(
        self, attempt: Attempt, token: str, purposes: frozenset[Purpose], text: str
    ) -> None:
        """Set a password with a link, which is used up by it, and take the step that it means.

        Raises NotFound: the link is not valid; InvalidValue, Conflict, Unavailable.
        """
        tenant = links.tenant_of(token)
        link, user = self._opened(tenant, token, purposes)
        hashed = self._hashed(tenant, user, text)

        def work(change: Change) -> None:
            owner, step = self._take(change, token, link)
            set_password(change, owner, hashed)
            self._step(change, owner, step)

        self.transactions.write(_caller(tenant, attempt, user), work)

    def verify(self, attempt: Attempt, token: str, text: str | None) -> None:
        """Confirm the address that the link was mailed to.

        An account that has no password yet gets one with it: chosen by who reads the mail, and not
        by who has typed the address. Raises as choose_password does.
        """
        tenant = links.tenant_of(token)
        link, user = self._opened(tenant, token, TO_VERIFY)
        hashed = None if text is None else self._hashed(tenant, user, text)

        def work(change: Change) -> None:
            owner, step = self._take(change, token, link)
            if hashed is not None:
                set_password(change, owner, hashed)
            elif not _has_password(change, owner):
                raise InvalidValue("The account has no password yet: choose one.")
            self._step(change, owner, step)

        self.transactions.write(_caller(tenant, attempt, user), work)

    def _opened(
        self, tenant: int, token: str, purposes: frozenset[Purpose]
    ) -> tuple[Link, Resource]:
        now = stamp(self.transactions.clock())
        with self.transactions.store.snapshot(tenant) as reader:
            link = links.find(reader, token, purposes, now)
            user, _ = reader.get(self.users, link.user)
        return link, user

    def _hashed(self, tenant: int, user: Resource, text: str) -> str:
        """Outside of every transaction that writes. Raises InvalidValue, Unavailable."""
        with self.transactions.store.snapshot(tenant) as reader:
            with_factor = bool(self.factors.kinds(reader, user.key))
            policy = reader.policy.get()
        check(policy, text, with_factor, known_of(user))
        return self.passwords.hash(text)

    def _take(self, change: Change, token: str, link: Link) -> tuple[Resource, Step | None]:
        """The user, locked, and the step that the link means, which is used up.

        Raises NotFound, also where the account has moved on since the link was made.
        """
        try:
            owner = change.store.lock(self.users, link.user)
            step = meant(change, owner, link.purpose)
        except (NotFound, Conflict):
            raise NotFound(links.NOT_VALID) from None
        links.take(change, token, frozenset({link.purpose}))
        return owner, step

    def _step(self, change: Change, owner: Resource, step: Step | None) -> None:
        if step is Step.UNLOCK:
            change.store.logins.forgive(owner.key)
        if step is not None:
            change.step(self.users, owner.id, step)


class Answers:
    """What a worker does for those who have asked."""

    def __init__(self, transactions: Transactions, users: ResourceType, waiting: Waiting) -> None:
        self.transactions = transactions
        self.users = users
        self.waiting = waiting

    def answer(self) -> int:
        """Leave a mail for everybody who asked and has an account; returns how many had asked."""
        return one_by_one(self.waiting.waiting(AT_ONCE), self._answer)

    def _answer(self, asked: Asked) -> int:
        try:
            self._mail(*asked)
        except (Unavailable, Contention):
            raise
        except Exception:
            # It would fail again, and keep those who ask after it waiting.
            self._drop(*asked)
            raise
        return 1

    def _drop(self, tenant: int, way: str, text: str) -> None:
        self.transactions.write(
            system(tenant), lambda change: change.store.requests.take(way, text)
        )

    def _mail(self, tenant: int, way: str, text: str) -> None:
        def work(change: Change) -> None:
            request = change.store.requests.take(way, text)
            if request is None:
                return
            change.caller = _asking(tenant, request)
            for user in self._found(change, request):
                if self._may_recover(change, user):
                    links.send_another(change, user, Purpose.RECOVERY)

        self.transactions.write(system(tenant), work)

    def _found(self, change: Change, request: Request) -> list[Resource]:
        """Locked, so that nothing comes in between; all in the order of their ids."""
        ids: list[str] = []
        if request.way == BY_NAME:
            found = change.store.logins.find(request.text)
            ids = [] if found is None else [found.user]
        elif request.way == BY_ADDRESS:
            # The mail goes to what is stored, never to what was typed.
            ids = change.store.logins.addressed(request.text, RECOVERABLE, MOST_ACCOUNTS)
        return [change.store.lock(self.users, id) for id in ids]

    def _may_recover(self, change: Change, user: Resource) -> bool:
        """Whoever signs in elsewhere only, has no password to recover."""
        since = later(change.now, -PAUSE)
        return (
            user.status in RECOVERABLE
            and address_of(user) is not None
            and _has_password(change, user)
            and not change.store.links.is_made_since(user.key, Purpose.RECOVERY, since)
        )


def meant(change: Change, user: Resource, purpose: Purpose) -> Step | None:
    """The step that a link means for a user as they are now. Raises Conflict: it is for others."""
    if user.status is None or (purpose, user.status) not in STEPS:
        raise Conflict(f"An account that is {user.status} takes no {purpose}.")
    is_first = purpose is not Purpose.RECOVERY
    if is_first and user.status is Status.ACTIVE and _has_password(change, user):
        raise Conflict(f"An account that has a password takes no {purpose}: it is recovered.")
    return STEPS[purpose, user.status]


def _has_password(change: Change, user: Resource) -> bool:
    return change.store.logins.get(user.key).password is not None


def _asking(tenant: int, request: Request) -> Caller:
    return system(tenant, Actor(ANYONE, request.request, None, request.address))


def _caller(tenant: int, attempt: Attempt, user: Resource) -> Caller:
    name = (sign_in_name(user.kind, user.document))[:MOST_NAME]
    actor = Actor(name, attempt.request, user.id, attempt.origin.address)
    return Caller(tenant, actor, frozenset(), Strict(), user.id, LOCAL)
