"""One run: read a source to its end, plan, ask the guards, apply, and remember where it stopped.

Nothing is changed before all is read and planned. What is applied, is applied once: each entry has
its anchor in the transaction that brings it in, so that whoever is killed simply runs again.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TypeVar

import orjson
from structlog import get_logger

from scim_server.directory.callers import ACCOUNTS, Caller
from scim_server.directory.change import Change
from scim_server.directory.events import Actor
from scim_server.directory.sources.queue import (
    ask_again,
    interrupt,
    is_taken,
    register,
    supersede,
)
from scim_server.directory.sources.runs import (
    Lock,
    Locks,
    Lost,
    Mode,
    Registered,
    Run,
    Running,
    RunStore,
    State,
)
from scim_server.directory.transactions import Transactions
from scim_server.protocol.errors import ScimError
from scim_server.protocol.intake import Strict
from scim_server.protocol.schema import Registry, ResourceType
from scim_server.sync.applying import Applying
from scim_server.sync.carrying import Carrying
from scim_server.sync.entries import Asked, Source, SourceFault
from scim_server.sync.files.sources import SourceFile
from scim_server.sync.keeping import (
    confirmed,
    foresee,
    keep,
    stopped,
)
from scim_server.sync.outcomes import Outcomes
from scim_server.sync.plan import Taking
from scim_server.sync.planning import Plan, Planning
from scim_server.sync.turn import Overtaken, own_source

log = get_logger("scim_server.sync")


class Stage(StrEnum):
    """What is being done to entries."""

    READ = "read"
    APPLIED = "applied"


Tell = Callable[[str, Stage, int], None]
"""Is told how many entries of a kind are through a stage."""
Done = TypeVar("Done")


class Stopped(Exception):
    """Somebody has asked the process to end."""


class Sourced(Strict):
    """How what a source says is met."""

    def may_leave_out(self) -> bool:
        """Who is deprovisioned here is no member, whatever the source says; the others are."""
        self.used.add("unknown_members")
        return True


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be run.

    adopt:    ids of entries that may take over the accounts whose names they have
    stopping: whether somebody wants the process to end
    """

    file: SourceFile
    source: Source
    run: Run
    tenant: int
    adopt: frozenset[str] = frozenset()
    tell: Tell = lambda _kind, _stage, _done: None
    stopping: Callable[[], bool] = lambda: False


@dataclass(frozen=True, slots=True)
class Runner:
    """Runs jobs, one of a source at a time, on whatever node."""

    transactions: Transactions
    registry: Registry
    locks: Locks

    def run(self, job: Job) -> Run:
        """Carry a job out; how it ended is told in the run.

        Raises Running: another one of the source goes on, or somebody has taken this very one;
        Unavailable.
        """
        with self.locks.held(job.tenant, job.file.name) as lock:
            return _Pass(self, job, lock).carry_out()


