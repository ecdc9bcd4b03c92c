"""Writes leavers, and whom a source has switched off though nothing else of the entry is taken."""

from dataclasses import dataclass, replace

from scim_server.directory.accounts.lifecycle import Status, Step
from scim_server.directory.ports import Resource
from scim_server.directory.sources.anchors import Anchor, Known
from scim_server.protocol.messages import Operation
from scim_server.sync import outcomes
from scim_server.sync.plan import SERVING, Departure, Leave
from scim_server.sync.portion import SETTLED_NEVER, Portion


@dataclass(frozen=True, slots=True)
class Leaving:
    """The leavers of one transaction."""

    portion: Portion

    def write(self, step: Leave) -> None:
        """One step; who is refused is told."""
        fault = self.portion.attempt(step.id, lambda: self._leave(step))
        self.portion.tell(step.id, step.id, fault)

    def _leave(self, step: Leave) -> Anchor | None:
        known = self.portion.known.get(step.id)
        if known is None:
            return None  # Somebody has deleted it since.
        before = self.portion.change.store.lock(self.portion.kind, known.resource_id)
        if step.departure is Departure.OFF:
            return self._switched_off(known, before)
        return self._gone(step.departure, known, before)

    def _gone(self, departure: Departure, known: Known, before: Resource) -> Anchor | None:
        change, kind = self.portion.change, self.portion.kind
        left = known.anchor.left or change.now
        after, off = before, known.anchor.off
        match departure:
            case Departure.DELETE:
                change.delete(kind, before.id, None)
                self.portion.count(outcomes.LEAVERS)
                return None
            case Departure.EMPTY:
                clear = Operation("remove", kind.storage.members)
                after = change.patch(kind, before.id, (clear,), None)
            # Who is out already, since the plan, is so for others' reasons.
            case Departure.SUSPEND if before.status in SERVING:
                after, off = change.step(kind, before.id, Step.SUSPEND), 1
            case Departure.DEPROVISION if before.status is not Status.DEPROVISIONED:
                after = change.step(kind, before.id, Step.DEPROVISION)
        self.portion.count(outcomes.LEAVERS, int(after.version != before.version))
        if after.status in SERVING:
            # Somebody has brought it back since the plan: the next run sees to that.
            off = 0
        return replace(known.anchor, version=after.version, left=left, off=off)

    def _switched_off(self, known: Known, before: Resource) -> Anchor:
        """Nothing else that the source says of it can be taken: it is looked at again."""
        if before.status not in SERVING:
            return known.anchor
        self.portion.change.step(self.portion.kind, before.id, Step.SUSPEND)
        self.portion.count(outcomes.SWITCHED_OFF)
        return replace(known.anchor, digest="", version=SETTLED_NEVER, off=1)
