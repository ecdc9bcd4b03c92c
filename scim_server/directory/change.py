"""What one transaction may do to resources: create, replace, patch, delete.

The one write path: single requests, Bulk and every other caller come through here. A change and its
event are written together; what changes nothing moves no version and makes no event.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime

from scim_server.directory import account, entitlements, guards, lifecycle
from scim_server.directory.callers import Caller
from scim_server.directory.diff import changed_paths
from scim_server.directory.events import Action, Event
from scim_server.directory.lifecycle import Status, Step
from scim_server.directory.ports import MemberDelta, Resource, Writer
from scim_server.protocol import etag, references
from scim_server.protocol.errors import (
    Conflict,
    InvalidValue,
    NotMutable,
    UnknownMembers,
    VersionMismatch,
)
from scim_server.protocol.finish import declare, finish
from scim_server.protocol.immutable import keep_immutable
from scim_server.protocol.messages import Operation
from scim_server.protocol.patch import members as patch_members
from scim_server.protocol.patch.apply import apply, touched
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
        caller: Caller,
        now: datetime,
        new_id: Callable[[], str],
        read_only: Callable[[Resource], Document],
    ) -> None:
        self.store = store
        self.caller = caller
        self.now = stamp(now)
        self.new_id = new_id
        self.read_only = read_only

    def draft(self, kind: ResourceType, checked: Document) -> Draft:
        """A client's document, as resource.load gives it, as a resource to be stored."""
        document = dict(checked)
        members = _take_members(kind, document)
        references.strip(kind, document)
        entitlements.strip(kind, document)
        wanted = account.take(kind, document)
        status = account.first_status(kind, document, wanted)
        source = self.caller.source if status else None
        document = declare(kind, document)
        at = self.now
        resource = Resource(NEW, kind, self.new_id(), 1, at, at, status, document, source)
        return Draft(resource, members)

    def create(self, drafts: Sequence[Draft]) -> list[Resource]:
        """Store new resources. Raises NotUnique, InvalidValue."""
        for draft in drafts:
            guards.allow_create(self, draft.resource)
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
        entitlements.strip(kind, document)
        wanted = account.take(kind, document)
        writes = self.caller.writes(kind)
        document = finish(kind, keep_immutable(writes, before.document, document), NotMutable)
        flag = kind.storage.status
        says = flag is not None and flag in document
        if flag and flag in before.document:
            document.setdefault(flag, before.document[flag])
        delta = MemberDelta()
        if kind.storage.members:
            delta = self._set_members(before, members)
        return self._save(before, document, delta, self._asked(before, document, wanted, says))

    def patch(
        self, kind: ResourceType, id: str, operations: Sequence[Operation], if_match: Tags
    ) -> Resource:
        """PATCH (§3.5.2): every operation or none.

        Raises InvalidSyntax, InvalidPath, InvalidFilter, NoTarget, and what replace raises.
        """
        before = self._lock(kind, id, if_match)
        patched = apply(
            self.caller.writes(kind), before.document, operations, self.read_only(before)
        )
        document = patched.document
        references.strip(kind, document)
        entitlements.strip(kind, document)
        wanted = account.take(kind, document)
        added: dict[str, None] = {}
        removed: dict[str, None] = {}
        for member_change in patched.member_changes:
            delta = self._change_members(before, member_change)
            _merge(added, removed, delta)
        delta = MemberDelta(tuple(added), tuple(removed))
        document = declare(kind, document)
        says = before.status in account.SHOWN_INACTIVE and kind.storage.status in touched(
            kind, operations
        )
        return self._save(before, document, delta, self._asked(before, document, wanted, says))

    def step(self, kind: ResourceType, id: str, event: Step) -> Resource:
        """Take a step of the life cycle. Raises NotFound, Conflict."""
        before = self._lock(kind, id, None)
        if before.status is None:
            raise Conflict(f"A {kind.name} has no status.")
        return self._save(before, dict(before.document), MemberDelta(), event)

    def delete(self, kind: ResourceType, id: str, if_match: Tags) -> Resource:
        """DELETE (§3.6): gone, its unique values free, and out of every group.

        Raises NotFound, VersionMismatch.
        """
        before = self._lock(kind, id, if_match)
        guards.allow_delete(self, before)
        guards.keep_last(self, before, None)
        lost = MemberDelta()
        with self._keeping_one(before):
            if kind.storage.members:
                lost = self.store.remove_members_where(before, None)
            groups = self.store.delete(before)
        gone = changed_paths(kind, before.document, {})
        events = [self._event(Action.DELETE, before, gone, lost)]
        self.store.record(events + self._left(groups, id))
        return before

    def stand(self, before: Resource, role: str | None, action: Action, told: Document) -> None:
        """Show the role of an account, and record what made it so: a change where it differs."""
        if role == before.role:
            self.note(action, before.kind, before.id, told)
            return
        version, modified = before.version + 1, self._later(before)
        after = replace(before, role=role, version=version, modified=modified)
        self.store.update(before, after)
        told = told | account.told(before, after)
        self.store.record([self._event(action, after, told, MemberDelta())])

    def note(self, action: Action, kind: ResourceType, id: str, changes: Document) -> None:
        """Record what happened to somebody without a change of the resource."""
        self._tell(action, kind.name, {id: changes})

    def note_each(self, action: Action, kind: ResourceType, told: Mapping[str, Document]) -> None:
        """Likewise of many, by id."""
        self._tell(action, kind.name, told)

    def record(self, action: Action, kind: str, id: str, changes: Document) -> None:
        """Record what happened to something that is no resource: a policy, an application."""
        self._tell(action, kind, {id: changes})

    def _tell(self, action: Action, kind: str, told: Mapping[str, Document]) -> None:
        actor = self.caller.actor
        self.store.record(
            Event(self.new_id(), self.now, actor, kind, id, 0, action, changes)
            for id, changes in told.items()
        )

    def _keeping_one(self, group: Resource) -> AbstractContextManager[None]:
        """Around the end of a group: its members lose the roles that it has."""
        if group.kind.storage.members and guards.carries_super_admin(self, group):
            return guards.administrator_kept(self)
        return nullcontext()

    def _lock(self, kind: ResourceType, id: str, if_match: Tags) -> Resource:
        resource = self.store.lock(kind, id)
        if not etag.has_version(if_match, resource.version):
            raise VersionMismatch(f"The current version is {resource.version}.")
        return resource

    def _asked(
        self, before: Resource, document: Document, wanted: Status | None, says: bool
    ) -> Step | None:
        """The step that is asked for; ``says``: the request itself names ``active``.

        Raises Conflict.
        """
        event = account.approval(before, document, wanted)
        if event is not None and self.store.policy.get().approve_by_scim:
            return event
        return account.asked_step(before, document, wanted, says)

    def _save(
        self, before: Resource, document: Document, delta: MemberDelta, event: Step | None
    ) -> Resource:
        status = account.stepped(before, document, event)
        if document == before.document and status is before.status and not delta:
            return before
        guards.allow_save(self, before, document, event)
        guards.keep_last(self, before, status)
        guards.allow_members(self, before, delta)
        after = replace(
            before,
            document=document,
            status=status,
            role=None if status is Status.DEPROVISIONED else before.role,
            version=before.version + 1,
            modified=self._later(before),
        )
        self.store.update(before, after)
        changes = changed_paths(before.kind, before.document, document)
        changes |= account.told(before, after)
        events = [self._event(Action(event) if event else Action.UPDATE, after, changes, delta)]
        self.store.record(events + self._consequences(before, after))
        return after

    def _consequences(self, before: Resource, after: Resource) -> list[Event]:
        """Out, in this very transaction, wherever the step came from (security rule 12)."""
        if lifecycle.ends_access(before.status, after.status):
            self.store.end_access(after)
        elif lifecycle.locks(before.status, after.status) or account.is_readdressed(before, after):
            # Whoever reads the mail of the old address is not to get in by it (rule 28).
            self.store.end_tickets(after)
        if after.status is Status.ACTIVE is not before.status:
            self.store.logins.forgive(after.key)
        if after.status is before.status or after.status is not Status.DEPROVISIONED:
            return []
        self.store.end_rights(after)
        return self._left(self.store.leave_groups(after), after.id)

    def _left(self, groups: Iterable[Resource], id: str) -> list[Event]:
        """Groups that have lost a member are changed, too."""
        events = []
        for group in groups:
            after = replace(group, version=group.version + 1, modified=self._later(group))
            self.store.update(group, after)
            events.append(self._event(Action.UPDATE, after, {}, MemberDelta(removed=(id,))))
        return events

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
            if not self.caller.intake.may_leave_out():
                raise
            return self.store.add_members(group, _without(ids, refusal.ids))

    def _set_members(self, group: Resource, ids: Sequence[str]) -> MemberDelta:
        """Likewise; but a list of which nobody is there does not empty the group."""
        try:
            return self.store.set_members(group, ids)
        except UnknownMembers as refusal:
            left = _without(ids, refusal.ids)
            if not left or not self.caller.intake.may_leave_out():
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
            self.caller.actor,
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
