"""The order in which a plan is carried out, and in which portions.

Leavers first: who is to be out, is out at once. Then those of the joiners whom others refer to, so
that nearly every entry is written once; then all others; then whoever named one that came after.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from scim_server.protocol.schema import ResourceType
from scim_server.sync.applying import Applying
from scim_server.sync.plan import Current, Join, Leave, Move, Step
from scim_server.sync.planning import Plan

AT_ONCE = 250
"""Entries of one transaction."""
MEMBERS_OF_ENTRY = 20
"""As many members count as one entry."""
UNPLANNED = Current("", 0, None, {})
"""Stands for what is looked at only when it is written."""


@dataclass(slots=True)
class Carrying:
    """One plan.

    before: called before each transaction; may raise whatever is to end it
    tell:   is told how many entries of a kind are through
    """

    kinds: Mapping[str, ResourceType]
    applying: Applying
    before: Callable[[], None]
    tell: Callable[[str, int], None]
    joined: set[str] = field(default_factory=set)
    done: dict[str, int] = field(default_factory=dict)

    def carry_out(self, plan: Plan) -> None:
        """Raises Overtaken, Unavailable, and what ``before`` raises."""
        for kind in self.kinds:
            self.applying.begin()
            self._write(kind, plan.leavers.of(kind))
            self._write(kind, (s for s in plan.steps.of(kind) if _leads(s, plan.leaders)))
            self._write(kind, (s for s in plan.steps.of(kind) if not _leads(s, plan.leaders)))
            self._write(kind, self._latecomers(plan.steps.of(kind)))

    def _latecomers(self, steps: Iterable[Step]) -> Iterator[Move]:
        """Entries that named somebody who was not there yet, and is now: read once more."""
        unknown = self.applying.unknown
        late = {id: names for id, names in unknown.items() if names & self.joined}
        for step in steps if late else ():
            if not isinstance(step, Leave) and step.first and step.desired.id in late:
                desired = step.desired
                added = late[desired.id] & (desired.members or set())
                yield Move(desired, UNPLANNED, added=tuple(sorted(added)))

    def _write(self, kind: str, steps: Iterable[Step]) -> None:
        for portion in _portions(steps):
            self.before()
            self.applying.write(self.kinds[kind], portion)
            self.joined.update(s.desired.name for s in portion if isinstance(s, Join))
            self.done[kind] = self.done.get(kind, 0) + len(portion)
            self.tell(kind, self.done[kind])


def _leads(step: Step, leaders: set[str]) -> bool:
    return isinstance(step, Join) and step.desired.name in leaders


def _portions(steps: Iterable[Step]) -> Iterator[Sequence[Step]]:
    """As much as others may wait for."""
    portion: list[Step] = []
    weight = 0
    for step in steps:
        members = 0 if isinstance(step, Leave) else len(step.added)
        removed = len(step.removed) if isinstance(step, Move) else 0
        portion.append(step)
        weight += 1 + (members + removed) // MEMBERS_OF_ENTRY
        # What is known of an entry is looked up before: its next step is for the next transaction.
        is_last = isinstance(step, Leave) or step.last
        if weight >= AT_ONCE or not is_last:
            yield portion
            portion, weight = [], 0
    if portion:
        yield portion
