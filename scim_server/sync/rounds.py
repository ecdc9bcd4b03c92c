"""What a worker does about sources, round after round: asks for runs that are due, and runs what
waits. Any number of workers may do so: whoever has the lock of a source, runs it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from structlog import get_logger

from scim_server.directory.sources.queue import Queue
from scim_server.directory.sources.runs import Run, Running
from scim_server.directory.worker import TenantNumbers
from scim_server.protocol.errors import NotFound
from scim_server.sync.faults import BadSources
from scim_server.sync.files.sources import SourceFile, SourceFiles
from scim_server.sync.run import Job, Runner

log = get_logger("scim_server.sync")


@dataclass(frozen=True, slots=True)
class Seen:
    """A sound file, as it was read; ``changed``: when somebody wrote it last."""

    file: SourceFile
    tenant: int
    changed: datetime


@dataclass(slots=True)
class Rounds:
    """The sources of one folder, whose files are read again when they change.

    stopping: whether somebody wants the process to end
    count:    is told what each run came to, by its tenant
    """

    files: SourceFiles
    tenants: TenantNumbers
    queue: Queue
    runner: Runner
    stopping: Callable[[], bool]
    count: Callable[[int, Run], object]
    _seen: dict[str, Seen] = field(default_factory=dict, init=False)
    _told: dict[str, list[str]] = field(default_factory=dict, init=False)

    def run(self) -> int:
        """Run what is due or waits; returns how many runs came to an end. Raises Unavailable."""
        seen = self._look()
        for each in seen:
            self._ask_due(each)
        waiting = [
            (each, run) for each in seen for run in self.queue.waiting(each.tenant, each.file.name)
        ]
        return sum(self._run(each, run) for each, run in waiting)

    def _ask_due(self, seen: Seen) -> None:
        try:
            self.queue.ask_due(seen.tenant, seen.file.name, seen.changed)
        except NotFound:
            # Given up, and its file is there: the next round makes it known again.
            self._seen.pop(seen.file.name, None)

    def tidy(self) -> int:
        """End the runs whose processes are gone; returns how many. Raises Unavailable."""
        locks = self.runner.locks
        return sum(
            self.queue.end_dead(each.tenant, name, locks) for name, each in self._seen.items()
        )

    def _look(self) -> list[Seen]:
        """The sound ones; what is wrong with the others is told once, and again if it changes."""
        tenants = self.tenants.tenants()
        found, told = [], dict[str, list[str]]()
        names = self._names(told)
        for name in self._seen.keys() - names:
            del self._seen[name]
        for name in names:
            try:
                found.append(self._read(name, tenants))
            except BadSources as bad:
                told[name] = bad.faults
        for name, faults in told.items():
            if self._told.get(name) != faults:
                log.error("source unusable", source=name, faults=faults)
        self._told = told
        return found

    def _names(self, told: dict[str, list[str]]) -> list[str]:
        try:
            return self.files.names()
        except BadSources as bad:
            told[""] = bad.faults
            return []

    def _read(self, name: str, tenants: Mapping[str, int]) -> Seen:
        """As it is known, or read and made known. Raises BadSources, Unavailable."""
        changed = self.files.changed(name)
        seen = self._seen.get(name)
        if seen is None or seen.changed != changed:
            file = self.files.read(name)
            if file.tenant not in tenants:
                raise BadSources([f'{name}.toml: tenant: there is no tenant "{file.tenant}"'])
            seen = Seen(file, tenants[file.tenant], changed)
            self.queue.register(seen.tenant, file.registered())
            self._seen[name] = seen
        return seen

    def _run(self, seen: Seen, run: Run) -> int:
        if self.stopping():
            return 0
        try:
            # Its secrets may be others by now, without a change of the file.
            file = self.files.read(seen.file.name)
            source = file.source(self.queue.transactions.clock)
            job = Job(file, source, run, seen.tenant, stopping=self.stopping)
            ended = self.runner.run(job)
        except BadSources:
            # The next round tells what is wrong.
            self._seen.pop(seen.file.name, None)
            return 0
        except Running:
            return 0
        self.count(seen.tenant, ended)
        log.info(
            "run ended",
            source=ended.source,
            run=ended.id,
            mode=ended.mode,
            state=ended.state,
            detail=ended.detail,
            counts=ended.counts,
        )
        return 1
