"""What the steps of one transaction share: what is known of their entries, and what is noted."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from scim_server.directory.change import Change
from scim_server.directory.ports import Resource
from scim_server.directory.sources.anchors import Anchor, Known
from scim_server.directory.sources.runs import Registered
from scim_server.protocol.errors import ScimError
from scim_server.protocol.schema import Document, ResourceType
from scim_server.sync.mapping.names import settled
from scim_server.sync.plan import Desired, Join, Leave, Move, digest
from scim_server.sync.renaming import Renaming

SETTLED_NEVER = 0
"""A version that no resource has: the entry is looked at again in the next run."""


@dataclass(frozen=True, slots=True)
class Written:
    """What one transaction did; its effects count once it is committed.

    unknown: by id, the names in an entry that nobody had
    began:   ids of those of them that count as joiners or movers
    """

    anchors: list[Anchor] = field(default_factory=list)
    counted: list[tuple[str, int]] = field(default_factory=list)
    left_out: list[tuple[str, str, str]] = field(default_factory=list)
    unknown: dict[str, set[str]] = field(default_factory=dict)
    began: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Portion:
    """The steps of one transaction.

    names:   whom names refer to, by id
    known:   by id, what became of the entries
    counted: ids of entries that count as joiners or movers already
    """

    change: Change
    kind: ResourceType
    source: Registered
    names: Mapping[str, str]
    known: Mapping[str, Known]
    counted: Collection[str]
    renaming: Renaming
    written: Written

    def attempt(self, id: str, work: Callable[[], Anchor | None]) -> ScimError | None:
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

    def tell(self, id: str, place: str, fault: ScimError | None) -> None:
        """Note why an entry was left out, if it was."""
        if fault is not None:
            self.written.left_out.append((id, place, fault.detail))

    def count(self, word: str, number: int = 1) -> None:
        """So many more."""
        self.written.counted.append((word, number))

    def document(self, desired: Desired) -> Document:
        """As it is stored. Raises InvalidValue."""
        return settled(self.kind, desired.checked, self.names)

    def ids(self, names: Sequence[str]) -> tuple[str, ...]:
        """Those that there are."""
        return tuple(self.names[name] for name in names if name in self.names)

    def anchor(self, step: Join | Move, resource: Resource, version: int, off: int = 0) -> Anchor:
        """What is remembered of an entry."""
        desired = step.desired
        unknown = {name for name in names_in(step) if name not in self.names}
        if unknown:
            self.written.unknown.setdefault(desired.id, set()).update(unknown)
            if isinstance(step, Join) or resource.version != step.current.version:
                self.written.began.add(desired.id)
        pending = len(unknown)
        if not step.first and desired.id in self.known:
            pending += self.known[desired.id].anchor.pending
        if self.renaming.concerns(desired.members or ()):
            # It may have been compared before that was known.
            version = SETTLED_NEVER
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


def names_in(step: Join | Move | Leave) -> Sequence[str]:
    """Whom a step refers to."""
    return () if isinstance(step, Leave) else (*step.desired.refers, *step.added)
