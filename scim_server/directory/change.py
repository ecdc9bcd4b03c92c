"""What one transaction may do to resources: create, replace, patch, delete.

The one write path: single requests, Bulk and every other caller come through here. A change and its
event are written together; what changes nothing moves no version and makes no event.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from scim_server.directory.accounts import account, lifecycle
from scim_server.directory.accounts.addresses import is_readdressed
from scim_server.directory.accounts.lifecycle import Status, Step
from scim_server.directory.callers import Caller
from scim_server.directory.diff import changed_paths
from scim_server.directory.events import Action, Event
from scim_server.directory.members import Members, take_members
from scim_server.directory.ports import MemberDelta, Resource, Writer
from scim_server.directory.rights import entitlements, guards, lent_keys
from scim_server.directory.sources import authority
from scim_server.directory.sources.authority import Overlay
from scim_server.protocol import etag, references
from scim_server.protocol.errors import Conflict, NotMutable, VersionMismatch
from scim_server.protocol.finish import declare, finish
from scim_server.protocol.immutable import keep_immutable
from scim_server.protocol.messages import Operation
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
        self._members = Members(store, caller.intake)

    def draft(self, kind: ResourceType, checked: Document) -> Draft:
        """A client's document, as resource.load gives it, as a resource to be stored."""
        document = dict(checked)
        ids = take_members(kind, document)
        wanted = _take_out(kind, document)
        status = account.first_status(kind, document, wanted)
        source = self.caller.source if status or self.caller.authority else None
        document = declare(kind, document)
        at = self.now
        resource = Resource(NEW, kind, self.new_id(), 1, at, at, status, document, source)
        return Draft(resource, ids)

    def create(self, drafts: Sequence[Draft]) -> list[Resource]:
        """Store new resources. Raises NotUnique, InvalidValue."""
        for draft in drafts:
            guards.allow_create(self, draft.resource)
        stored = self.store.insert([draft.resource for draft in drafts])
        deltas = [
            self._members.add(resource, draft.members) if draft.members else MemberDelta()
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
        ids = take_members(kind, document)
        wanted = _take_out(kind, document)
        writes = self.caller.writes(kind)
        document = finish(kind, keep_immutable(writes, before.document, document), NotMutable)
        flag = kind.storage.status
        said = document.get(flag) if flag else None
        if flag and flag in before.document:
            document.setdefault(flag, before.document[flag])
        delta = MemberDelta()
        if kind.storage.members:
            delta = self._members.set(before, ids)
        return self._save(before, document, delta, self._asked(before, wanted, said))

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
        wanted = _take_out(kind, document)
        delta = self._members.change(before, patched.member_changes)
        document = declare(kind, document)
        said = _said(before, document, operations)
        return self._save(before, document, delta, self._asked(before, wanted, said))

    def lay(self, before: Resource, overlay: Overlay) -> tuple[Resource, MemberDelta]:
        """Lay what a source says over a locked resource. Raises NotMutable, what replace raises."""
        kind = before.kind
        document = dict(overlay.over(before.document))
        _take_out(kind, document)
        writes = self.caller.writes(kind)
        document = finish(kind, keep_immutable(writes, before.document, document), NotMutable)
        removed = self.store.remove_members(before, overlay.removed)
        added = self._members.add(before, overlay.added)
        delta = MemberDelta(added.added, removed.removed)
        return self._save(before, document, delta, overlay.event), delta

    def hand_over(self, before: Resource, source: str | None, action: Action) -> Resource:
        """Let a locked resource be another source's from now on; None: nobody's."""
        version, modified = before.version + 1, self._later(before)
        after = replace(before, source=source, version=version, modified=modified)
        self.store.update(before, after)
        sides = {"before": before.source, "after": source}
        self.store.record([self._event(action, after, {"source": sides}, MemberDelta())])
        return after

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
        lost = MemberDelta()
        with guards.deletion(self, before):
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

    def _lock(self, kind: ResourceType, id: str, if_match: Tags) -> Resource:
        resource = self.store.lock(kind, id)
        if not etag.has_version(if_match, resource.version):
            raise VersionMismatch(f"The current version is {resource.version}.")
        return resource

    def _asked(self, before: Resource, wanted: Status | None, said: bool | None) -> Step | None:
        """The step that is asked for, ``said`` being of ``active``. Raises Conflict, InvalidValue.

        Of who is Pending, ``active: true`` is an approval where the policy allows it.
        """
        is_approval = (before.status, wanted, said) == (Status.PENDING, None, True)
        if is_approval and self.store.policy.get().approve_by_scim:
            return Step.APPROVE
        return account.asked_step(before, wanted, said)

    def _save(
        self, before: Resource, document: Document, delta: MemberDelta, event: Step | None
    ) -> Resource:
        # First: of who is out of reach, no refusal tells anything.
        guards.allow_save(self, before, document, event)
        authority.allow_save(self, before, document, delta, event)
        status = account.stepped(before, document, event)
        if document == before.document and status is before.status and not delta:
            return before
        guards.keep_last(self, before, status)
        if guards.allow_members(self, before, delta):
            lent_keys.end(self, delta.added)
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
        elif lifecycle.locks(before.status, after.status) or is_readdressed(before, after):
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


def _said(before: Resource, document: Document, operations: Sequence[Operation]) -> bool | None:
    """What operations say of ``active``, be it what it is already; None: nothing."""
    flag = before.kind.storage.status
    if flag is None:
        return None
    said: bool | None = document.get(flag)
    is_kept = said is before.document.get(flag)
    return None if is_kept and flag not in touched(before.kind, operations) else said


def _take_out(kind: ResourceType, document: Document) -> Status | None:
    """Take out, in place, what is shown in a document and kept elsewhere; the status asked for."""
    references.strip(kind, document)
    entitlements.strip(kind, document)
    return account.take(kind, document)
