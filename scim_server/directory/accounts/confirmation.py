"""Whether it is still the user who sits there: a session may be stolen, or left open."""

from dataclasses import dataclass
from datetime import timedelta

from scim_server.directory.callers import Caller
from scim_server.directory.change import Change
from scim_server.directory.signing.passwords import Passwords
from scim_server.directory.signing.trials import PASSWORD, SecondFactors, Trial
from scim_server.directory.transactions import Transactions
from scim_server.protocol.errors import Forbidden
from scim_server.protocol.schema import ResourceType
from scim_server.protocol.values import stamp

YOUNG = timedelta(minutes=10)
SAY_IT = "This needs a session that is younger than ten minutes, or the password."
NOT_RIGHT = "The password is not right."


@dataclass(frozen=True, slots=True)
class Confirmation:
    """By a young session, or by the password; a wrong one counts as a failed sign-in."""

    transactions: Transactions
    users: ResourceType
    passwords: Passwords
    factors: SecondFactors

    def require(self, caller: Caller, password: str | None) -> None:
        """Raises Forbidden, Unavailable."""
        id, now = caller.user or "", self.transactions.clock()
        with self.transactions.store.snapshot(caller.tenant) as reader:
            kept = reader.sessions.find(caller.session or "")
            if kept is not None and kept.session.created > stamp(now - YOUNG):
                return
            user, _ = reader.get(self.users, id)
            login = reader.logins.get(user.key)
        if password is None:
            raise Forbidden(SAY_IT)
        hashed = login.password if login.is_usable(stamp(now)) else None
        if self.passwords.verify(hashed, password):
            return

        def count(change: Change) -> None:
            Trial(change, change.store.lock(self.users, id), self.factors).fail(PASSWORD)

        self.transactions.write(caller, count)
        raise Forbidden(NOT_RIGHT)
