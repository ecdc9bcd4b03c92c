"""Runs that wait, for whoever can carry them out: asked for by schedules and by administrators."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from scim_server.directory.callers import system
from scim_server.directory.change import Change
from scim_server.directory.events import Actor
from scim_server.directory.sources.runs import (
    TO_THE_END,
    Locks,
    Mode,
    Registered,
    Run,
    Running,
    RunStore,
    State,
)
from scim_server.directory.sources.schedule import SCHEDULED, due, expressions, next_runs
from scim_server.directory.transactions import Transactions
from scim_server.protocol.errors import NotFound
from scim_server.protocol.values import moment

SCHEDULE = Actor("schedule", "")
MOST_FORGOTTEN = 100
"""Runs of one transaction: each may have a plan of many thousand steps."""


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits in a tenant, and in which order it came."""

    transactions: Transactions

    def register(self, tenant: int, source: Registered) -> None:
        """Let all nodes know what the file of a source says now."""

        def work(change: Change) -> None:
            register(change.store.runs, source)

        self.transactions.write(system(tenant), work)

    def ask_due(self, tenant: int, source: str, since: datetime) -> Run | None:
        """Let the run wait that the schedules ask for now, unless one waits or goes on already.

        However many ask: one run waits.

        Args: since: from when on they count, where the source has never run
        Raises: NotFound, Unavailable
        """
        with self.transactions.store.snapshot(tenant) as reader:
            if self._due(reader.runs, reader.runs.source(source), since) is None:
                return None

        def work(change: Change) -> Run | None:
            runs = change.store.runs
            mode = self._due(runs, runs.lock_source(source), since)
            if mode is None:
                return None
            asked_by = SCHEDULE.client
            run = Run(change.new_id(), source, mode, State.WAITING, asked_by, change.now)
            runs.put(run)
            return run

        return self.transactions.write(system(tenant, SCHEDULE), work)

    def waiting(self, tenant: int, source: str) -> list[Run]:
        """The oldest first."""
        with self.transactions.store.reading(tenant) as reader:
            return reader.runs.of_state(State.WAITING, source)

    def end_dead(self, tenant: int, source: str, locks: Locks) -> int:
        """End a run whose process is gone; returns how many there were. Raises Unavailable."""
        with self.transactions.store.reading(tenant) as reader:
            found = reader.runs.find_source(source)
        if found is None or found.run is None:
            return 0
        try:
            with locks.held(tenant, source):
                return self.transactions.write(
                    system(tenant), lambda change: interrupt(change, source)
                )
        except Running:
            return 0

    def delete_expired_runs(self, tenant: int, now: datetime) -> int:
        """Remove some of the runs that the policy keeps no longer; returns how many."""
        with self.transactions.store.reading(tenant) as reader:
            if not reader.runs.sources():
                return 0
            before = now - timedelta(days=reader.policy.get().retention_days)
        with self.transactions.store.writing(tenant) as writer:
            return writer.runs.forget(before, MOST_FORGOTTEN)

    def _due(self, runs: RunStore, source: Registered, since: datetime) -> Mode | None:
        if source.run is not None or waits(runs, source.name):
            return None
        ticks = next_runs(source, last_asked(runs, source, since))
        return due(ticks, self.transactions.clock())


def register(runs: RunStore, source: Registered) -> Registered:
    """What is known of a source from now on; how far it was read stays."""
    before = runs.find_source(source.name) and runs.lock_source(source.name)
    if before is not None:
        source = replace(source, mark=before.mark, run=before.run)
    if source != before:
        runs.put_source(source)
    return source


def interrupt(change: Change, name: str) -> int:
    """Note that the run that a source was busy with is over; only for who has the lock."""
    runs = change.store.runs
    source = runs.lock_source(name)
    if source.run is None:
        return 0
    run = replace(runs.get(source.run), state=State.INTERRUPTED, ended=change.now)
    runs.put(run)
    ask_again(runs, run)
    runs.put_source(replace(source, run=None))
    return 1


def ask_again(runs: RunStore, run: Run) -> None:
    """What somebody has confirmed, and a run could not carry out, is still confirmed by nobody."""
    if run.confirms is None:
        return
    try:
        before = runs.get(run.confirms)
    except NotFound:
        return  # So long ago that it is forgotten.
    waiting = runs.of_state(State.AWAITING_CONFIRMATION, run.source)
    # A later one asks for more than it did, but for what has not changed.
    is_asked = any(each.mode in (before.mode, Mode.FULL) for each in waiting)
    if before.state is State.CONFIRMED and not is_asked:
        runs.put(replace(before, state=State.AWAITING_CONFIRMATION))


def supersede(runs: RunStore, run: Run, modes: Collection[Mode]) -> None:
    """What runs of these modes before this one would have done, is no longer the question."""
    for each in runs.of_state(State.AWAITING_CONFIRMATION, run.source):
        if each.mode in modes:
            runs.put(replace(each, state=State.SUPERSEDED, detail=f"See run {run.id}."))


def last_asked(runs: RunStore, source: Registered, otherwise: datetime) -> Mapping[Mode, datetime]:
    """For each of its schedules, when a run was asked for last that did as well."""
    found = {
        mode: runs.last(source.name, SCHEDULED[mode], TO_THE_END) for mode in expressions(source)
    }
    return {mode: moment(run.asked) if run else otherwise for mode, run in found.items()}


def is_taken(runs: RunStore, id: str) -> bool:
    """Whether a run waits no more: somebody has begun it, or given its source up."""
    try:
        return runs.get(id).state is not State.WAITING
    except NotFound:
        return True


def waits(runs: RunStore, source: str) -> bool:
    """Whether a run of the source does."""
    return bool(runs.of_state(State.WAITING, source))
