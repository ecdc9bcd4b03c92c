"""Many accounts made or changed from a file: judged line by line, written chunk by chunk."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import islice

from scim_server.directory.accounts import Accounts, acting
from scim_server.directory.callers import Caller
from scim_server.directory.change import Change
from scim_server.directory.judging import Judge, Mark, Plan, Report
from scim_server.directory.sheets import Line

CHUNK = 1000
"""Lines that are judged and written at once."""

Lines = Callable[[], Iterator[Line]]
"""Reads the file from its beginning, each time anew."""


class Stopped(Exception):
    """A line was refused, and so nothing is applied."""


class Imports:
    """Imports files of accounts."""

    def __init__(self, accounts: Accounts) -> None:
        self.accounts = accounts
        self.transactions = accounts.transactions

    def run(self, caller: Caller, lines: Lines, plan: Plan, tell: Callable[[int], None]) -> Report:
        """Import a file; ``tell`` is called with the number of lines that are done.

        Nothing is applied where the report says that lines were refused, unless the plan skips
        them: then each chunk is a transaction of its own. Raises what reading the file raises, and
        Forbidden, Unavailable.
        """
        caller = acting(caller)
        if plan.dry_run:
            return self._rehearsed(caller, lines, plan, tell)
        if plan.skip_bad:
            return self._piecewise(caller, lines, plan, tell)
        run = Judge(self.accounts, plan)

        def work(change: Change) -> None:
            run.begin()
            for chunk in _chunks(lines):
                run.write(change, chunk)
                tell(len(chunk))
            if run.report.refused:
                raise Stopped

        with suppress(Stopped):
            self.transactions.write(caller, work)
        return run.report

    def _rehearsed(
        self, caller: Caller, lines: Lines, plan: Plan, tell: Callable[[int], None]
    ) -> Report:
        run = Judge(self.accounts, plan)
        for chunk in _chunks(lines):
            with self.transactions.store.snapshot(caller.tenant) as reader:
                run.judge(reader, chunk)
            tell(len(chunk))
        return run.report

    def _piecewise(
        self, caller: Caller, lines: Lines, plan: Plan, tell: Callable[[int], None]
    ) -> Report:
        run = Judge(self.accounts, plan)
        for chunk in _chunks(lines):
            kept = run.mark()

            def work(change: Change, chunk: Sequence[Line] = chunk, kept: Mark = kept) -> None:
                run.back(kept)
                run.write(change, chunk)

            self.transactions.write(caller, work)
            tell(len(chunk))
        return run.report


def _chunks(lines: Lines) -> Iterator[list[Line]]:
    source = lines()
    while chunk := list(islice(source, CHUNK)):
        yield chunk
