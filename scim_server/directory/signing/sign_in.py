"""Signing in: a password, then a second factor where one is enrolled, then a session.

Who fails learns nothing of why: unknown, without a password, Suspended and mistyped are answered
alike and cost the same. Passwords are verified before the transaction begins.
"""

from dataclasses import dataclass, replace
from typing import Protocol

from scim_server.directory.apart import one_by_one
from scim_server.directory.callers import FIRST_TENANT, NO_TENANT, Caller, system
from scim_server.directory.change import Change
from scim_server.directory.events import Actor
from scim_server.directory.ports import Resource
from scim_server.directory.signing import challenges, session_tokens
from scim_server.directory.signing.challenges import Challenge, Missing
from scim_server.directory.signing.password_rules import prepare
from scim_server.directory.signing.passwords import Found, Passwords, set_password
from scim_server.directory.signing.session_tokens import Begun, Origin
from scim_server.directory.signing.trials import (
    PASSWORD,
    SECOND_FACTOR,
    SYSTEM,
    Challenged,
    Outcome,
    PasswordChangeRequired,
    SecondFactors,
    Trial,
    nobody,
)
from scim_server.directory.transactions import Transactions
from scim_server.protocol.errors import Forbidden, InvalidValue, NotFound, Unauthorized
from scim_server.protocol.schema import Document, ResourceType
from scim_server.protocol.values import stamp

NOT_RIGHT = "The user name or the password is not right."
LOCKS = 100
"""That one call ends."""


class Tenants(Protocol):
    """The tenants that there are."""

    def tenant(self, name: str) -> int | None:
        """The number of the one with that name."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A request to sign in: its id, and where it comes from."""

    request: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class SignIn:
    """From nobody to a session."""

    transactions: Transactions
    users: ResourceType
    passwords: Passwords
    factors: SecondFactors
    tenants: Tenants

    def by_password(
        self, attempt: Attempt, tenant: str, name: str, password: str
    ) -> Begun | Challenged:
        """The first step. Raises Unauthorized, PasswordChangeRequired, Unavailable."""
        number = self.tenants.tenant(tenant)
        found = self._find(number or NO_TENANT, name)
        hashed = found.login.password if found and found.login.is_usable(self._now()) else None
        is_right = self.passwords.verify(hashed, password)

        def work(change: Change) -> Outcome:
            user = self._user(change, found.user if found else "") or nobody(self.users)
            trial = Trial(change, user, self.factors)
            if number is None:
                trial.miss()
            elif is_right and trial.login.password == hashed:
                return trial.after_password(len(prepare(password)), attempt.origin)
            else:
                trial.fail(PASSWORD)
            return None

        caller = _asking(number or FIRST_TENANT, attempt)
        return _begun(self.transactions.write(caller, work), NOT_RIGHT)

    def by_second_factor(
        self, attempt: Attempt, challenge: str, proof: Document
    ) -> Begun | Challenged:
        """The second step. Raises Unauthorized, PasswordChangeRequired, Unavailable."""
        tenant = challenges.tenant_of(challenge)

        def work(change: Change) -> Outcome:
            begun = challenges.find(change.store, challenge, Missing.SECOND, change.now)
            trial = self._trial(change, begun)
            try:
                method = self.factors.verify(change, trial.user, proof)
            except Unauthorized:
                trial.fail(SECOND_FACTOR)
                return None
            _take(change, begun)
            return trial.after_second_factor(begun.content, method, attempt.origin)

        outcome = self.transactions.write(_asking(tenant, attempt), work)
        return _begun(outcome, "The second factor is not valid.")

    def by_new_password(self, attempt: Attempt, challenge: str, password: str) -> Begun:
        """A password in place of one that cannot stay. Raises Unauthorized, InvalidValue."""
        tenant = challenges.tenant_of(challenge)
        self._refuse_same(tenant, challenge, password)
        new = self.passwords.new(password)

        def work(change: Change) -> Begun:
            begun = challenges.find(change.store, challenge, Missing.PASSWORD, change.now)
            trial = self._trial(change, begun)
            trial.require_good(new.text)
            _take(change, begun)
            trial.act()
            set_password(change, trial.user, new.hashed)
            return trial.complete(begun.content["methods"], attempt.origin)

        return self.transactions.write(_asking(tenant, attempt), work)

    def change_password(self, caller: Caller, current: str, wanted: str) -> None:
        """Of whoever is signed in; every other session ends.

        Raises Forbidden where the current one is not right, Unauthorized where the session has
        ended meanwhile, InvalidValue, Unavailable.
        """
        id = caller.user or ""
        with self.transactions.store.reading(caller.tenant) as reader:
            user, _ = reader.get(self.users, id)
            hashed = reader.logins.get(user.key).password
        is_right = self.passwords.verify(hashed, current)
        new = self.passwords.new(wanted) if is_right else None

        def work(change: Change) -> bool:
            trial = Trial(change, change.store.lock(self.users, id), self.factors)
            if new is None or trial.login.password != hashed:
                trial.fail(PASSWORD)
                return False
            session_tokens.require_live(change)
            trial.require_good(new.text)
            set_password(change, trial.user, new.hashed, kept_session=caller.session or "")
            return True

        if not self.transactions.write(caller, work):
            raise Forbidden("The current password is not right.")

    def unlock_due(self, tenant: int) -> int:
        """End locks whose time is over, LOCKS at most; returns how many."""
        with self.transactions.store.reading(tenant) as reader:
            due = reader.logins.due(self._now(), LOCKS)

        def unlocking(id: str) -> bool:
            def work(change: Change) -> bool:
                user = self._user(change, id)
                return user is not None and Trial(change, user, self.factors).unlock()

            return self.transactions.write(system(tenant), work)

        return one_by_one(due, unlocking)

    def _refuse_same(self, tenant: int, challenge: str, password: str) -> None:
        """Raises Unauthorized, InvalidValue: another one is wanted."""
        with self.transactions.store.reading(tenant) as reader:
            begun = challenges.find(reader, challenge, Missing.PASSWORD, self._now())
            user, _ = reader.get(self.users, begun.user)
            before = reader.logins.get(user.key).password
        if self.passwords.verify(before, password):
            raise InvalidValue("The password is the one that there is: it must be another.")

    def _trial(self, change: Change, begun: Challenge) -> Trial:
        """Raises Unauthorized."""
        user = self._user(change, begun.user)
        if user is None:
            raise Unauthorized(challenges.NOT_VALID)
        return Trial(change, user, self.factors)

    def _find(self, tenant: int, name: str) -> Found | None:
        with self.transactions.store.reading(tenant) as reader:
            return reader.logins.find(name)

    def _user(self, change: Change, id: str) -> Resource | None:
        """The user, locked in the store; None where it is gone."""
        try:
            return change.store.lock(self.users, id)
        except NotFound:
            return None

    def _now(self) -> str:
        return stamp(self.transactions.clock())


def _asking(tenant: int, attempt: Attempt) -> Caller:
    """Who asks before it is known who."""
    origin = attempt.origin
    actor = Actor(SYSTEM, attempt.request, address=origin.address, device=origin.device)
    return replace(system(tenant), actor=actor)


def _take(change: Change, begun: Challenge) -> None:
    """It is for one use. Raises Unauthorized."""
    if not change.store.challenges.end(begun.id):
        raise Unauthorized(challenges.NOT_VALID)


def _begun(outcome: Outcome, refusal: str) -> Begun | Challenged:
    """Raises what was not raised before the commit."""
    if outcome is None:
        raise Unauthorized(refusal)
    if isinstance(outcome, PasswordChangeRequired):
        raise outcome
    return outcome