@dataclass(slots=True)
class _Pass:
    """One job under its lock."""

    runner: Runner
    job: Job
    lock: Lock
    outcomes: Outcomes = field(default_factory=Outcomes)
    supersedes: Collection[Mode] = field(default=(), init=False)
    run: Run = field(init=False)
    source: Registered = field(init=False)
    caller: Caller = field(init=False)

    def __post_init__(self) -> None:
        file, self.run = self.job.file, self.job.run
        actor = Actor(f"sync {file.name}", self.run.id)
        scopes = frozenset({"*:write", ACCOUNTS})
        self.caller = Caller(
            self.job.tenant, actor, scopes, Sourced(), source=file.shown_as, authority=file.name
        )

    def carry_out(self) -> Run:
        self.source = self._write(self._begun)
        try:
            return self._ended()
        except (Overtaken, Lost):
            # Whoever has the source now, writes what becomes of it.
            log.warning("run overtaken", source=self.job.file.name, run=self.run.id)
            return replace(self.run, state=State.INTERRUPTED)

    def _ended(self) -> Run:
        """Raises Overtaken, Lost, Unavailable."""
        try:
            return self._end(*self._work())
        except SourceFault as fault:
            return self._end(State.FAILED, str(fault))
        except ScimError as fault:
            return self._end(State.FAILED, fault.detail)
        except Stopped:
            return self._end(State.INTERRUPTED, "The process was asked to end.")
        except (Overtaken, Lost):
            raise
        except Exception:
            # Not left to be begun anew for ever.
            self._end(State.FAILED, "This server has a defect: see its log.")
            raise

    def _begun(self, change: Change) -> Registered:
        runs, asked = change.store.runs, self.job.run
        if asked.state is State.WAITING and is_taken(runs, asked.id):
            raise Running
        source = self._registered(runs)
        # Whoever it was busy with, has lost the lock, and so is gone.
        interrupt(change, source.name)
        source = replace(source, run=asked.id)
        self.run = replace(asked, state=State.RUNNING, started=change.now)
        runs.put_source(source)
        runs.put(self.run)
        return source

    def _registered(self, runs: RunStore) -> Registered:
        """A dry run changes nothing: neither does it say who may write what."""
        known = runs.find_source(self.job.file.name)
        if known is not None and self.run.mode is Mode.DRY_RUN:
            return known
        return register(runs, self.job.file.registered())

    def _work(self) -> tuple[State, str | None, str | None]:
        """How it ended, why, and the mark of the next run where that is another one."""
        transactions, job = self.runner.transactions, self.job
        write, registry = self._write, self.runner.registry
        with job.source.reading(self._asked()) as reading, Plan() as plan:
            planning = Planning(
                transactions.store,
                job.tenant,
                self.source,
                job.file.leavers,
                job.adopt,
                transactions.clock(),
                self.outcomes,
                self._has_read,
            )
            for kind in self._kinds():
                planning.add(plan, kind, job.file.mapped[kind.name], reading)
            mark = reading.mark()
            excess = plan.excess(job.file.guards, self._confirmed())
            if self.run.mode is Mode.DRY_RUN:
                keep(write, registry, self.run, plan)
                foresee(plan, self.outcomes)
                return State.DONE, excess and f"A run would stop, since it would {excess}.", None
            # What has not changed, a run that reads changes only has not looked at.
            modes = list(Mode) if reading.is_whole else [Mode.INCREMENTAL]
            if excess:
                state, why = stopped(write, registry, self.run, plan, excess, modes)
                return state, why, None
            self._apply(plan)
            self.supersedes = modes if plan.is_complete else []
            return State.DONE, None, self._marked(mark)

    def _kinds(self) -> Iterator[ResourceType]:
        """Users before the groups that they are in."""
        kinds = self.runner.registry.kinds.values()
        known = [kind for kind in kinds if kind.name in self.job.file.mapped]
        yield from sorted(known, key=lambda kind: kind.storage.members is not None)

    def _asked(self) -> Asked:
        if self.run.mode is not Mode.INCREMENTAL or self.source.mark is None:
            return Asked()
        kept = orjson.loads(self.source.mark)
        if kept["mapping"] != self.job.file.digest:
            return Asked()
        again: dict[str, set[str]] = {kind: set(ids) for kind, ids in kept["again"].items()}
        with self.runner.transactions.store.snapshot(self.job.tenant) as reader:
            for kind in self._kinds():
                found = reader.anchors.unsettled(self.source.name, kind.name)
                again.setdefault(kind.name, set()).update(found)
        return Asked(kept["mark"], again)

    def _marked(self, mark: str | None) -> str | None:
        """The source's mark, and what is to be asked for again whatever it says."""
        if mark is None or self.outcomes.forgets:
            return None
        kept = {"mark": mark, "again": self.outcomes.again, "mapping": self.job.file.digest}
        return orjson.dumps(kept).decode()

    def _confirmed(self) -> Mapping[str, frozenset[Taking]]:
        if self.run.confirms is None:
            return {}
        with self.runner.transactions.store.snapshot(self.job.tenant) as reader:
            return confirmed(reader.runs, self.run.confirms)

    def _apply(self, plan: Plan) -> None:
        applying = Applying(
            self.runner.transactions,
            self.caller,
            self.source,
            self.run.id,
            self.outcomes,
            plan.renaming,
        )
        kinds = {kind.name: kind for kind in self._kinds()}
        Carrying(kinds, applying, self._may_go_on, self._has_applied).carry_out(plan)

    def _may_go_on(self) -> None:
        """Raises Stopped, Lost."""
        if self.job.stopping():
            raise Stopped
        self.lock.require()

    def _has_read(self, kind: str, done: int) -> None:
        self._may_go_on()
        self.job.tell(kind, Stage.READ, done)

    def _has_applied(self, kind: str, done: int) -> None:
        self.job.tell(kind, Stage.APPLIED, done)

    def _end(self, state: State, detail: str | None, mark: str | None = None) -> Run:
        is_done = state is State.DONE and self.run.mode is not Mode.DRY_RUN

        def work(change: Change) -> Run:
            runs = change.store.runs
            source = own_source(change, self.source.name, self.run.id)
            run = replace(
                self.run,
                state=state,
                ended=change.now,
                detail=detail,
                counts=self.outcomes.shown(),
                told=tuple(self.outcomes.told),
            )
            runs.put(run)
            supersede(runs, run, self.supersedes)
            if state in (State.FAILED, State.INTERRUPTED):
                ask_again(runs, run)
            kept = mark if is_done else source.mark
            runs.put_source(replace(source, run=None, mark=kept))
            return run

        return self._write(work)

    def _write(self, work: Callable[[Change], Done]) -> Done:
        return self.runner.transactions.write(self.caller, work)
