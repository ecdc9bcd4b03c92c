"""Who is in a group, as documents and PATCH operations say it, on rows."""

from collections.abc import Collection, Iterable, Sequence

from scim_server.directory.ports import MemberDelta, Resource, Writer
from scim_server.protocol.errors import InvalidValue, UnknownMembers
from scim_server.protocol.intake import Intake
from scim_server.protocol.patch import members as patch
from scim_server.protocol.schema import Document, ResourceType


def take_members(kind: ResourceType, document: Document) -> tuple[str, ...]:
    """The members' ids, taken out of the document: they are rows of their own."""
    elements = document.pop(kind.storage.members, []) if kind.storage.members else []
    ids = [element.get("value") for element in elements]
    if not all(ids):
        raise InvalidValue(f'Every element of "{kind.storage.members}" needs a "value".')
    return tuple(dict.fromkeys(ids))


class Members:
    """The members of groups, within one transaction."""

    def __init__(self, store: Writer, intake: Intake) -> None:
        self.store = store
        self.intake = intake

    def change(self, group: Resource, changes: Iterable[patch.MemberChange]) -> MemberDelta:
        """The net effect: who comes and goes in one request has not changed.

        Raises InvalidValue.
        """
        added: dict[str, None] = {}
        removed: dict[str, None] = {}
        for each in changes:
            delta = self._apply(group, each)
            _merge(added, removed, delta)
        return MemberDelta(tuple(added), tuple(removed))

    def add(self, group: Resource, ids: Sequence[str]) -> MemberDelta:
        """Those that there are, where the client may leave out the others. Raises InvalidValue."""
        try:
            return self.store.add_members(group, ids)
        except UnknownMembers as refusal:
            if not self.intake.may_leave_out():
                raise
            return self.store.add_members(group, _without(ids, refusal.ids))

    def set(self, group: Resource, ids: Sequence[str]) -> MemberDelta:
        """Likewise; but a list of which nobody is there does not empty the group."""
        try:
            return self.store.set_members(group, ids)
        except UnknownMembers as refusal:
            left = _without(ids, refusal.ids)
            if not left or not self.intake.may_leave_out():
                raise
            return self.store.set_members(group, left)

    def _apply(self, group: Resource, change: patch.MemberChange) -> MemberDelta:
        match change:
            case patch.AddMembers(ids):
                return self.add(group, ids)
            case patch.RemoveMembers(ids):
                return self.store.remove_members(group, ids)
            case patch.SetMembers(ids):
                return self.set(group, ids)
            case patch.RemoveMembersWhere(where):
                return self.store.remove_members_where(group, where)
            case patch.ClearMembers():
                return self.store.remove_members_where(group, None)


def _without(ids: Sequence[str], left_out: Collection[str]) -> list[str]:
    return [id for id in ids if id not in left_out]


def _merge(added: dict[str, None], removed: dict[str, None], delta: MemberDelta) -> None:
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
