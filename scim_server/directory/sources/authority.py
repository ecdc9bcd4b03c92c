"""What a source owns, nobody else changes: it is refused, or overwritten at the source's next run.

Switching somebody off and deleting are always allowed: whoever must be out, is out at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scim_server.directory.accounts.lifecycle import Step
from scim_server.directory.callers import LOCAL, SCIM
from scim_server.directory.diff import changed_paths
from scim_server.directory.ports import MemberDelta, Resource
from scim_server.directory.sources.anchors import Owner
from scim_server.directory.sources.runs import OnChange
from scim_server.protocol.errors import Conflict, NotMutable
from scim_server.protocol.schema import Document

if TYPE_CHECKING:
    from scim_server.directory.change import Change

OWN = (None, LOCAL, SCIM)
"""Resources that no source of another system stands behind."""
BACK = (Step.REACTIVATE, Step.ACTIVATE, Step.APPROVE)
"""Steps by which somebody comes in who was out."""


@dataclass(frozen=True, slots=True)
class Overlay:
    """What a source says of a resource: the attributes that it owns, all others stay.

    document: checked; owned: as events name them; added, removed: ids of members
    """

    document: Document
    owned: Sequence[str]
    event: Step | None = None
    added: Sequence[str] = ()
    removed: Sequence[str] = ()

    def over(self, before: Document) -> Document:
        """The whole document; what is owned and not said, is gone."""
        after = dict(before)
        for text in self.owned:
            urn, _, name = text.rpartition(":")
            holder = self.document.get(urn, {}) if urn else self.document
            inner = dict(after.get(urn, {})) if urn else after
            if name in holder:
                inner[name] = holder[name]
            else:
                inner.pop(name, None)
            if urn and inner:
                after[urn] = inner
            elif urn:
                after.pop(urn, None)
        return after


def allow_save(
    change: "Change", before: Resource, after: Document, delta: MemberDelta, event: Step | None
) -> None:
    """Raises NotMutable, Conflict: it belongs to a source, which refuses to others.

    Where the source lets somebody in all the same, it is no longer the one who keeps them out.
    """
    if before.source in OWN:
        return
    owner = change.store.anchors.owner(before.key)
    if owner is None or owner.source.name == change.caller.authority:
        return
    if event in BACK and owner.anchor.off:
        _bring_back(change, owner)
    # The account of a leaver is everybody's; a group that is gone is to stay empty.
    is_free = owner.anchor.left is not None and before.status is not None
    if owner.source.on_change is OnChange.REFUSE and not is_free:
        _refuse(owner, before, after, delta)


def _bring_back(change: "Change", owner: Owner) -> None:
    if owner.source.on_change is OnChange.REFUSE:
        raise Conflict(f'The source "{owner.source.name}" has switched this account off.')
    change.store.anchors.put(owner.source.name, [replace(owner.anchor, off=0)])


def _refuse(owner: Owner, before: Resource, after: Document, delta: MemberDelta) -> None:
    written = {*changed_paths(before.kind, before.document, after)}
    if delta:
        written.add(str(before.kind.storage.members))
    for name in sorted(written & {*owner.source.owned.get(before.kind.name, ())}):
        raise NotMutable(f'"{name}" belongs to the source "{owner.source.name}".')
