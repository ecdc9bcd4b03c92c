"""Writes movers: what a source says is laid over what there is, as that stands now."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

from scim_server.directory.accounts.lifecycle import Status, Step
from scim_server.directory.events import Action
from scim_server.directory.ports import MemberDelta, Resource
from scim_server.directory.sources.anchors import Anchor, Known
from scim_server.directory.sources.authority import Overlay
from scim_server.sync import outcomes
from scim_server.sync.plan import Move, Returning, switched
from scim_server.sync.portion import SETTLED_NEVER, Portion


@dataclass(frozen=True, slots=True)
class Moving:
    """The movers of one transaction."""

    portion: Portion

    def write(self, step: Move) -> None:
        """One step. What of it can be done does not wait for all the rest to be right."""
        portion, id = self.portion, step.desired.id
        fault = portion.attempt(id, partial(self._move, step))
        if fault is not None:
            if step.event is Step.SUSPEND or step.removed:
                portion.attempt(id, partial(self._part, step, (), step.removed))
            self._add(step, portion.ids(step.added))
        portion.tell(id, step.desired.place, fault)

    def _add(self, step: Move, ids: Sequence[str]) -> None:
        """Who cannot be a member, as a group in which this one is, keeps no other out."""
        if not ids:
            return
        fault = self.portion.attempt(step.desired.id, partial(self._part, step, ids, ()))
        if fault is not None and len(ids) > 1:
            middle = len(ids) // 2
            self._add(step, ids[:middle])
            self._add(step, ids[middle:])

    def _move(self, step: Move) -> Anchor | None:
        portion, known = self.portion, self._known(step)
        if known is None and not step.adopts:
            return None  # It did not join after all, or somebody has deleted it since.
        id = step.current.id if known is None else known.resource_id
        found = portion.change.store.lock(portion.kind, id)
        before = self._adopted(step, found) if step.adopts else found
        owned = portion.source.owned.get(portion.kind.name, ())
        event, ids = self._event(step, found), set(portion.ids(step.added))
        # Whoever has another name is the same.
        added, removed = ids - {*step.removed}, {*step.removed} - ids
        overlay = Overlay(portion.document(step.desired), owned, event, [*added], [*removed])
        after, delta = portion.change.lay(before, overlay)
        self._count(step, before, after, event, delta)
        planned = step.current.version or (known.anchor.version if known else 0)
        # Who was added meanwhile, was not compared; nor is here who the group did not take.
        is_right = planned == found.version and len(delta.added) == len(added)
        version = after.version if is_right or step.desired.members is None else SETTLED_NEVER
        anchor = portion.anchor(step, after, version, self._off(step, event, after))
        return _unsettled(anchor) if known and _is_broken(step, known.anchor) else anchor

    def _part(self, step: Move, added: Sequence[str], removed: Sequence[str]) -> Anchor | None:
        """Only who is to be out, and these members, of a step that was refused as a whole."""
        portion, known = self.portion, self._known(step)
        if known is None:
            return None
        before = portion.change.store.lock(portion.kind, known.resource_id)
        event = self._event(step, before)
        after, delta = portion.change.lay(before, Overlay({}, (), event, added, removed))
        self._count(step, before, after, event, delta)
        return replace(_unsettled(known.anchor), off=self._off(step, event, after))

    def _known(self, step: Move) -> Known | None:
        return self.portion.known.get(step.desired.id)

    def _event(self, step: Move, before: Resource) -> Step | None:
        """As the account stands now: somebody may have changed that since the plan."""
        known = self._known(step)
        if known is None:
            return step.event
        left, off = known.anchor.left is not None, bool(known.anchor.off)
        current = replace(step.current, status=before.status, left=left, off=off)
        with suppress(Returning):
            event = switched(step.desired.active, current)
            return event if event in (step.event, Step.SUSPEND) else None
        return None

    def _off(self, step: Move, event: Step | None, after: Resource) -> int:
        """1: it is suspended, and it was the source that did so."""
        known = self._known(step)
        was = known is not None and bool(known.anchor.off)
        return int(after.status is Status.SUSPENDED and (was or event is Step.SUSPEND))

    def _adopted(self, step: Move, before: Resource) -> Resource:
        """From here on it is no other source's."""
        portion = self.portion
        anchor = portion.anchor(step, before, SETTLED_NEVER)
        portion.change.store.anchors.put(portion.source.name, [anchor])
        return portion.change.hand_over(before, portion.change.caller.source, Action.ADOPT)

    def _count(
        self, step: Move, before: Resource, after: Resource, event: Step | None, delta: MemberDelta
    ) -> None:
        # What is written in several steps counts once, and a joiner is no mover.
        is_new = step.first and step.desired.id not in self.portion.counted
        is_changed = after.version != before.version
        is_again = step.current.version == 0
        words = {
            outcomes.MOVERS: int(is_new and is_changed),
            outcomes.UNCHANGED: int(is_new) * (int(not is_changed) - int(is_again)),
            outcomes.SWITCHED_OFF: int(event is Step.SUSPEND),
            outcomes.SWITCHED_ON: int(event is Step.REACTIVATE),
            outcomes.MEMBERS_ADDED: len(delta.added),
            outcomes.MEMBERS_REMOVED: len(delta.removed),
        }
        self.portion.written.counted.extend(words.items())


def _unsettled(anchor: Anchor) -> Anchor:
    return replace(anchor, digest="", version=SETTLED_NEVER)


def _is_broken(step: Move, anchor: Anchor) -> bool:
    """Whether the slice before this one was refused, or another one before that."""
    return not step.first and (anchor.digest != "" or anchor.version == SETTLED_NEVER)
