"""Sources as this server knows them, and the runs by which they are brought in.

Whoever runs them reads their files; here is what all nodes share and administrators see.
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from scim_server.protocol.schema import Document


class OnChange(StrEnum):
    """What becomes of a change that somebody else makes to what a source owns."""

    REFUSE = "refuse"
    OVERWRITE = "overwrite"


class Mode(StrEnum):
    """What a run reads, and whether it changes anything."""

    INCREMENTAL = "incremental"
    FULL = "full"
    DRY_RUN = "dry run"


class State(StrEnum):
    """How far a run is."""

    WAITING = "waiting"
    RUNNING = "running"
    AWAITING_CONFIRMATION = "awaiting confirmation"
    CONFIRMED = "confirmed"
    SUPERSEDED = "superseded"
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


TO_THE_END = frozenset(State) - {State.INTERRUPTED}
"""All but the one whose run is to be made up for."""


@dataclass(frozen=True, slots=True)
class Registered:
    """A source, as the node that runs it has told.

    type:      ldap, feed or scim
    shown_as:  ``source`` of the accounts that it makes
    schedules: cron expressions of incremental and of full runs; None: only when asked
    owned:     by kind, the attributes that it writes, as events name them
    mark:      from where its next incremental run goes on
    run:       id of the run that it is busy with
    """

    name: str
    type: str
    shown_as: str
    schedule: str | None = None
    full_schedule: str | None = None
    time_zone: str = "UTC"
    owned: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    on_change: OnChange = OnChange.REFUSE
    mark: str | None = None
    run: str | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """One pass over a source. Instants as in directory/ports.py.

    asked_by:    who, by name; asked_by_id: the id of the client or user
    counts:      by kind, of joiners, movers, leavers, …: see sync/outcomes.py
    detail:      why it failed or stopped
    told:        entries that were left out and why, the first hundred
    confirms:    id of the run whose departures this one may carry out
    confirmed_by: who said so, of a run that was confirmed
    """

    id: str
    source: str
    mode: Mode
    state: State
    asked_by: str
    asked: str
    asked_by_id: str | None = None
    started: str | None = None
    ended: str | None = None
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    detail: str | None = None
    told: Sequence[Document] = ()
    confirms: str | None = None
    confirmed_by: str | None = None


class RunStore(Protocol):
    """Sources, runs and their plans of a tenant, in one connection or transaction."""

    def sources(self) -> list[Registered]:
        """All, by name."""

    def find_source(self, name: str) -> Registered | None:
        """None: nobody has run it yet."""

    def source(self, name: str) -> Registered:
        """Raises NotFound."""

    def lock_source(self, name: str) -> Registered:
        """Likewise, kept from every other writer until the end of the transaction."""

    def put_source(self, source: Registered) -> None:
        """Add it, or change the one of its name."""

    def remove_source(self, name: str) -> None:
        """Remove it, of which no anchor is left, with its runs and their plans."""

    def get(self, id: str) -> Run:
        """Raises NotFound."""

    def page(self, source: str | None, after: str | None, limit: int) -> list[Run]:
        """Newest first, those before the run with that id; of all sources, or one."""

    def count(self, source: str | None) -> int:
        """How many there are of all sources, or one."""

    def of_state(self, state: State, source: str | None) -> list[Run]:
        """Of all sources, or one; the oldest first."""

    def last(self, source: str, modes: Collection[Mode], states: Collection[State]) -> Run | None:
        """Of those of these modes and states, the run that was asked for last."""

    def put(self, run: Run) -> None:
        """Add it, or change the one of its id."""

    def add_steps(self, run: str, start: int, steps: Sequence[Document]) -> None:
        """Keep a part of a plan; ``start``: the number of its first step."""

    def steps(self, run: str, start: int, limit: int) -> list[Document]:
        """Some of a plan, from a number on."""

    def count_steps(self, run: str) -> int:
        """How many of a plan were kept."""

    def forget(self, before: datetime, most: int) -> int:
        """Remove the oldest of the runs that ended before, with their plans; returns how many.

        Of each source, mode and state the last stays: by it the next run is due.
        """


class Running(Exception):
    """Another run of the source is going on, in whatever process or node."""


class Lost(Exception):
    """The lock is gone with its connection: another run may have begun."""


class Lock(Protocol):
    """The turn of one run, used by the thread that has it. It ends with the process."""

    def require(self) -> None:
        """Raises Lost."""


class Locks(Protocol):
    """Let one run of a source go on at a time, whoever starts it and wherever."""

    def held(self, tenant: int, source: str) -> AbstractContextManager[Lock]:
        """Until the end of the block. Raises Running, Unavailable; never waits."""
