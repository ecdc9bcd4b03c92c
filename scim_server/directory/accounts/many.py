"""The same done to many accounts, each with a result of its own.

A transaction takes a chunk of them, and a savepoint each one: what is refused leaves no trace, and
stops nobody else.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from scim_server.directory.accounts.accounts import Accounts, acting
from scim_server.directory.accounts.lifecycle import Step
from scim_server.directory.accounts.roster import Roster, Wanted
from scim_server.directory.callers import Caller
from scim_server.directory.change import Change
from scim_server.protocol.errors import ScimError, TooMany

CHUNK = 200
"""Accounts of one transaction: others' changes wait no longer than that."""
MOST = 10_000
"""Accounts that one filter may choose."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one account; ``fault``: why it was refused."""

    id: str
    fault: ScimError | None = None

    @property
    def status(self) -> int:
        """As an HTTP status."""
        return 200 if self.fault is None else self.fault.status


class Many:
    """Steps and deletions of many accounts."""

    def __init__(self, accounts: Accounts, roster: Roster) -> None:
        self.accounts = accounts
        self.roster = roster

    def chosen(self, caller: Caller, filter: str) -> list[str]:
        """The ids that a SCIM filter finds. Raises InvalidFilter, TooMany."""
        pages = self.roster.pages(caller, Wanted(filter=filter), CHUNK)
        found = list(islice((each.id for page in pages for each in page), MOST + 1))
        if len(found) > MOST:
            raise TooMany(f"The filter finds more than {MOST} users.")
        return found

    def step(
        self, caller: Caller, ids: Sequence[str], event: Step, reason: str | None
    ) -> Iterator[Result]:
        """Take a step of the life cycle with each. Results come as the chunks are done."""
        users = self.accounts.users

        def one(change: Change, id: str) -> None:
            change.step(users, id, event)

        return self._each(acting(caller, reason), ids, one)

    def delete(self, caller: Caller, ids: Sequence[str]) -> Iterator[Result]:
        """Delete each. Results likewise."""
        users = self.accounts.users

        def one(change: Change, id: str) -> None:
            change.delete(users, id, None)

        return self._each(acting(caller), ids, one)

    def _each(
        self, caller: Caller, ids: Sequence[str], one: Callable[[Change, str], None]
    ) -> Iterator[Result]:
        for start in range(0, len(ids), CHUNK):
            chunk = ids[start : start + CHUNK]

            def work(change: Change, chunk: Sequence[str] = chunk) -> list[Result]:
                return [_result(change, id, one) for id in chunk]

            yield from self.accounts.transactions.write(caller, work)


def _result(change: Change, id: str, one: Callable[[Change, str], None]) -> Result:
    try:
        with change.store.attempt():
            one(change, id)
    except ScimError as fault:
        return Result(id, fault)
    return Result(id)
