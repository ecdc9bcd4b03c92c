"""What becomes of one try to sign in: counted, locked, asked for more, or a session."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol

from scim_server.directory.accounts.account import sign_in_name
from scim_server.directory.accounts.lifecycle import Status, Step
from scim_server.directory.accounts.policy import Policy
from scim_server.directory.change import NEW, Change
from scim_server.directory.events import Action, Actor
from scim_server.directory.ports import Reader, Resource
from scim_server.directory.signing import challenges, session_tokens
from scim_server.directory.signing.challenges import Missing
from scim_server.directory.signing.password_rules import check, known_of, least
from scim_server.directory.signing.passwords import Login
from scim_server.directory.signing.requests import in_vain
from scim_server.directory.signing.session_tokens import MOST_NAME, Begun, Origin
from scim_server.protocol.errors import Forbidden
from scim_server.protocol.schema import Document, ResourceType
from scim_server.protocol.values import later

PASSWORD, SECOND_FACTOR = "password", "second factor"
"""What failed, as events tell it."""
BY_PASSWORD = "pwd"
"""RFC 8176."""
TEMPORARY = "The password is a temporary one: set another."
TOO_SHORT = "The password is shorter than it must be by now: set another."
SYSTEM = "system"
"""Who acts where it is nobody: a sign-in that fails, a lock that ends."""


class SecondFactors(Protocol):
    """What a user proves a sign-in with besides the password."""

    def kinds(self, store: Reader, user_key: int) -> tuple[str, ...]:
        """What is enrolled; none: the password is enough."""

    def challenge(self, change: Change, user: Resource, kinds: tuple[str, ...]) -> Document:
        """What the client needs for a proof."""

    def verify(self, change: Change, user: Resource, proof: Document) -> str:
        """The method that the proof is of (RFC 8176). Raises Unauthorized."""


@dataclass(frozen=True, slots=True)
class Challenged:
    """A second factor is missing: its kinds, and what the client needs for a proof of each."""

    challenge: str
    kinds: tuple[str, ...]
    options: Document


class PasswordChangeRequired(Forbidden):
    """The password is right, and cannot stay; ``challenge`` is for setting another."""

    scim_type = "passwordChangeRequired"

    def __init__(self, why: str, challenge: str) -> None:
        super().__init__(why)
        self.challenge = challenge


def nobody(kind: ResourceType) -> Resource:
    """Who tries a name that there is not: somebody to whom nothing can happen."""
    return Resource(NEW, kind, "", 0, "", "", None, {})


Outcome = Begun | Challenged | PasswordChangeRequired | None
"""None: refused. Whatever it is, it is raised after the commit, which keeps what was counted."""


class Trial:
    """One try of one user, who is locked in the store until the transaction ends; or of nobody."""

    def __init__(self, change: Change, user: Resource, factors: SecondFactors) -> None:
        self.change = change
        self.user = user
        self.factors = factors
        self.login: Login = change.store.logins.get(user.key)
        self.policy: Policy = change.store.policy.get()

    def act(self) -> None:
        """Who has been told from others acts under their own name from here on."""
        name = sign_in_name(self.user.kind, self.user.document)[:MOST_NAME]
        actor = replace(self.change.caller.actor, client=name, id=self.user.id)
        self.change.caller = replace(self.change.caller, actor=actor)

    def fail(self, proof: str) -> None:
        """Record it, and count it where it was a try at something; too many lock the account.

        Not while it is Locked, or nobody could ever come in again. Where nothing is to be counted,
        not even a user, it takes the same statements: time tells nobody which it was (rule 20).
        """
        self._refuse({"proof": proof})

    def miss(self) -> None:
        """At a tenant that there is not: the same statements, and nobody's history tells of it."""
        self.change.store.requests.put(in_vain(self.change))
        self._keep_count()

    def _refuse(self, why: Document) -> None:
        told = why | {"device": self.change.caller.actor.device}
        self.change.note(Action.SIGN_IN_FAILED, self.user.kind, self.user.id, told)
        self.unlock()
        if self.user.status is Status.ACTIVE and self.login.password is not None:
            self._count(self.login.failures + 1)
        self._keep_count()

    def _count(self, failures: int) -> None:
        self.login = replace(self.login, failures=failures)
        if failures >= self.policy.lock_after:
            self.login = replace(self.login, locked_until=self._locked_until(failures))
            self._step(Step.LOCK, f"{failures} failed sign-ins")

    def _keep_count(self) -> None:
        login = self.login
        self.change.store.logins.count(self.user.key, login.failures, login.locked_until)

    def unlock(self) -> bool:
        """End a lock whose time is over; the next failure begins one of twice the time."""
        until = self.login.locked_until
        is_over = until is not None and until <= self.change.now
        if self.user.status is not Status.LOCKED or not is_over:
            return False
        self._step(Step.UNLOCK, "the time of the lock is over")
        self._keep_count()
        return True

    def after_password(self, length: int, origin: Origin) -> Outcome:
        """What follows the right password, of so many characters."""
        if self._is_shut_out():
            return None
        kinds = self.factors.kinds(self.change.store, self.user.key)
        is_short = length < least(self.policy, bool(kinds))
        proved = {"methods": [BY_PASSWORD], "isShort": is_short}
        if not kinds:
            return self._after_all(proved, origin)
        token = challenges.begin(self.change, self.user, Missing.SECOND, proved)
        return Challenged(token, kinds, self.factors.challenge(self.change, self.user, kinds))

    def after_second_factor(self, proved: Document, method: str, origin: Origin) -> Outcome:
        """What follows the second factor; ``proved``: the content of the challenge before it."""
        if self._is_shut_out():
            return None
        return self._after_all(proved | {"methods": [*proved["methods"], method]}, origin)

    def _is_shut_out(self) -> bool:
        """Whether a right proof is of no use; who has it is told no more than who has not."""
        self.unlock()
        if self.user.status is Status.ACTIVE:
            return False
        self._refuse({"status": self.user.status})
        return True

    def _after_all(self, proved: Document, origin: Origin) -> Begun | PasswordChangeRequired:
        """The session, unless the password cannot stay.

        It was long enough when it was set; since then the second factor has gone, or the policy
        asks for more.
        """
        why = TEMPORARY if self.login.must_change else TOO_SHORT if proved["isShort"] else None
        if why is None:
            return self.complete(proved["methods"], origin)
        token = challenges.begin(self.change, self.user, Missing.PASSWORD, proved)
        return PasswordChangeRequired(why, token)

    def complete(self, methods: Sequence[str], origin: Origin) -> Begun:
        """The session."""
        self.act()
        change, key = self.change, self.user.key
        if self.login.failures or self.login.locked_until:
            change.store.logins.forgive(key)
        change.store.logins.signed_in(key, change.now)
        begun = session_tokens.begin(change, self.user, self.policy, methods, origin)
        told = {"session": begun.session.id, "methods": list(methods), "device": origin.device}
        change.note(Action.SIGN_IN, self.user.kind, self.user.id, told)
        return begun

    def require_good(self, text: str) -> None:
        """Raises InvalidValue for what may not be the user's password."""
        with_factor = bool(self.factors.kinds(self.change.store, self.user.key))
        check(self.policy, text, with_factor, known_of(self.user))

    def _locked_until(self, failures: int) -> str:
        policy = self.policy
        doublings = min(failures - policy.lock_after, policy.lock_seconds_most.bit_length())
        seconds = min(policy.lock_seconds * 2**doublings, policy.lock_seconds_most)
        return later(self.change.now, timedelta(seconds=seconds))

    def _step(self, event: Step, reason: str) -> None:
        """By nobody, whoever tries."""
        caller = self.change.caller
        actor = Actor(SYSTEM, caller.actor.request, address=caller.actor.address, reason=reason)
        self.change.caller = replace(caller, actor=actor)
        self.user = self.change.step(self.user.kind, self.user.id, event)
        self.change.caller = caller
