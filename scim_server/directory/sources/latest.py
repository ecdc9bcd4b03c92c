"""Where every source of every tenant stands: for whoever is to be told that one does not."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from scim_server.directory.ports import ResourceStore
from scim_server.directory.sources.runs import Mode, Run, State


class SourceTenants(Protocol):
    """Which tenants have sources."""

    def numbers(self) -> Sequence[int]:
        """In one statement. Raises Unavailable."""


@dataclass(frozen=True, slots=True)
class Latest:
    """Of one source: the last run that was done, and how many wait for somebody to confirm them."""

    tenant: int
    source: str
    done: Run | None
    unconfirmed: int


@dataclass(frozen=True, slots=True)
class LatestRuns:
    """Looked up in the database, whichever process carries them out."""

    store: ResourceStore
    tenants: SourceTenants

    def every(self) -> Iterator[Latest]:
        """Raises Unavailable."""
        modes, states = frozenset(Mode) - {Mode.DRY_RUN}, (State.DONE,)
        for tenant in self.tenants.numbers():
            with self.store.snapshot(tenant) as reader:
                runs = reader.runs
                stopped = [run.source for run in runs.of_state(State.AWAITING_CONFIRMATION, None)]
                for source in runs.sources():
                    done = runs.last(source.name, modes, states)
                    yield Latest(tenant, source.name, done, stopped.count(source.name))
