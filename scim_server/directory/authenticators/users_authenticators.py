"""What administrators see and change of users' second factors, of one user or of many at once."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from scim_server.directory.authenticators import enrolment
from scim_server.directory.authenticators.enrolment import Enrolment
from scim_server.directory.authenticators.factors import Authenticator, Factor, Factors, Lost
from scim_server.directory.callers import Caller
from scim_server.directory.change import Change
from scim_server.directory.events import Action
from scim_server.directory.mail.outbox import notices
from scim_server.directory.rights import guards
from scim_server.directory.transactions import Transactions
from scim_server.protocol.errors import NotFound
from scim_server.protocol.schema import Document, ResourceType

CHUNK = 1000
"""Users in one transaction: others wait for it, so that it must not be long."""
RESET = "authenticators_reset"
"""The mail that tells the user."""


@dataclass
class Done:
    """What a reset came to: users who had something, authenticators gone, ids there are not."""

    users: int = 0
    authenticators: int = 0
    unknown: list[str] = field(default_factory=list)

    def add(self, other: "Done") -> None:
        """What the next transaction came to."""
        self.users += other.users
        self.authenticators += other.authenticators
        self.unknown += other.unknown


@dataclass(frozen=True, slots=True)
class UsersAuthenticators:
    """Each change is an event of the user, and a mail to the user."""

    transactions: Transactions
    users: ResourceType
    enrolment: Enrolment

    def of(self, caller: Caller, user: str) -> Factors:
        """What a user has. Raises NotFound."""
        with self.transactions.store.snapshot(caller.tenant) as reader:
            found, _ = reader.get(self.users, user)
            return reader.authenticators.of(found.key)

    def remove(self, caller: Caller, user: str, id: str) -> None:
        """Remove one authenticator. Raises NotFound."""

        def work(change: Change) -> None:
            enrolment.remove(change, change.store.lock(self.users, user), id)

        self.transactions.write(caller, work)

    def begin_key(self, caller: Caller, user: str) -> Document:
        """Options to register a WebAuthn key for a user. Raises NotFound, Conflict."""

        def work(change: Change) -> Document:
            return self.enrolment.begin_key(change, change.store.lock(self.users, user))

        return self.transactions.write(caller, work)

    def finish_key(
        self, caller: Caller, user: str, credential: Document, name: str
    ) -> Authenticator:
        """Raises NotFound, InvalidValue, NotUnique, Conflict."""

        def work(change: Change) -> Authenticator:
            owner = change.store.lock(self.users, user)
            return self.enrolment.finish_key(change, owner, credential, name)

        return self.transactions.write(caller, work)

    def reset(self, caller: Caller, user: str, kinds: Collection[Factor]) -> Done:
        """Remove a user's factors of these kinds. Raises NotFound."""
        done = self.reset_many(caller, [user], kinds)
        if done.unknown:
            raise NotFound(f'No {self.users.name} has the id "{user[:100]}".')
        return done

    def reset_many(self, caller: Caller, ids: Iterable[str], kinds: Collection[Factor]) -> Done:
        """Likewise for many, some hundreds in a transaction; what is done is done."""
        total = Done()
        for done in self.resets(caller, ids, kinds):
            total.add(done)
        return total

    def resets(
        self, caller: Caller, ids: Iterable[str], kinds: Collection[Factor]
    ) -> Iterator[Done]:
        """What each transaction came to, as it is done."""
        rest = iter(dict.fromkeys(ids))
        while chunk := list(islice(rest, CHUNK)):
            yield self._reset(caller, chunk, kinds)

    def _reset(self, caller: Caller, ids: Collection[str], kinds: Collection[Factor]) -> Done:
        def work(change: Change) -> Done:
            found = change.store.lock_all(self.users, ids)
            lost = change.store.authenticators.reset([user.key for user in found], kinds)
            losers = [(user, lost[user.key]) for user in found if user.key in lost]
            guards.require_over_all(caller, change.store, [user.id for user, _ in losers])
            events = {user.id: _told(was) for user, was in losers}
            change.note_each(Action.RESET_AUTHENTICATORS, self.users, events)
            notices(change, RESET, [(user, _named(was)) for user, was in losers])
            known = {user.id for user in found}
            gone = sum(len(was.authenticators) for _, was in losers)
            return Done(len(losers), gone, [id for id in ids if id not in known])

        return self.transactions.write(caller, work)


def _told(lost: Lost) -> Document:
    return {"authenticators": list(lost.authenticators), "recoveryCodes": lost.codes}


def _named(lost: Lost) -> dict[str, str]:
    """What the mail says of it; recovery codes have no name."""
    return {"authenticators": ", ".join(lost.authenticators)}
