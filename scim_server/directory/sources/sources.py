"""Sources and their runs, as administrators see, start and confirm them.

What is started waits until a worker that has the source's file takes it: see queue.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from scim_server.directory.callers import Caller
from scim_server.directory.change import Change
from scim_server.directory.events import Action
from scim_server.directory.sources.queue import last_asked, waits
from scim_server.directory.sources.runs import Mode, Registered, Run, RunStore, State
from scim_server.directory.sources.schedule import next_runs
from scim_server.directory.transactions import Transactions
from scim_server.protocol.errors import Conflict
from scim_server.protocol.schema import Document
from scim_server.protocol.values import stamp

KIND = "Source"
"""How events name them."""
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Shown:
    """A source, with the run that was asked for last.

    due:         when its schedules ask for the next one, or have asked; None: they never do
    unconfirmed: id of the run that guards have stopped, until somebody confirms it
    """

    source: Registered
    last: Run | None
    due: str | None
    unconfirmed: str | None


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """A part of what there is; ``total`` of all pages, ``more``: another one follows."""

    items: Sequence[Item]
    total: int
    more: bool


@dataclass(frozen=True, slots=True)
class Sources:
    """The sources of a tenant that some node has the files of, or had."""

    transactions: Transactions

    def every(self, caller: Caller) -> list[Shown]:
        """All, by name."""
        with self.transactions.store.snapshot(caller.tenant) as reader:
            return [self._shown(reader.runs, source) for source in reader.runs.sources()]

    def one(self, caller: Caller, name: str) -> Shown:
        """Raises NotFound."""
        with self.transactions.store.snapshot(caller.tenant) as reader:
            return self._shown(reader.runs, reader.runs.source(name))

    def runs(self, caller: Caller, source: str | None, after: str | None, limit: int) -> Page[Run]:
        """Of one or all, newest first; ``after``: the id of a run. Raises NotFound."""
        with self.transactions.store.snapshot(caller.tenant) as reader:
            if source is not None:
                reader.runs.source(source)
            found = reader.runs.page(source, after, limit + 1)
            return Page(found[:limit], reader.runs.count(source), len(found) > limit)

    def run(self, caller: Caller, id: str) -> Run:
        """Raises NotFound."""
        with self.transactions.store.reading(caller.tenant) as reader:
            return reader.runs.get(id)

    def plan(self, caller: Caller, id: str, start: int, limit: int) -> Page[Document]:
        """Steps that a run kept, from a number on: those of a dry run, or of one that was stopped.

        Who leaves is called as the resource is now. Raises NotFound.
        """
        with self.transactions.store.snapshot(caller.tenant) as reader:
            reader.runs.get(id)
            found = reader.runs.steps(id, start, limit + 1)
            names = reader.census.displays([s["resource"] for s in found if "resource" in s])
            steps = [
                {"display": names.get(step.get("resource", ""))} | step for step in found[:limit]
            ]
            return Page(steps, reader.runs.count_steps(id), len(found) > limit)

    def start(self, caller: Caller, name: str, mode: Mode) -> Run:
        """Let a run wait. Raises NotFound, Conflict: another one waits already, or goes on."""

        def work(change: Change) -> Run:
            runs = change.store.runs
            if runs.lock_source(name).run is not None:
                raise Conflict(f'A run of "{name}" is going on.')
            if waits(runs, name):
                raise Conflict(f'A run of "{name}" waits already for a worker.')
            run = _asked(change, name, mode)
            runs.put(run)
            change.record(Action.START_RUN, KIND, name, {"run": run.id, "mode": mode.value})
            return run

        return self.transactions.write(caller, work)

    def confirm(self, caller: Caller, id: str) -> Run:
        """Let a full run wait that may take away what that one was stopped over; returns it.

        Raises NotFound, Conflict: nothing awaits confirmation.
        """

        def work(change: Change) -> Run:
            runs = change.store.runs
            name = runs.get(id).source
            runs.lock_source(name)
            stopped = runs.get(id)
            if stopped.state is not State.AWAITING_CONFIRMATION:
                raise Conflict(f"This run awaits no confirmation: it is {stopped.state}.")
            run = replace(_asked(change, name, Mode.FULL), confirms=id)
            runs.put(replace(stopped, state=State.CONFIRMED, confirmed_by=run.asked_by))
            runs.put(run)
            change.record(Action.CONFIRM_RUN, KIND, name, {"run": id})
            return run

        return self.transactions.write(caller, work)

    def _shown(self, runs: RunStore, source: Registered) -> Shown:
        last = next(iter(runs.page(source.name, None, 1)), None)
        ticks = next_runs(source, last_asked(runs, source, self.transactions.clock()))
        due = stamp(min(ticks.values())) if ticks else None
        stopped = runs.of_state(State.AWAITING_CONFIRMATION, source.name)
        unconfirmed = next((run.id for run in stopped), None)
        return Shown(source, last, due, unconfirmed)


def _asked(change: Change, source: str, mode: Mode) -> Run:
    actor = change.caller.actor
    id = change.new_id()
    return Run(id, source, mode, State.WAITING, actor.client, change.now, asked_by_id=actor.id)
