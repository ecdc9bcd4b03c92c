"""Mail, as administrators see it: what waits, what was sent, what failed and why.

What a mail says, and its link, is shown to nobody but its reader.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from scim_server.directory.callers import Caller
from scim_server.directory.change import Change
from scim_server.directory.events import Action
from scim_server.directory.mail.outbox import Kept, Sought, State
from scim_server.directory.rights import guards
from scim_server.directory.rights.rights import Permission
from scim_server.directory.transactions import Transactions
from scim_server.protocol.errors import Conflict, NotFound
from scim_server.protocol.schema import ResourceType

IN_HAND = "A worker is sending this mail right now."


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of mail; ``total`` is of all pages, ``more`` says that another one follows."""

    mails: Sequence[Kept]
    total: int
    more: bool


class Mails:
    """The outbox of a tenant; a worker sends what lies there."""

    def __init__(self, transactions: Transactions, users: ResourceType) -> None:
        self.transactions = transactions
        self.users = users

    def page(self, caller: Caller, sought: Sought, after: str | None, limit: int) -> Listed:
        """The newest first; ``after``: the id of a mail."""
        with self.transactions.store.snapshot(caller.tenant) as reader:
            found = reader.mail.page(sought, after, limit + 1)
            return Listed(found[:limit], reader.mail.count(sought), len(found) > limit)

    def retry(self, caller: Caller, id: str) -> Kept:
        """Let one that was put off or given up be due now. Raises NotFound, Forbidden, Conflict."""

        def work(change: Change) -> Kept:
            kept = self._reached(change, id)
            mail, store = kept.mail, change.store
            if mail.fault is None:
                raise Conflict("Nothing has kept this mail from being sent.")
            if mail.link is not None and mail.state is State.FAILED:
                raise Conflict("The link of this mail is over: send another one.")
            if not store.mail.let_due(mail, change.now):
                raise Conflict(IN_HAND)
            self._note(change, Action.RETRY_MAIL, kept)
            return replace(kept, mail=replace(mail, due=change.now, ended=None))

        return self.transactions.write(caller, work)

    def discard(self, caller: Caller, id: str) -> None:
        """Let one not be sent, whose link ends with it. Raises NotFound, Forbidden, Conflict."""

        def work(change: Change) -> None:
            kept = self._reached(change, id)
            mail, store = kept.mail, change.store
            if mail.state is State.SENT:
                raise Conflict("This mail has been sent already.")
            if mail.in_hand or not store.mail.remove(mail):
                raise Conflict(IN_HAND)
            if mail.link is not None:
                store.links.close(mail.link, change.now)
            self._note(change, Action.DISCARD_MAIL, kept)

        self.transactions.write(caller, work)

    def _reached(self, change: Change, id: str) -> Kept:
        """One within the caller's limits. Raises NotFound, Forbidden."""
        kept = change.store.mail.get(id)
        if kept is None:
            raise NotFound(f'There is no mail "{id[:100]}".')
        permission = Permission.MAIL_WRITE
        guards.require_reach(change.caller, change.store, permission, self.users, kept.user)
        return kept

    def _note(self, change: Change, action: Action, kept: Kept) -> None:
        change.note(action, self.users, kept.user, {"mail": kept.mail.template})
