"""Writes what was planned: each entry with its anchor in one transaction, some hundreds at a time.

Whoever is killed between two transactions, runs again, and finds done what is done.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial

from scim_server.directory.accounts.lifecycle import Status, Step
from scim_server.directory.callers import Caller
from scim_server.directory.change import Change, Draft
from scim_server.directory.ports import Resource
from scim_server.directory.sources.anchors import Anchor, Known
from scim_server.directory.sources.authority import Overlay
from scim_server.directory.sources.runs import Registered
from scim_server.directory.transactions import Transactions
from scim_server.protocol.errors import ScimError, Unavailable
from scim_server.protocol.messages import Operation
from scim_server.protocol.schema import Document, ResourceType
from scim_server.sync import outcomes
from scim_server.sync.mapping.names import settled
from scim_server.sync.outcomes import Outcomes
from scim_server.sync.plan import (
    Departure,
    Desired,
    Join,
    Leave,
    Move,
    Returning,
    digest,
    switched,
)
from scim_server.sync.renaming import Renaming

FIRST_STOCK = 200
"""Entries after which the database counts them for the first time."""
SETTLED_NEVER = 0
"""A version that no resource has: the entry is looked at again in the next run."""


class Overtaken(Exception):
    """Another run has taken the source over; this one has lost its lock."""


@dataclass(frozen=True, slots=True)
class Written:
    """What one transaction did; its effects count once it is committed."""

    anchors: list[Anchor] = field(default_factory=list)
    counted: list[tuple[str, int]] = field(default_factory=list)
    left_out: list[tuple[str, str, str]] = field(default_factory=list)
    unknown: list[tuple[Desired, tuple[str, ...], bool]] = field(default_factory=list)


@dataclass(slots=True)
class Applying:
    """Steps of one run, by one caller.

    unknown: by id, entries that name others who were not there yet, and those names
    counted: those of them that count as joiners or movers already
    """

    transactions: Transactions
    caller: Caller
    source: Registered
    run: str
    outcomes: Outcomes
    renaming: Renaming
    unknown: dict[str, tuple[Desired, set[str]]] = field(default_factory=dict)
    counted: set[str] = field(default_factory=set)
    written: int = 0
    stock: int = FIRST_STOCK

    def write(self, kind: ResourceType, steps: Sequence[Join | Move | Leave]) -> None:
        """One transaction. Raises Overtaken, Unavailable."""

        def work(change: Change) -> Written:
            if change.store.runs.lock_source(self.source.name).run != self.run:
                raise Overtaken
            written = Written()
            _Chunk(self, change, kind, written).write(steps)
            change.store.anchors.put(self.source.name, written.anchors)
            return written

        written = self.transactions.write(self.caller, work)
        self._take_stock(len(written.anchors))
        for word, number in written.counted:
            self.outcomes.count(kind.name, word, number)
        for id, place, why in written.left_out:
            self.outcomes.leave_out(kind.name, id, place, why)
        for desired, names, is_counted in written.unknown:
            self.unknown.setdefault(desired.id, (desired, set()))[1].update(names)
            if is_counted:
                self.counted.add(desired.id)

    def _take_stock(self, new: int) -> None:
        """After a few hundred entries, and whenever there are ten times as many."""
        self.written += new
        if self.written >= self.stock:
            # Where another of its kind is at work, it is not worth waiting for.
            with suppress(Unavailable):
                self.transactions.write(self.caller, lambda change: change.store.take_stock())
            self.stock = self.written * 10


@dataclass(slots=True)
class _Chunk:
    """The steps of one transaction."""

    applying: Applying
    change: Change
    kind: ResourceType
    written: Written
    names: Mapping[str, str] = field(default_factory=dict)
    known: Mapping[str, Known] = field(default_factory=dict)

    def write(self, steps: Sequence[Join | Move | Leave]) -> None:
        anchors, source = self.change.store.anchors, self.applying.source.name
        ids = {step.id if isinstance(step, Leave) else step.desired.id for step in steps}
        self.known = anchors.known(source, self.kind.name, ids)
        names = {name for step in steps for name in _names(step)}
        self.names = self.applying.renaming.named(anchors.named(source, names), names)
        # Who was made before a kill is there, and needs no second resource.
        new = [s for s in steps if isinstance(s, Join) and s.desired.id not in self.known]
        self._create(new)
        for step in steps:
            match step:
                case Leave():
                    self._tell(step.id, step.id, self._attempt(step.id, partial(self._leave, step)))
                case Move():
                    self._moved(step)

    def _attempt(self, id: str, work: Callable[[], Anchor | None]) -> ScimError | None:
        """A step that is refused leaves no trace, and stops no other; returns why it was."""
        try:
            with self.change.store.attempt():
                anchor = work()
        except ScimError as fault:
            return fault
        known = self.known.get(id)
        if anchor is not None and (known is None or known.anchor != anchor):
            self.written.anchors.append(anchor)
        return None

    def _tell(self, id: str, place: str, fault: ScimError | None) -> None:
        if fault is not None:
            self.written.left_out.append((id, place, fault.detail))

    def _moved(self, step: Move) -> None:
        """What is taken from somebody does not wait for all the rest to be right."""
        id = step.desired.id
        fault = self._attempt(id, partial(self._move, step))
        if fault is not None and (step.event is Step.SUSPEND or step.removed):
            self._attempt(id, partial(self._take, step))
        self._tell(id, step.desired.place, fault)

    def _create(self, joins: Sequence[Join]) -> None:
        drafts = list(self._drafted(joins))
        try:
            with self.change.store.attempt():
                made = self.change.create([draft for _, draft in drafts])
        except ScimError:
            for join, draft in drafts:
                id = join.desired.id
                fault = self._attempt(id, partial(self._made_alone, join, draft))
                self._tell(id, join.desired.place, fault)
            return
        for (join, _), resource in zip(drafts, made, strict=True):
            self.written.anchors.append(self._made(join, resource))

    def _drafted(self, joins: Sequence[Join]) -> Iterator[tuple[Join, Draft]]:
        for join in joins:
            try:
                yield join, self._draft(join)
            except ScimError as fault:
                self.written.left_out.append((join.desired.id, join.desired.place, fault.detail))

    def _draft(self, join: Join) -> Draft:
        """Raises ScimError."""
        document = dict(self._document(join.desired))
        flag = self.kind.storage.status
        if flag and join.desired.active is not None:
            document[flag] = join.desired.active
        return replace(self.change.draft(self.kind, document), members=self._ids(join.added))

    def _made_alone(self, join: Join, draft: Draft) -> Anchor:
        [resource] = self.change.create([draft])
        return self._made(join, resource)

    def _made(self, join: Join, resource: Resource) -> Anchor:
        self.written.counted.append((outcomes.JOINERS, 1))
        self.written.counted.append((outcomes.MEMBERS_ADDED, len(self._ids(join.added))))
        off = int(resource.status is Status.SUSPENDED)
        return self._anchor(join, resource, resource.version, off)

    def _move(self, step: Move) -> Anchor | None:
        known = self.known.get(step.desired.id)
        if known is None and not step.adopts:
            return None  # It did not join after all, or somebody has deleted it since.
        id = step.current.id if known is None else known.resource_id
        found = self.change.store.lock(self.kind, id)
        before = self._adopted(step, found) if step.adopts else found
        owned = self.applying.source.owned.get(self.kind.name, ())
        event, ids = self._event(step, found), set(self._ids(step.added))
        # Whoever has another name is the same.
        added, removed = ids - {*step.removed}, {*step.removed} - ids
        overlay = Overlay(self._document(step.desired), owned, event, [*added], [*removed])
        after = self.change.lay(before, overlay)
        self._count(step, before, after)
        planned = step.current.version or (known.anchor.version if known else 0)
        is_as_planned = planned == found.version or not (added or removed)
        version = after.version if is_as_planned else SETTLED_NEVER
        anchor = self._anchor(step, after, version, self._off(step.desired.id, event, after))
        # The slice before this one was refused.
        is_broken = known is not None and not step.first and known.anchor.digest != ""
        return replace(anchor, digest="", version=SETTLED_NEVER) if is_broken else anchor

    def _take(self, step: Move) -> Anchor | None:
        """Only what is taken away, of a step that was refused as a whole."""
        known = self.known.get(step.desired.id)
        if known is None:
            return None
        before = self.change.store.lock(self.kind, known.resource_id)
        event = self._event(step, before)
        after = self.change.lay(before, Overlay({}, (), event, (), step.removed))
        self._count(replace(step, added=()), before, after)
        off = self._off(step.desired.id, event, after)
        return replace(known.anchor, digest="", version=SETTLED_NEVER, off=off)

    def _event(self, step: Move, before: Resource) -> Step | None:
        """As the account stands now: somebody may have changed that since the plan."""
        known = self.known.get(step.desired.id)
        if known is None:
            return step.event
        left, off = known.anchor.left is not None, bool(known.anchor.off)
        current = replace(step.current, status=before.status, left=left, off=off)
        with suppress(Returning):
            event = switched(step.desired.active, current)
            return event if event in (step.event, Step.SUSPEND) else None
        return None

    def _off(self, id: str, event: Step | None, after: Resource) -> int:
        """1: it is suspended, and it was the source that did so."""
        known = self.known.get(id)
        was = known is not None and bool(known.anchor.off)
        return int(after.status is Status.SUSPENDED and (was or event is Step.SUSPEND))

    def _adopted(self, step: Move, before: Resource) -> Resource:
        """From here on it is no other source's."""
        anchor = self._anchor(step, before, SETTLED_NEVER, 0)
        self.change.store.anchors.put(self.applying.source.name, [anchor])
        return self.change.adopt(before)

    def _count(self, step: Move, before: Resource, after: Resource) -> None:
        # What is written in several steps counts once, and a joiner is no mover.
        is_new = step.first and step.desired.id not in self.applying.counted
        is_changed = after.version != before.version
        is_again = step.current.version == 0
        words = {
            outcomes.MOVERS: int(is_new and is_changed),
            outcomes.UNCHANGED: int(is_new) * (int(not is_changed) - int(is_again)),
            outcomes.SWITCHED_OFF: int(step.event is Step.SUSPEND),
            outcomes.SWITCHED_ON: int(step.event is Step.REACTIVATE),
            outcomes.MEMBERS_ADDED: len(self._ids(step.added)),
            outcomes.MEMBERS_REMOVED: len(step.removed),
        }
        self.written.counted.extend(words.items())

    def _leave(self, step: Leave) -> Anchor | None:
        known = self.known.get(step.id)
        if known is None:
            return None  # Somebody has deleted it since.
        before = self.change.store.lock(self.kind, known.resource_id)
        left = known.anchor.left or self.change.now
        after, off = before, known.anchor.off
        match step.departure:
            case Departure.DELETE:
                self.change.delete(self.kind, before.id, None)
                self.written.counted.append((outcomes.LEAVERS, 1))
                return None
            case Departure.EMPTY:
                after = self.change.patch(self.kind, before.id, (self._clear(),), None)
            case Departure.OFF:
                return self._switched_off(known, before)
            case Departure.SUSPEND:
                after, off = self.change.step(self.kind, before.id, Step.SUSPEND), 1
            case Departure.DEPROVISION:
                after = self.change.step(self.kind, before.id, Step.DEPROVISION)
        self.written.counted.append((outcomes.LEAVERS, int(after is not before)))
        return replace(known.anchor, version=after.version, left=left, off=off)

    def _switched_off(self, known: Known, before: Resource) -> Anchor:
        """Nothing else that the source says of it can be taken: it is looked at again."""
        self.change.step(self.kind, before.id, Step.SUSPEND)
        self.written.counted.append((outcomes.SWITCHED_OFF, 1))
        return replace(known.anchor, digest="", version=SETTLED_NEVER, off=1)

    def _clear(self) -> Operation:
        return Operation("remove", self.kind.storage.members)

    def _document(self, desired: Desired) -> Document:
        """Raises InvalidValue."""
        return settled(self.kind, desired.checked, self.names)

    def _ids(self, names: Sequence[str]) -> tuple[str, ...]:
        return tuple(self.names[name] for name in names if name in self.names)

    def _anchor(self, step: Join | Move, resource: Resource, version: int, off: int) -> Anchor:
        desired = step.desired
        unknown = tuple(name for name in _names(step) if name not in self.names)
        if unknown:
            is_counted = isinstance(step, Join) or resource.version != step.current.version
            self.written.unknown.append((desired, unknown, is_counted))
        pending = len(unknown)
        if not step.first and desired.id in self.known:
            pending += self.known[desired.id].anchor.pending
        said = digest(desired.said, [self.names.get(name) for name in desired.refers])
        return Anchor(
            self.kind.name,
            desired.id,
            desired.name,
            resource.key,
            said if step.last else "",
            version,
            pending,
            None,
            off,
        )


def _names(step: Join | Move | Leave) -> Sequence[str]:
    if isinstance(step, Leave):
        return ()
    return (*step.desired.refers, *step.added)
