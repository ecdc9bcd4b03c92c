"""Reads a source to its end and compares it with what there is, some hundreds at a time.

Nothing is changed here: the whole plan is there before anything is done.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from scim_server.directory.ports import Reader, Resource, ResourceStore
from scim_server.directory.sources.anchors import Known
from scim_server.directory.sources.runs import Registered
from scim_server.protocol.errors import InvalidValue, ScimError
from scim_server.protocol.resource import load
from scim_server.protocol.schema import Document, ResourceType
from scim_server.protocol.values import UNSTORABLE
from scim_server.sync import outcomes
from scim_server.sync.claims import Claims, refusal
from scim_server.sync.entries import Entry, Unreadable
from scim_server.sync.mapping.mapped import Mapped
from scim_server.sync.mapping.names import referred, settled
from scim_server.sync.outcomes import Outcomes
from scim_server.sync.plan import (
    Current,
    Desired,
    Join,
    Leave,
    Move,
    Returning,
    Step,
    Taking,
    digest,
    joined,
    moved,
    said,
)
from scim_server.sync.refused import Refused
from scim_server.sync.renaming import Renaming
from scim_server.sync.spool import Spool

CHUNK = 500
"""Entries that are compared at once."""


@dataclass(frozen=True, slots=True)
class _Mapped:
    """An entry, and what the mapping makes of it.

    document: unchecked, with Names
    names:    those in it
    said:     a digest of all but them
    """

    entry: Entry
    document: Document
    active: bool | None
    names: tuple[str, ...]
    said: str

    def is_settled(self, known: Known | None, ids: Mapping[str, str]) -> bool:
        """Whether it says what it said when it was brought in, and nobody has changed that."""
        if known is None or known.drifted or known.anchor.pending or known.anchor.left:
            return False
        now = digest(self.said, [ids.get(name) for name in self.names])
        return (known.anchor.digest, known.anchor.name) == (now, self.entry.name)


@dataclass(slots=True)
class Comparing:
    """The entries of one kind, in one run.

    adopt:   ids of entries that may take over the accounts whose names they have
    seen:    ids of entries that are there, readable or not
    nameless: entries of which nobody can tell whose they are
    leaders: names that joiners refer to
    takings: what guards look at: entries with what their steps take away, or give back
    adopted: accounts that entries of this run take over, by store key
    """

    store: ResourceStore
    tenant: int
    kind: ResourceType
    mapped: Mapped
    source: Registered
    adopt: Collection[str]
    outcomes: Outcomes
    renaming: Renaming
    seen: set[str] = field(default_factory=set)
    nameless: int = 0
    leaders: set[str] = field(default_factory=set)
    takings: list[Taking] = field(default_factory=list)
    adopted: set[int] = field(default_factory=set)
    refused: Refused = field(init=False)
    claims: Claims = field(init=False)

    def __post_init__(self) -> None:
        self.refused = Refused(self.kind.name, self.source.name, self.outcomes)
        self.claims = Claims(self.kind)

    def compare(self, entries: Iterable[Entry | Unreadable], spool: Spool) -> Iterator[int]:
        """Put what entries make necessary into the spool; yields how many have been read.

        Raises SourceFault, Unavailable.
        """
        entries, done = iter(entries), 0
        while chunk := list(islice(entries, CHUNK)):
            done += len(chunk)
            self.outcomes.count(self.kind.name, outcomes.READ, len(chunk))
            fresh = {entry.id: entry for entry in self._readable(chunk)}
            with self.store.snapshot(self.tenant) as reader:
                spool.put(self.kind.name, list(self._steps(reader, fresh)))
            yield done

    def _readable(self, chunk: Sequence[Entry | Unreadable]) -> Iterator[Entry]:
        for each in chunk:
            if each.id is None or UNSTORABLE.search(each.id):
                self.nameless += 1
                why = "its id holds NUL, or half a character"
                if isinstance(each, Unreadable) and each.id is None:
                    why = each.why
                self.refused.tell(None, each.place, why)
                continue
            if each.id in self.seen:
                why = "it came twice: two have its id, or it was moved while it was read"
                self.refused.tell(each.id, each.place, why)
                continue
            self.seen.add(each.id)
            if isinstance(each, Entry) and UNSTORABLE.search(each.name):
                why = "its name in the source holds NUL, or half a character"
                self.refused.tell(each.id, each.place, why, self._active(each))
            elif isinstance(each, Entry):
                yield each
            else:
                self.refused.tell(each.id, each.place, each.why, each.active)

    def _active(self, entry: Entry) -> bool | None:
        """As the mapping has it, if it can tell."""
        try:
            return self.mapped.active(entry)
        except ScimError:
            return entry.active

    def _steps(self, reader: Reader, entries: Mapping[str, Entry]) -> Iterator[Step]:
        source, name = self.source.name, self.kind.name
        known = reader.anchors.known(source, name, list(entries))
        mapped = list(self._mapped(entries.values()))
        names = {each for one in mapped for each in one.names}
        ids = self.renaming.read(reader.anchors, source, entries.values(), known, names)
        desired: dict[str, Desired] = {}
        for one in mapped:
            id = one.entry.id
            if one.is_settled(known.get(id), ids) and not self._has_strangers(one.entry):
                self.outcomes.count(name, outcomes.UNCHANGED)
            elif (wanted := self._checked(one, ids)) is not None:
                desired[id] = wanted
                if id not in known:
                    self.leaders.update(wanted.awaits)
        current = self._current(reader, {id: known[id] for id in desired if id in known})
        yield from self._joiners(reader, {id: d for id, d in desired.items() if id not in known})
        for id, found in current.items():
            yield from self._movers(desired[id], found)
        yield from self._switched_off(reader)

    def _switched_off(self, reader: Reader) -> Iterator[Leave]:
        for step in self.refused.leave(reader.anchors):
            self.takings.append((step.id, step.departure.value))
            yield step

    def _has_strangers(self, group: Entry) -> bool:
        """Whether a name in it is somebody else's now."""
        return self.renaming.concerns(group.members or ())

    def _mapped(self, entries: Iterable[Entry]) -> Iterator[_Mapped]:
        for entry in entries:
            active = entry.active
            try:
                active = self.mapped.active(entry)
                document = self.mapped.document(entry)
                names = referred(document)
                self._require_storable(entry, names)
            except ScimError as fault:
                self.refused.tell(entry.id, entry.place, fault.detail, active)
                continue
            about = said(document, active, entry.members, self._owned)
            yield _Mapped(entry, document, active, names, about)

    def _checked(self, one: _Mapped, ids: Mapping[str, str]) -> Desired | None:
        entry = one.entry
        try:
            checked = load(self.kind, one.document)
            document = settled(self.kind, checked, ids)
        except ScimError as fault:
            self.refused.tell(entry.id, entry.place, fault.detail, one.active)
            return None
        members = None if entry.members is None else frozenset(entry.members)
        return Desired(
            entry.id,
            entry.name,
            entry.place,
            document,
            one.active,
            members,
            checked,
            one.names,
            one.said,
            tuple(name for name in one.names if name not in ids),
        )

    def _joiners(self, reader: Reader, desired: Mapping[str, Desired]) -> Iterator[Join | Move]:
        held = self.claims.held(reader, {id: each.document for id, each in desired.items()})
        for id, wanted in desired.items():
            if id not in held:
                yield from joined(wanted)
                continue
            attribute, holder = held[id]
            is_free = holder is not None and self._is_free(reader, holder)
            if holder is not None and is_free and id in self.adopt:
                yield from self._adopting(reader, wanted, holder)
                continue
            value = wanted.document.get(attribute)
            why = refusal(attribute, value, id, holder if is_free else None)
            self.refused.tell(id, wanted.place, why)

    def _adopting(self, reader: Reader, wanted: Desired, holder: Resource) -> Iterator[Move]:
        self.adopted.add(holder.key)
        [current] = self._as_current(reader, {wanted.id: holder}, {}).values()
        first, *rest = moved(self.kind, self._owned, wanted, current)
        yield from self._taken([replace(first, adopts=True), *rest])

    def _is_free(self, reader: Reader, holder: Resource) -> bool:
        """Whether no other entry of this source became the resource, or is about to."""
        owner = reader.anchors.owner(holder.key)
        is_ours = owner is not None and owner.source.name == self.source.name
        return not is_ours and holder.key not in self.adopted

    def _taken(self, steps: Sequence[Move]) -> Sequence[Move]:
        """The same, and noted what guards look at."""
        self.takings += [(step.desired.id, step.takes) for step in steps if step.takes]
        return steps

    def _movers(self, desired: Desired, current: Current) -> Iterator[Move]:
        try:
            steps = list(moved(self.kind, self._owned, desired, current))
        except Returning:
            why = f"the account {current.id} was deprovisioned: deleted, it can join anew"
            self.refused.tell(desired.id, desired.place, why)
            return
        yield from self._taken(steps)

    def _current(self, reader: Reader, known: Mapping[str, Known]) -> Mapping[str, Current]:
        if not known:
            return {}
        resources = reader.census.resources([each.anchor.resource for each in known.values()])
        by_key = {resource.key: resource for resource in resources}
        found = {
            id: by_key[each.anchor.resource]
            for id, each in known.items()
            if each.anchor.resource in by_key
        }
        return self._as_current(reader, found, known)

    def _as_current(
        self, reader: Reader, resources: Mapping[str, Resource], known: Mapping[str, Known]
    ) -> dict[str, Current]:
        members = self._members(reader, list(resources.values()))
        return {
            id: Current(
                each.id,
                each.version,
                each.status,
                each.document,
                members.get(each.key, {}),
                left=id in known and known[id].anchor.left is not None,
                off=id in known and bool(known[id].anchor.off),
            )
            for id, each in resources.items()
        }

    def _members(
        self, reader: Reader, groups: Sequence[Resource]
    ) -> Mapping[int, Mapping[str, str | None]]:
        if not self.kind.storage.members or not groups:
            return {}
        found: dict[int, list[str]] = {}
        for key, member in reader.members(groups):
            found.setdefault(key, []).append(member.id)
        everybody = {id for ids in found.values() for id in ids}
        names = self.renaming.names_of(reader.anchors.names_of(self.source.name, everybody))
        return {key: {id: names.get(id) for id in ids} for key, ids in found.items()}

    def _require_storable(self, entry: Entry, names: Sequence[str]) -> None:
        """Raises InvalidValue: the databases do not take whom it refers to."""
        if UNSTORABLE.search("\n".join((*names, *(entry.members or ())))):
            raise InvalidValue("A name in it holds NUL, or half a character.")

    @property
    def _owned(self) -> Sequence[str]:
        return self.source.owned.get(self.kind.name, ())
