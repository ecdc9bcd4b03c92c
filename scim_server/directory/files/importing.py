"""Many accounts made or changed from a file: judged chunk by chunk first, and then written.

Judging needs no lock, so that nobody waits for it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from enum import StrEnum
from functools import partial
from itertools import islice
from typing import TypeVar

from scim_server.directory.accounts.accounts import Accounts, acting
from scim_server.directory.callers import Caller
from scim_server.directory.change import Change
from scim_server.directory.files.applying import Applying, Stale
from scim_server.directory.files.judging import Judge, Judged
from scim_server.directory.files.outcomes import Plan, Report
from scim_server.directory.files.pile import Pile
from scim_server.directory.files.sheets import Line
from scim_server.directory.signing.passwords import Passwords
from scim_server.protocol.errors import ScimError, Unavailable

CHUNK = 1000
"""Lines that are judged and written at once."""
ATTEMPTS = 5
"""To write before anybody changes what was judged."""

Lines = Callable[[], Iterator[Line]]
"""Reads the file from its beginning, each time anew."""


class Stage(StrEnum):
    """What is being done to the lines."""

    JUDGED = "judged"
    WRITTEN = "written"


Item = TypeVar("Item")
Chunks = Iterable[tuple[int, Sequence[Item]]]
"""Each with the number of lines of the file up to its end."""
Done = TypeVar("Done")
Tell = Callable[[Stage, int], None]
"""Is told how many lines are through a stage."""


class Undone(Exception):
    """A line was refused, or this was a dry run: nothing is applied."""


def _untold(_stage: Stage, _done: int) -> None:
    """Of what is undone again."""


class Imports:
    """Imports files of accounts."""

    def __init__(self, accounts: Accounts, passwords: Passwords) -> None:
        self.accounts = accounts
        self.passwords = passwords
        self.transactions = accounts.transactions

    def run(self, caller: Caller, lines: Lines, plan: Plan, tell: Tell) -> Report:
        """Import a file.

        Nothing is applied where the report says that lines were refused, unless the plan skips
        them: then each chunk is a transaction of its own, and the report says what put an end to
        that, once something is written. Raises what reading the file raises, and Unavailable.
        """
        caller = acting(caller)
        if plan.dry_run or plan.skip_bad:
            return self._piecewise(Judge(self.accounts, caller, plan), lines, tell)
        return _settled(lambda: self._whole(Judge(self.accounts, caller, plan), lines, tell))

    def _whole(self, judge: Judge, lines: Lines, tell: Tell) -> Report:
        """In one transaction. Raises Stale."""
        with Pile() as pile:
            for done, chunk in _chunks(lines):
                pile.put(done, self._hashed(self._judged(judge, chunk)))
                tell(Stage.JUDGED, done)
            if not judge.report.refused:
                self._write(judge, pile, tell)
                return judge.report
            # Others wait for a chunk of it at most, since it is only to tell all that is bad.
            for piece in pile:
                self._write(judge, [piece], _untold)
        return judge.report

    def _piecewise(self, judge: Judge, lines: Lines, tell: Tell) -> Report:
        report = judge.report
        try:
            for done, chunk in _chunks(lines):
                _settled(partial(self._piece, judge, (done, chunk), tell))
                report.through = chunk[-1].number
        except ScimError as fault:
            if report.plan.dry_run or not report.through:
                raise
            report.fault = fault
        return report

    def _piece(self, judge: Judge, piece: tuple[int, Sequence[Line]], tell: Tell) -> None:
        """In a transaction of its own, which a dry run does not commit. Raises Stale."""
        mark, (done, chunk) = judge.report.mark(), piece
        is_dry = judge.report.plan.dry_run
        try:
            judged = self._judged(judge, chunk)
            tell(Stage.JUDGED, done)
            made = judged if is_dry else self._hashed(judged)
            self._write(judge, [(done, made)], _untold if is_dry else tell)
        except (Stale, ScimError):
            judge.report.back(mark)
            raise

    def _write(self, judge: Judge, pile: Chunks[Judged], tell: Tell) -> None:
        """Raises Stale."""
        report, plan = judge.report, judge.report.plan
        mark, applying = report.mark(), Applying(self.accounts, report)

        def work(change: Change) -> None:
            report.back(mark)
            for done, judged in pile:
                applying.write(change, judged)
                tell(Stage.WRITTEN, done)
            if plan.dry_run or (report.refused and not plan.skip_bad):
                raise Undone

        with suppress(Undone):
            self.transactions.write(judge.caller, work)

    def _judged(self, judge: Judge, chunk: Sequence[Line]) -> list[Judged]:
        with self.transactions.store.snapshot(judge.caller.tenant) as reader:
            return judge.judge(reader, chunk)

    def _hashed(self, judged: Sequence[Judged]) -> list[Judged]:
        """With hashes for passwords, which are kept nowhere. Raises Unavailable."""
        hashes = iter(self.passwords.hash_all(e.line.password for e in judged if e.line.password))
        return [
            replace(each, line=replace(each.line, password=None), hashed=next(hashes))
            if each.line.password
            else each
            for each in judged
        ]


def _settled(work: Callable[[], Done]) -> Done:
    """Work that judges, and again when that is stale. Raises Unavailable."""
    for _ in range(ATTEMPTS):
        with suppress(Stale):
            return work()
    raise Unavailable("Too many changes to the same accounts at once.", retry_after=1)


def _chunks(lines: Lines) -> Chunks[Line]:
    source, done = lines(), 0
    while chunk := list(islice(source, CHUNK)):
        done += len(chunk)
        yield done, chunk
