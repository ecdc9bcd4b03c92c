"""Reads a source to its end and compares it with what there is, some hundreds at a time.

Nothing is changed here: the whole plan is there before anything is done.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from scim_server.directory.ports import Reader, Resource, ResourceStore
from scim_server.directory.sources.anchors import Known
from scim_server.directory.sources.runs import Registered
from scim_server.protocol.errors import ScimError
from scim_server.protocol.resource import load
from scim_server.protocol.schema import Document, ResourceType
from scim_server.sync import outcomes
from scim_server.sync.claims import Claims, refusal
from scim_server.sync.entries import Entry, Reading, Unreadable
from scim_server.sync.mapping.mapped import Mapped
from scim_server.sync.mapping.names import referred, resolved
from scim_server.sync.outcomes import Outcomes
from scim_server.sync.plan import Current, Desired, Join, Move, Returning, digest, joined, moved
from scim_server.sync.spool import Spool

CHUNK = 500
"""Entries that are compared at once."""


@dataclass(frozen=True, slots=True)
class _Mapped:
    """An entry, and what the mapping makes of it: names stand in the document for ids."""

    entry: Entry
    document: Document
    active: bool | None

    def is_settled(self, known: Known | None, ids: Mapping[str, str]) -> bool:
        """Whether it says what it said when it was brought in, and nobody has changed that."""
        if known is None or known.drifted or known.anchor.pending or known.anchor.left:
            return False
        said = digest(resolved(self.document, ids), self.active, self.entry.members)
        return (known.anchor.digest, known.anchor.name) == (said, self.entry.name)


@dataclass(slots=True)
class Comparing:
    """The entries of one kind, in one run.

    adopt:   ids of entries that may take over the accounts whose names they have
    seen:    ids of entries that are there, readable or not
    nameless: entries of which nobody can tell whose they are
    leaders: names that joiners refer to
    switched_off: ids of entries that the source has switched off since, and of emptied groups
    """

    store: ResourceStore
    tenant: int
    kind: ResourceType
    mapped: Mapped
    source: Registered
    adopt: Collection[str]
    outcomes: Outcomes
    seen: set[str] = field(default_factory=set)
    nameless: int = 0
    leaders: set[str] = field(default_factory=set)
    switched_off: list[str] = field(default_factory=list)
    claims: Claims = field(init=False)

    def __post_init__(self) -> None:
        self.claims = Claims(self.kind)

    def compare(self, reading: Reading, spool: Spool) -> Iterator[int]:
        """Put what entries make necessary into the spool; yields how many have been read.

        Raises SourceFault, Unavailable.
        """
        entries, done = reading.entries(self.kind.name), 0
        while chunk := list(islice(entries, CHUNK)):
            done += len(chunk)
            self.outcomes.count(self.kind.name, outcomes.READ, len(chunk))
            fresh = {entry.id: entry for entry in self._readable(chunk)}
            with self.store.snapshot(self.tenant) as reader:
                spool.put(self.kind.name, list(self._steps(reader, fresh)))
            yield done

    def _readable(self, chunk: Sequence[Entry | Unreadable]) -> Iterator[Entry]:
        for each in chunk:
            if each.id is None:
                self.nameless += 1
            elif each.id in self.seen:
                self._leave_out(each.id, each.place, "another entry of the source has the same id")
                continue
            else:
                self.seen.add(each.id)
            if isinstance(each, Entry):
                yield each
            else:
                self._leave_out(each.id, each.place, each.why)

    def _steps(self, reader: Reader, entries: Mapping[str, Entry]) -> Iterator[Join | Move]:
        source, name = self.source.name, self.kind.name
        known = reader.anchors.known(source, name, list(entries))
        mapped = list(self._mapped(entries.values()))
        names = {each for one in mapped for each in referred(one.document)}
        ids = reader.anchors.named(source, names) if names else {}
        desired: dict[str, Desired] = {}
        for one in mapped:
            id = one.entry.id
            if one.is_settled(known.get(id), ids):
                self.outcomes.count(name, outcomes.UNCHANGED)
            elif (wanted := self._checked(one, ids)) is not None:
                desired[id] = wanted
                if id not in known:
                    self.leaders.update(n for n in referred(one.document) if n not in ids)
        current = self._current(reader, {id: known[id] for id in desired if id in known})
        yield from self._joiners(reader, {id: d for id, d in desired.items() if id not in known})
        for id, found in current.items():
            yield from self._movers(desired[id], found)

    def _mapped(self, entries: Iterable[Entry]) -> Iterator[_Mapped]:
        for entry in entries:
            try:
                yield _Mapped(entry, self.mapped.document(entry), self.mapped.active(entry))
            except ScimError as fault:
                self._leave_out(entry.id, entry.place, fault.detail)

    def _checked(self, one: _Mapped, ids: Mapping[str, str]) -> Desired | None:
        entry = one.entry
        try:
            checked = load(self.kind, resolved(one.document, ids))
        except ScimError as fault:
            self._leave_out(entry.id, entry.place, fault.detail)
            return None
        members = None if entry.members is None else frozenset(entry.members)
        return Desired(
            entry.id, entry.name, entry.place, checked, one.active, members, one.document
        )

    def _joiners(self, reader: Reader, desired: Mapping[str, Desired]) -> Iterator[Join | Move]:
        held = self.claims.held(reader, {id: each.document for id, each in desired.items()})
        for id, wanted in desired.items():
            if id not in held:
                yield from joined(wanted)
                continue
            attribute, holder = held[id]
            if holder is not None and id in self.adopt and self._is_free(reader, holder):
                [current] = self._as_current(reader, {id: holder}, {}).values()
                first, *rest = moved(self.kind, self._owned, wanted, current)
                yield from (replace(first, adopts=True), *rest)
                continue
            why = refusal(attribute, wanted.document.get(attribute), id, holder)
            self._leave_out(id, wanted.place, why)

    def _is_free(self, reader: Reader, holder: Resource) -> bool:
        """Whether no other entry of this source became the resource."""
        owner = reader.anchors.owner(holder.key)
        return owner is None or owner.source.name != self.source.name

    def _movers(self, desired: Desired, current: Current) -> Iterator[Move]:
        try:
            steps = list(moved(self.kind, self._owned, desired, current))
        except Returning:
            why = f"the account {current.id} was deprovisioned: deleted, it can join anew"
            self._leave_out(desired.id, desired.place, why)
            return
        if steps[0].departs:
            self.switched_off.append(desired.id)
        yield from steps

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
        names = reader.anchors.names_of(self.source.name, everybody)
        return {key: {id: names.get(id) for id in ids} for key, ids in found.items()}

    @property
    def _owned(self) -> Sequence[str]:
        return self.source.owned.get(self.kind.name, ())

    def _leave_out(self, id: str | None, place: str, why: str) -> None:
        self.outcomes.leave_out(self.kind.name, id, place, why)
