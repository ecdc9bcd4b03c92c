"""What no change may do, whichever API asks for it (security rule 14).

Nobody gives more than they hold, nobody acts beyond their limits or on who may do more than they,
and the last Super Admin stays one.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING

from scim_server.directory.accounts.lifecycle import Status, Step
from scim_server.directory.callers import Caller
from scim_server.directory.diff import changed_paths
from scim_server.directory.ports import MemberDelta, Reader, Relations, Resource
from scim_server.directory.rights.grants import Held, gift_of_role, rights_from
from scim_server.directory.rights.rights import SUPER_ADMIN, Permission, Place, Right, Rights
from scim_server.protocol.errors import Conflict, Forbidden
from scim_server.protocol.schema import Document, ResourceType

if TYPE_CHECKING:
    from scim_server.directory.change import Change

SUPREME = gift_of_role(SUPER_ADMIN)
LAST = "The last Super Admin cannot be removed, suspended or demoted."
SERVING = frozenset({Status.ACTIVE, Status.LOCKED})
"""Who is Locked is an administrator again by and by: else wrong passwords could keep one."""


def place(resource: Resource, related: Relations) -> Place:
    """Where a user is."""
    account: Document = resource.document.get(resource.kind.storage.account or "", {})
    groups = frozenset(group.group for group in related.groups)
    return Place(resource.id, groups, account.get("folder"))


def require_own(caller: Caller, right: Right) -> None:
    """Raises Forbidden: the caller would give what it has not."""
    if not caller.own_rights.cover(right):
        raise Forbidden("Nobody gives or takes more than they hold.")


def require_over(rights: Rights, held: Iterable[Held]) -> None:
    """Raises Forbidden: who is acted upon may do more than who acts."""
    if not all(map(rights.cover, rights_from(held).rights)):
        raise Forbidden("Who has a higher role is looked after by one who has it, too.")


def require_reach(
    caller: Caller, reader: Reader, permission: Permission, users: ResourceType, user: str
) -> None:
    """Raises Forbidden; NotFound where the user is not within the caller's limits.

    Who reads of everybody reads also what is left of somebody who has been deleted.
    """
    rights = _bounded(caller)
    if rights is None or (permission.only_reads and rights.holds_everywhere(permission)):
        return
    resource, related = reader.get(users, user)
    rights.require_for(permission, place(resource, related))
    if not permission.only_reads:
        require_over(rights, reader.grants.effective(user))


def require_aim(change: "Change") -> None:
    """Likewise of the user whom the caller's request is about, who stays as they are until the end.

    Looked at in the transaction that does it: a moment ago they may have held less.
    """
    aim = change.caller.aim
    if aim is not None and _bounded(change.caller) is not None:
        change.store.lock(aim.kind, aim.user)
        require_reach(change.caller, change.store, aim.permission, aim.kind, aim.user)


def require_over_all(caller: Caller, reader: Reader, users: Iterable[str]) -> None:
    """Raises Forbidden: one of them holds more than the caller."""
    rights = _bounded(caller)
    if rights is not None:
        for user in users:
            require_over(rights, reader.grants.effective(user))


def allow_save(change: "Change", before: Resource, after: Document, event: Step | None) -> None:
    """Raises Forbidden, NotFound, Conflict: for who acts in their own right, and for the last."""
    rights = _of_user(change, before)
    if rights is None:
        return
    related = _related(change, before)
    where = place(before, related)
    if event is not None:
        rights.require_for(Permission.USERS_STATUS, where)
    written = _without_status(before, changed_paths(before.kind, before.document, after))
    if written or event is None:
        _require_attributes(rights, where, written)
        moved = place(replace(before, document=after), related)
        if not rights.reaches(Permission.USERS_WRITE, moved):
            raise Forbidden("Nobody moves a user out of their own part of the directory.")
    require_over(rights, change.store.grants.effective(before.id))


def _of_user(change: "Change", resource: Resource) -> Rights | None:
    """The rights that must reach a user; None: nothing more is asked. Raises Forbidden."""
    rights = _bounded(change.caller)
    if rights is not None and resource.status is None:
        rights.require_everywhere(Permission.USERS_WRITE)
        return None
    return rights


def _bounded(caller: Caller) -> Rights | None:
    """The rights of who may not do everything; None: nothing need be asked."""
    rights = caller.rights
    return None if rights is None or rights.is_everything else rights


def allow_create(change: "Change", resource: Resource) -> None:
    """Raises Forbidden, NotFound."""
    rights = _of_user(change, resource)
    if rights is None:
        return
    written = changed_paths(resource.kind, {}, resource.document)
    _require_attributes(rights, place(resource, Relations()), _without_status(resource, written))


@contextmanager
def deletion(change: "Change", resource: Resource) -> Iterator[None]:
    """Around the end of a resource. Raises Forbidden, NotFound, Conflict.

    Nobody deletes themselves, and a group goes with the roles that its members have by it.
    """
    held: list[Held] = []
    if resource.kind.storage.members:
        held = require_own_of(change.caller, change.store, resource)
    _allow_delete(change, resource)
    keep_last(change, resource, None)
    with administrator_kept(change) if _makes_super_admins(held) else nullcontext():
        yield


def _allow_delete(change: "Change", resource: Resource) -> None:
    caller = change.caller
    if caller.rights is not None and caller.user == resource.id:
        raise Forbidden("Nobody deletes their own account.")
    rights = _of_user(change, resource)
    if rights is None:
        return
    rights.require_for(Permission.USERS_DELETE, place(resource, _related(change, resource)))
    require_over(rights, change.store.grants.effective(resource.id))


def allow_members(change: "Change", group: Resource, delta: MemberDelta) -> bool:
    """Whether who comes has more rights by it: members of a group have its roles.

    Raises Forbidden, Conflict: the last one has left.
    """
    if not delta:
        return False
    held = require_own_of(change.caller, change.store, group)
    if delta.removed and _makes_super_admins(held):
        grants = change.store.grants
        grants.wait()
        if not grants.super_admins() and grants.are_super_admins(delta.removed):
            raise Conflict(LAST)
    return bool(delta.added and held)


def require_own_of(caller: Caller, reader: Reader, group: Resource) -> list[Held]:
    """What a group holds, also by other groups. Raises Forbidden: more than the caller."""
    held = reader.grants.effective(group.id)
    for right in rights_from(held).rights:
        require_own(caller, right)
    return held


def keep_last(change: "Change", leaving: Resource, after: Status | None) -> None:
    """Before a user stops being one who may sign in. Raises Conflict."""
    if leaving.status not in SERVING or after in SERVING:
        return
    grants = change.store.grants
    if leaving.key in grants.super_admins():
        grants.wait()
        if set(grants.super_admins()) == {leaving.key}:
            raise Conflict(LAST)


@contextmanager
def administrator_kept(change: "Change") -> Iterator[None]:
    """What is done inside must leave a Super Admin, where there was one. Raises Conflict."""
    grants = change.store.grants
    grants.wait()
    before = grants.super_admins()
    yield
    if before and not grants.super_admins():
        raise Conflict(LAST)


def _makes_super_admins(held: Iterable[Held]) -> bool:
    return any(each.grant.gift == SUPREME for each in held)


def _related(change: "Change", resource: Resource) -> Relations:
    return change.store.related([resource]).get(resource.key, Relations())


def _without_status(resource: Resource, changes: Document) -> Document:
    """``active`` shows the status, and is judged with it."""
    return {name: sides for name, sides in changes.items() if name != resource.kind.storage.status}


def _require_attributes(rights: Rights, where: Place, written: Document) -> None:
    """Raises Forbidden, NotFound."""
    rights.require_for(Permission.USERS_WRITE, where)
    allowed = rights.attributes_of(Permission.USERS_WRITE, where)
    if allowed is not None and (beyond := sorted(written.keys() - allowed)):
        raise Forbidden(f'Your role does not allow to change "{beyond[0]}".')
