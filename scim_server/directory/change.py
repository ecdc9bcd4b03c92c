"""What one transaction may do to resources: create, replace, patch, delete.

The one write path: single requests, Bulk and every other caller come through here. A change and its
event are written together; what changes nothing moves no version and makes no event.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from scim_server.directory.diff import changed_paths
from scim_server.directory.events import Action, Actor, Event
from scim_server.directory.lifecycle import Status, initial, on_active
from scim_server.directory.ports import MemberDelta, Resource, Writer
from scim_server.protocol import etag, references
from scim_server.protocol.errors import (
    InvalidValue,
    NotMutable,
    UnknownMembers,
    VersionMismatch,
)
from scim_server.protocol.finish import finish
from scim_server.protocol.immutable import keep_immutable
from scim_server.protocol.intake import Intake
from scim_server.protocol.messages import Operation
from scim_server.protocol.patch import members as patch_members
from scim_server.protocol.patch.apply import apply
from scim_server.protocol.schema import Document, ResourceType
from scim_server.protocol.values import stamp

Tags = tuple[str, ...] | None
NEW = -1
"""The store key of a resource that is not stored yet."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A resource to be created, and the members that it is to have."""

    resource: Resource
    members: tuple[str, ...]


class Change:
    """One transaction's changes, all at one time and by one actor."""

    def __init__(
        self,
        store: Writer,
        actor: Actor,
        intake: Intake,
        now: datetime,
        new_id: Callable[[], str],
        read_only: Callable[[Resource], Document],
    ) -> None:
        self.store = store
        self.actor = actor
        self.intake = intake
        self.now = stamp(now)
        self.new_id = new_id
        self.read_only = read_only

    def draft(self, kind: ResourceType, checked: Document) -> Draft:
        """A client's document, as resource.load gives it, as a resource to be stored."""
        document = dict(checked)
        members = _take_members(kind, document)
        references.strip(kind, document)
        status = None
        if flag := kind.storage.status:
            status = initial(document.get(flag))
            document.setdefault(flag, status is Status.ACTIVE)
        resource = Resource(NEW, kind, self.new_id(), 1, self.now, self.now, status, document)
        return Draft(resource, members)

    def create(self, drafts: Sequence[Draft]) -> list[Resource]:
        """Store new resources. Raises NotUnique, InvalidValue."""
        stored = self.store.insert([draft.resource for draft in drafts])
        deltas = [
            self._add_members(resource, draft.members) if draft.members else MemberDelta()
            for resource, draft in zip(stored, drafts, strict=True)
        ]
        self.store.record(
            self._event(
                Action.CREATE, resource, changed_paths(resource.kind, {}, resource.document), delta
            )
            for resource, delta in zip(stored, deltas, strict=True)
        )
        return stored

    def replace(self, kind: ResourceType, id: str, checked: Document, if_match: Tags) -> Resource:
        """PUT (§3.5.1). What is omitted is cleared, ``active`` excepted: it stays as it is.

        Raises NotFound, VersionMismatch, NotMutable, Conflict, and what create raises.
        """
        before = self._lock(kind, id, if_match)
        document = dict(checked)
        members = _take_members(kind, document)
        references.strip(kind, document)
        document = finish(kind, keep_immutable(kind, before.document, document), NotMutable)
        flag = kind.storage.status
        if flag and flag in before.document:
            document.setdefault(flag, before.document[flag])
        delta = MemberDelta()
        if kind.storage.members:
            delta = self._set_members(before, members)
        return self._save(before, document, delta)

    def patch(
        self, kind: ResourceType, id: str, operations: Sequence[Operation], if_match: Tags
    ) -> Resource:
        """PATCH (§3.5.2): every operation or none.

        Raises InvalidSyntax, InvalidPath, InvalidFilter, NoTarget, and what replace raises.
        """
        before = self._lock(kind, id, if_match)
        patched = apply(kind, before.document, operations, self.read_only(before))
        references.strip(kind, patched.document)
        added: dict[str, None] = {}
        removed: dict[str, None] = {}
        for member_change in patched.member_changes:
            delta = self._change_members(before, member_change)
            _merge(added, removed, delta)
        return self._save(before, patched.document, MemberDelta(tuple(added), tuple(removed)))

    def delete(self, kind: ResourceType, id: str, if_match: Tags) -> Resource:
        """DELETE (§3.6): gone, its unique values free, and out of every group.

        Raises NotFound, VersionMismatch.
        """
        before = self._lock(kind, id, if_match)
        lost = MemberDelta()
        if kind.storage.members:
            lost = self.store.remove_members_where(before, None)
        groups = self.store.delete(before)
        gone = changed_paths(kind, before.document, {})
        events = [self._event(Action.DELETE, before, gone, lost)]
        for group in groups:
            after = replace(group, version=group.version + 1, modified=self._later(group))
            self.store.update(group, after)
            events.append(self._event(Action.UPDATE, after, {}, MemberDelta(removed=(id,))))
        self.store.record(events)
        return before

    def _lock(self, kind: ResourceType, id: str, if_match: Tags) -> Resource:
        resource = self.store.lock(kind, id)
        if not etag.has_version(if_match, resource.version):
            raise VersionMismatch(f"The current version is {resource.version}.")
        return resource

    def _save(self, before: Resource, document: Document, delta: MemberDelta) -> Resource:
        status = _status_after(before, document)
        if document == before.document and status is before.status and not delta:
            return before
        after = replace(
            before,
            document=document,
            status=status,
            version=before.version + 1,
            modified=self._later(before),
        )
        self.store.update(before, after)
        changes = changed_paths(before.kind, before.document, document)
        self.store.record([self._event(_action(before, after), after, changes, delta)])
        return after

    def _later(self, resource: Resource) -> str:
        """Now, unless another node's clock has been ahead: lastModified never goes back."""
        return max(self.now, resource.modified)

    def _change_members(self, group: Resource, change: patch_members.MemberChange) -> MemberDelta:
        match change:
            case patch_members.AddMembers(ids):
                return self._add_members(group, ids)
            case patch_members.RemoveMembers(ids):
                return self.store.remove_members(group, ids)
            case patch_members.SetMembers(ids):
                return self._set_members(group, ids)
            case patch_members.RemoveMembersWhere(where):
                return self.store.remove_members_where(group, where)
            case patch_members.ClearMembers():
                return self.store.remove_members_where(group, None)

    def _add_members(self, group: Resource, ids: Sequence[str]) -> MemberDelta:
        """Those that there are, where the client may leave out the others."""
        try:
            return self.store.add_members(group, ids)
        except UnknownMembers as refusal:
            if not self.intake.may_leave_out():
                raise
            return self.store.add_members(group, _without(ids, refusal.ids))

    def _set_members(self, group: Resource, ids: Sequence[str]) -> MemberDelta:
        """Likewise; but a list of which nobody is there does not empty the group."""
        try:
            return self.store.set_members(group, ids)
        except UnknownMembers as refusal:
            left = _without(ids, refusal.ids)
            if not left or not self.intake.may_leave_out():
                raise
            return self.store.set_members(group, left)

    def _event(
        self, action: Action, resource: Resource, changes: Document, delta: MemberDelta
    ) -> Event:
        if delta and (name := resource.kind.storage.members):
            changes = changes | {name: {"added": delta.added, "removed": delta.removed}}
        return Event(
            self.new_id(),
            self.now,
            self.actor,
            resource.kind.name,
            resource.id,
            resource.version,
            action,
            changes,
        )


