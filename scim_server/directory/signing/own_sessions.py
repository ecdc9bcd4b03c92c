"""What users see and end of their own sessions."""

from scim_server.directory.callers import Caller
from scim_server.directory.change import Change
from scim_server.directory.events import Action
from scim_server.directory.signing.session_tokens import OVER
from scim_server.directory.signing.sessions import Listed, Place, Session, Sessions
from scim_server.directory.transactions import Transactions
from scim_server.protocol.errors import NotFound, Unauthorized
from scim_server.protocol.schema import ResourceType


class OwnSessions:
    """Of whoever is signed in."""

    def __init__(self, transactions: Transactions, users: ResourceType) -> None:
        self.transactions = transactions
        self.users = users
        self.every = Sessions(transactions, users)

    def current(self, caller: Caller) -> Session:
        """The one that asks. Raises Unauthorized where it has just ended."""
        with self.transactions.store.reading(caller.tenant) as reader:
            kept = reader.sessions.find(caller.session or "")
        if kept is None:
            raise Unauthorized(OVER)
        return kept.session

    def page(self, caller: Caller, after: Place | None, limit: int) -> Listed:
        """Every one of the user's, newest first."""
        return self.every.page(caller, caller.user or "", after, limit)

    def end(self, caller: Caller, id: str) -> None:
        """End another one, or this. Raises NotFound, also for somebody else's."""

        def work(change: Change) -> None:
            kept = change.store.sessions.find(id)
            if kept is None or kept.session.user != caller.user:
                raise NotFound(f'There is no session "{id[:100]}".')
            self._end(change, kept.session, Action.END_SESSIONS)

        self.transactions.write(caller, work)

    def sign_out(self, caller: Caller) -> None:
        """End the one that asks."""

        def work(change: Change) -> None:
            kept = change.store.sessions.find(caller.session or "")
            if kept is not None:
                self._end(change, kept.session, Action.SIGN_OUT)

        self.transactions.write(caller, work)

    def _end(self, change: Change, session: Session, action: Action) -> None:
        change.store.sessions.end([session.id])
        change.note(action, self.users, session.user, {"session": session.id})
