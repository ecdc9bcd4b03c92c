"""Writes what was planned: each entry with its anchor in one transaction, some hundreds at a time.

Whoever is killed between two transactions, runs again, and finds done what is done.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
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
from scim_server.protocol.errors import ScimError
from scim_server.protocol.messages import Operation
from scim_server.protocol.resource import load
from scim_server.protocol.schema import Document, ResourceType
from scim_server.sync import outcomes
from scim_server.sync.mapping.names import referred, resolved
from scim_server.sync.outcomes import Outcomes
from scim_server.sync.plan import Departure, Desired, Join, Leave, Move, digest

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
        self.names = anchors.named(source, {name for step in steps for name in _names(step)})
        # Who was made before a kill is there, and needs no second resource.
        new = [s for s in steps if isinstance(s, Join) and s.desired.id not in self.known]
        self._create(new)
        for step in steps:
            match step:
                case Leave():
                    self._attempt(step.id, step.id, partial(self._leave, step))
                case Move():
                    wanted = step.desired
                    self._attempt(wanted.id, wanted.place, partial(self._move, step))

    def _attempt(self, id: str, place: str, work: Callable[[], Anchor | None]) -> None:
        """A step that is refused leaves no trace, and stops no other."""
        try:
            with self.change.store.attempt():
                anchor = work()
        except ScimError as fault:
            self.written.left_out.append((id, place, fault.detail))
            return
        known = self.known.get(id)
        if anchor is not None and (known is None or known.anchor != anchor):
            self.written.anchors.append(anchor)

    def _create(self, joins: Sequence[Join]) -> None:
        drafts = list(self._drafted(joins))
        try:
            with self.change.store.attempt():
                made = self.change.create([draft for _, draft in drafts])
        except ScimError:
            for join, draft in drafts:
                wanted = join.desired
                self._attempt(wanted.id, wanted.place, partial(self._made_alone, join, draft))
            return
        for (join, _), resource in zip(drafts, made, strict=True):
            self.written.anchors.append(self._made(join, resource))

    def _drafted(self, joins: Sequence[Join]) -> Iterator[tuple[Join, Draft]]:
        for join in joins:
            try:
                document = load(self.kind, self._document(join.desired))
            except ScimError as fault:
                self.written.left_out.append((join.desired.id, join.desired.place, fault.detail))
                continue
            flag = self.kind.storage.status
            if flag and join.desired.active is not None:
                document[flag] = join.desired.active
            draft = self.change.draft(self.kind, document)
            yield join, replace(draft, members=self._ids(join.added))

    def _made_alone(self, join: Join, draft: Draft) -> Anchor:
        [resource] = self.change.create([draft])
        return self._made(join, resource)

    def _made(self, join: Join, resource: Resource) -> Anchor:
        self.written.counted.append((outcomes.JOINERS, 1))
        self.written.counted.append((outcomes.MEMBERS_ADDED, len(self._ids(join.added))))
        off = resource.status is Status.SUSPENDED
        return self._anchor(join, resource, resource.version, off=off)

    def _move(self, step: Move) -> Anchor | None:
        known = self.known.get(step.desired.id)
        if known is None and not step.adopts:
            return None  # It did not join after all, or somebody has deleted it since.
        id = step.current.id if known is None else known.resource_id
        before = self.change.store.lock(self.kind, id)
        if step.adopts:
            before = self._adopted(step, before)
        owned = self.applying.source.owned.get(self.kind.name, ())
        document = load(self.kind, self._document(step.desired))
        added, removed = self._ids(step.added), step.removed
        overlay = Overlay(document, owned, step.event, added, removed)
        after = self.change.lay(before, overlay)
        self._count(step, before, after)
        # Who changed it between the plan and now may have changed its members.
        is_as_planned = step.current.version in (before.version, 0) or not (added or removed)
        version = after.version if is_as_planned else SETTLED_NEVER
        off = known is not None and bool(known.anchor.off)
        if step.event is not None:
            off = step.event is Step.SUSPEND
        return self._anchor(step, after, version, off=off)

    def _adopted(self, step: Move, before: Resource) -> Resource:
        """From here on it is no other source's."""
        anchor = self._anchor(step, before, SETTLED_NEVER, off=False)
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
            case Departure.SUSPEND:
                after, off = self.change.step(self.kind, before.id, Step.SUSPEND), 1
            case Departure.DEPROVISION:
                after = self.change.step(self.kind, before.id, Step.DEPROVISION)
        self.written.counted.append((outcomes.LEAVERS, int(after is not before)))
        return replace(known.anchor, version=after.version, left=left, off=off)

    def _clear(self) -> Operation:
        return Operation("remove", self.kind.storage.members)

    def _document(self, desired: Desired) -> Document:
        return resolved(desired.mapped, self.names)

    def _ids(self, names: Sequence[str]) -> tuple[str, ...]:
        return tuple(self.names[name] for name in names if name in self.names)

    def _anchor(self, step: Join | Move, resource: Resource, version: int, off: bool) -> Anchor:
        desired = step.desired
        unknown = tuple(name for name in _names(step) if name not in self.names)
        if unknown:
            is_counted = isinstance(step, Join) or resource.version != step.current.version
            self.written.unknown.append((desired, unknown, is_counted))
        pending = len(unknown)
        if not step.first and desired.id in self.known:
            pending += self.known[desired.id].anchor.pending
        said = digest(self._document(desired), desired.active, desired.members)
        return Anchor(
            self.kind.name,
            desired.id,
            desired.name,
            resource.key,
            said if step.last else "",
            version,
            pending,
            None,
            int(off),
        )


def _names(step: Join | Move | Leave) -> Sequence[str]:
    if isinstance(step, Leave):
        return ()
    return (*referred(step.desired.mapped), *step.added)