def _take_members(kind: ResourceType, document: Document) -> tuple[str, ...]:
    """The members' ids, taken out of the document: they are rows of their own."""
    elements = document.pop(kind.storage.members, []) if kind.storage.members else []
    ids = [element.get("value") for element in elements]
    if not all(ids):
        raise InvalidValue(f'Every element of "{kind.storage.members}" needs a "value".')
    return tuple(dict.fromkeys(ids))


def _without(ids: Sequence[str], left_out: Collection[str]) -> list[str]:
    return [id for id in ids if id not in left_out]


def _merge(added: dict[str, None], removed: dict[str, None], delta: MemberDelta) -> None:
    """The net effect: who comes and goes in one request has not changed."""
    for id in delta.added:
        if id in removed:
            del removed[id]
        else:
            added[id] = None
    for id in delta.removed:
        if id in added:
            del added[id]
        else:
            removed[id] = None


def _status_after(before: Resource, document: Document) -> Status | None:
    """The status that ``active`` asks for; the document then shows what came of it.

    A PATCH that removes ``active`` says nothing of the status: it is unassigned, no more (PAT-027).
    """
    flag = before.kind.storage.status
    if flag is None or before.status is None or flag not in document:
        return before.status
    status = on_active(before.status, document[flag])
    document[flag] = status is Status.ACTIVE
    return status


def _action(before: Resource, after: Resource) -> Action:
    if after.status is before.status:
        return Action.UPDATE
    return Action.REACTIVATE if after.status is Status.ACTIVE else Action.SUSPEND
