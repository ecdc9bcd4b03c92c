"""The whole plan of one run, before anything is done."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from scim_server.directory.ports import ResourceStore
from scim_server.directory.sources.runs import Registered
from scim_server.protocol.schema import ResourceType
from scim_server.sync.comparing import Comparing
from scim_server.sync.departures import Departures
from scim_server.sync.entries import Reading, SourceFault
from scim_server.sync.guards import Guards
from scim_server.sync.mapping.mapped import Mapped
from scim_server.sync.outcomes import Outcomes
from scim_server.sync.plan import GIVEN_BACK, Taking
from scim_server.sync.policy import Leavers
from scim_server.sync.renaming import Renaming
from scim_server.sync.spool import Spool

MOST_MOVED = 1_000
"""If more seem to be gone, that is for guards to look at, not for the source to be asked about."""


@dataclass(slots=True)
class Plan:
    """Steps of a run, and what the guards look at.

    leavers, steps: leavers, and all others
    leaders:   names that joiners refer to
    renaming:  names that mean somebody else than is stored
    departing: by kind, what is taken from whom, or given back
    standing:  by kind, how many the source had here
    is_complete: whether it could be told of every kind who has left
    """

    leavers: Spool = field(default_factory=Spool)
    steps: Spool = field(default_factory=Spool)
    leaders: set[str] = field(default_factory=set)
    renaming: Renaming = field(default_factory=Renaming)
    departing: dict[str, list[Taking]] = field(default_factory=dict)
    standing: dict[str, int] = field(default_factory=dict)
    is_complete: bool = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.leavers.close()
        self.steps.close()

    def excess(self, guards: Guards, confirmed: Mapping[str, Collection[Taking]]) -> str | None:
        """Why the guards stop it; None: they do not, or somebody has confirmed it all."""
        found = []
        for kind, takings in self.departing.items():
            if set(takings) <= set(confirmed.get(kind, ())):
                continue
            back = sum(what == GIVEN_BACK for _, what in takings)
            away, standing = len(takings) - back, self.standing[kind]
            if why := guards.excess(away, standing):
                found.append(f"take away {why} ({kind})")
            if why := guards.excess(back, standing):
                found.append(f"bring back {why} ({kind})")
        return " and ".join(found) or None


@dataclass(slots=True)
class Planning:
    """Makes the plan of one run.

    tell: is told how many entries of a kind have been read
    """

    store: ResourceStore
    tenant: int
    source: Registered
    leavers: Leavers
    adopt: Collection[str]
    now: datetime
    outcomes: Outcomes
    tell: Callable[[str, int], None]

    def add(self, plan: Plan, kind: ResourceType, mapped: Mapped, reading: Reading) -> None:
        """What is to be done about one kind. Raises SourceFault, Unavailable."""
        comparing = Comparing(
            self.store,
            self.tenant,
            kind,
            mapped,
            self.source,
            self.adopt,
            self.outcomes,
            plan.renaming,
        )
        for done in comparing.compare(reading.entries(kind.name), plan.steps):
            self.tell(kind.name, done)
        departures = Departures(
            self.store, self.tenant, self.source.name, kind, self.leavers, self.now
        )
        with self.store.snapshot(self.tenant) as reader:
            stands = reader.anchors.stands(self.source.name, kind.name)
        there = self._there(reading, comparing, stands, plan)
        if there is None:
            # Nobody leaves who has not left before.
            plan.is_complete = False
            there = comparing.seen | {id for id, is_here in stands.items() if is_here}
        departures.find(stands, there, plan.leavers)
        plan.leaders |= comparing.leaders
        plan.departing[kind.name] = departures.departing + comparing.takings
        plan.standing[kind.name] = departures.standing

    def _there(
        self, reading: Reading, comparing: Comparing, stands: Mapping[str, bool], plan: Plan
    ) -> Collection[str] | None:
        """The ids of all entries that the source has; None: it cannot be told who has left."""
        there, kind = self._looked_again(reading, comparing, stands, plan), comparing.kind
        # Of groups there may be none; if there were some, the guards look at it.
        if there == set() and not comparing.nameless and kind.storage.status is not None:
            raise SourceFault(f"The source has no {kind.name} at all: this cannot be right.")
        if comparing.nameless or there is None:
            why = "it cannot be told who is there still"
            if comparing.nameless:
                why = f"{comparing.nameless:,} without an id"
            why += ": nobody leaves in this run"
            self.outcomes.leave_out(kind.name, None, self.source.name, why)
            return None
        return there

    def _looked_again(
        self, reading: Reading, comparing: Comparing, stands: Mapping[str, bool], plan: Plan
    ) -> Collection[str] | None:
        """Likewise; who was missed by the reading and is there, is read by id."""
        seen, kind = comparing.seen, comparing.kind.name
        missing = {id for id, is_here in stands.items() if is_here} - seen
        if reading.is_whole and not missing:
            return seen
        present = reading.present(kind)
        if present is None:
            return seen if reading.is_whole else None
        there = set(present)
        # Who moves from one place to another while a source is read, may be in neither.
        if reading.is_whole:
            again = missing & there
        else:
            again = missing - there if len(missing) <= MOST_MOVED else set()
            again |= {id for id in there if not stands.get(id)} - seen
            again |= self._misnamed(comparing.kind, plan.renaming) & there - seen
        for _ in comparing.compare(reading.entries_of(kind, again) if again else (), plan.steps):
            pass
        return seen | there

    def _misnamed(self, kind: ResourceType, renaming: Renaming) -> set[str]:
        """Entries that have not changed, and by whose names somebody else is meant now."""
        if not renaming.former or not kind.storage.members:
            return set()
        with self.store.snapshot(self.tenant) as reader:
            former = set(renaming.former.values())
            return set(reader.anchors.holding(self.source.name, kind.name, former))
