"""What users see and change of their own second factors."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from scim_server.directory.accounts.confirmation import Confirmation
from scim_server.directory.authenticators import enrolment
from scim_server.directory.authenticators.enrolment import Begun, Enrolment
from scim_server.directory.authenticators.factors import Authenticator, Factors
from scim_server.directory.callers import Caller
from scim_server.directory.change import Change
from scim_server.directory.ports import Resource
from scim_server.directory.signing.session_tokens import require_live
from scim_server.directory.transactions import Transactions
from scim_server.protocol.errors import Forbidden
from scim_server.protocol.schema import Document, ResourceType

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class OwnAuthenticators:
    """Each change asks for a young session or the password: a session may be stolen."""

    transactions: Transactions
    users: ResourceType
    enrolment: Enrolment
    confirmation: Confirmation

    def all(self, caller: Caller) -> Factors:
        """What the user has."""
        with self.transactions.store.snapshot(caller.tenant) as reader:
            user, _ = reader.get(self.users, _own(caller))
            return reader.authenticators.of(user.key)

    def begin_totp(self, caller: Caller, password: str | None) -> Begun:
        """A secret for an authenticator application. Raises Forbidden, Conflict."""
        return self._confirmed(caller, password, self.enrolment.begin_totp)

    def finish_totp(self, caller: Caller, begun: str, code: str, name: str) -> Authenticator:
        """Raises InvalidValue, Conflict."""
        return self._write(
            caller, lambda change, user: self.enrolment.finish_totp(change, user, begun, code, name)
        )

    def begin_key(self, caller: Caller, password: str | None) -> Document:
        """Options for the browser. Raises Forbidden, Conflict."""
        return self._confirmed(caller, password, self.enrolment.begin_key)

    def finish_key(self, caller: Caller, credential: Document, name: str) -> Authenticator:
        """Raises InvalidValue, NotUnique, Conflict."""
        return self._write(
            caller, lambda change, user: self.enrolment.finish_key(change, user, credential, name)
        )

    def new_codes(self, caller: Caller, password: str | None) -> list[str]:
        """Recovery codes instead of the old ones. Raises Forbidden, Conflict."""
        return self._confirmed(caller, password, enrolment.new_codes)

    def remove(self, caller: Caller, id: str) -> None:
        """Raises Forbidden, NotFound."""
        self._confirmed(caller, None, lambda change, user: enrolment.remove(change, user, id))

    def _confirmed(
        self, caller: Caller, password: str | None, work: Callable[[Change, Resource], T]
    ) -> T:
        self.confirmation.require(caller, password)
        return self._write(caller, work)

    def _write(self, caller: Caller, work: Callable[[Change, Resource], T]) -> T:
        """The user is locked: of two changes at once, the second sees what the first has done."""
        own = _own(caller)

        def alone(change: Change) -> T:
            user = change.store.lock(self.users, own)
            require_live(change)
            return work(change, user)

        return self.transactions.write(caller, alone)


def _own(caller: Caller) -> str:
    if caller.user is None:
        raise Forbidden("This needs the session of a user.")
    return caller.user
