"""Writes what was planned: each entry with its anchor in one transaction, some hundreds at a time.

Whoever is killed between two transactions, runs again, and finds done what is done.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from scim_server.directory.callers import Caller
from scim_server.directory.change import Change
from scim_server.directory.sources.anchors import Anchor
from scim_server.directory.sources.runs import Registered
from scim_server.directory.transactions import Transactions
from scim_server.protocol.errors import Unavailable
from scim_server.protocol.schema import ResourceType
from scim_server.sync.joining import Joining
from scim_server.sync.leaving import Leaving
from scim_server.sync.moving import Moving
from scim_server.sync.outcomes import Outcomes
from scim_server.sync.plan import Join, Leave, Move, Step
from scim_server.sync.portion import Portion, Written, names_in
from scim_server.sync.renaming import Renaming
from scim_server.sync.turn import own_source

FIRST_STOCK = 200
"""Entries after which the database counts them for the first time."""


@dataclass(slots=True)
class Applying:
    """Steps of one run, by one caller.

    unknown: by id, the names in entries of a kind that nobody had when they were written
    counted: ids of those of them that count as joiners or movers already
    """

    transactions: Transactions
    caller: Caller
    source: Registered
    run: str
    outcomes: Outcomes
    renaming: Renaming
    unknown: dict[str, set[str]] = field(default_factory=dict)
    counted: set[str] = field(default_factory=set)
    written: int = 0
    stock: int = FIRST_STOCK

    def begin(self) -> None:
        """Another kind."""
        self.unknown, self.counted = {}, set()

    def write(self, kind: ResourceType, steps: Sequence[Step]) -> None:
        """One transaction. Raises Overtaken, Unavailable."""

        def work(change: Change) -> Written:
            own_source(change, self.source.name, self.run)
            portion = self._portion(change, kind, steps)
            _write(portion, steps)
            change.store.anchors.put(self.source.name, portion.written.anchors)
            self._unsettle(change, portion)
            return portion.written

        written = self.transactions.write(self.caller, work)
        self._take_stock(len(written.anchors))
        for word, number in written.counted:
            self.outcomes.count(kind.name, word, number)
        for id, place, why in written.left_out:
            self.outcomes.leave_out(kind.name, id, place, why)
        for id, names in written.unknown.items():
            self.unknown.setdefault(id, set()).update(names)
        self.counted |= written.began

    def _portion(self, change: Change, kind: ResourceType, steps: Sequence[Step]) -> Portion:
        anchors, source = change.store.anchors, self.source
        ids = {step.id if isinstance(step, Leave) else step.desired.id for step in steps}
        known = anchors.known(source.name, kind.name, ids)
        asked = {name for step in steps for name in names_in(step)}
        names = self.renaming.named(anchors.named(source.name, asked), asked)
        return Portion(change, kind, source, names, known, self.counted, self.renaming, Written())

    def _unsettle(self, change: Change, portion: Portion) -> None:
        """What names somebody, may name somebody else from now on, and some directories take who
        leaves out of groups without a trace in them: whatever becomes of this run, the groups in
        question are looked at again.
        """
        known, former = portion.known, self.renaming.former
        others = set()
        for anchor in portion.written.anchors:
            before = known.get(anchor.id)
            if before is not None and _bearer(before.anchor) != _bearer(anchor):
                others.add(before.resource_id)
            if anchor.name in former:
                others.add(former[anchor.name])
        if others:
            change.store.anchors.unsettle(self.source.name, others)

    def _take_stock(self, new: int) -> None:
        """After a few hundred entries, and whenever there are ten times as many."""
        self.written += new
        if self.written >= self.stock:
            # Where another of its kind is at work, it is not worth waiting for.
            with suppress(Unavailable):
                self.transactions.write(self.caller, lambda change: change.store.take_stock())
            self.stock = self.written * 10


def _bearer(anchor: Anchor) -> tuple[str, bool]:
    """Its name, and whether anybody has that."""
    return anchor.name, anchor.left is None


def _write(portion: Portion, steps: Sequence[Step]) -> None:
    # Who was made before a kill is there, and needs no second resource.
    new = [s for s in steps if isinstance(s, Join) and s.desired.id not in portion.known]
    if new:
        Joining(portion).write(new)
    for step in steps:
        match step:
            case Leave():
                Leaving(portion).write(step)
            case Move():
                Moving(portion).write(step)
