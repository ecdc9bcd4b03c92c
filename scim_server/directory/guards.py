"""What no change may do, whichever API asks for it (security rule 14).

Nobody gives more than they hold, nobody acts beyond their limits or on who may do more than they,
and the last Super Admin stays one.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from scim_server.directory.callers import Caller
from scim_server.directory.diff import changed_paths
from scim_server.directory.grants import Held, rights_from
from scim_server.directory.lifecycle import Status, Step
from scim_server.directory.ports import MemberDelta, Relations, Resource
from scim_server.directory.rights import (
    SUPER_ADMIN,
    Limits,
    Permission,
    Place,
    Right,
    Rights,
    of_scopes,
)
from scim_server.protocol.errors import Conflict, Forbidden
from scim_server.protocol.schema import Document

if TYPE_CHECKING:
    from scim_server.directory.change import Change

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
    rights = of_scopes(caller.scopes) if caller.rights is None else caller.rights
    if not rights.cover(right):
        raise Forbidden("Nobody gives or takes a role that is more than their own.")


def require_over(rights: Rights, held: Iterable[Held]) -> None:
    """Raises Forbidden: who is acted upon may do more than who acts."""
    if not all(map(rights.cover, rights_from(held).rights)):
        raise Forbidden("Who has a higher role is looked after by one who has it, too.")


def allow_save(change: "Change", before: Resource, after: Document, event: Step | None) -> None:
    """Raises Forbidden, NotFound, Conflict: for who acts in their own right, and for the last."""
    rights = _of_user(change, before)
    if rights is None:
        return
    where = place(before, _related(change, before))
    if event is not None:
        rights.require_for(Permission.USERS_STATUS, where)
    written = _without_status(before, changed_paths(before.kind, before.document, after))
    if written or event is None:
        _require_attributes(rights, where, written)
    require_over(rights, change.store.grants.effective(before.id))


def _of_user(change: "Change", resource: Resource) -> Rights | None:
    """The rights that must reach a user; None: nothing more is asked. Raises Forbidden."""
    rights = change.caller.rights
    if rights is not None and resource.status is None:
        rights.require_everywhere(Permission.USERS_WRITE)
        return None
    return rights


def allow_create(change: "Change", resource: Resource) -> None:
    """Raises Forbidden, NotFound."""
    rights = _of_user(change, resource)
    if rights is None:
        return
    written = changed_paths(resource.kind, {}, resource.document)
    _require_attributes(rights, place(resource, Relations()), _without_status(resource, written))


def allow_delete(change: "Change", resource: Resource) -> None:
    """Raises Forbidden, NotFound."""
    rights = _of_user(change, resource)
    if rights is None:
        return
    rights.require_for(Permission.USERS_DELETE, place(resource, _related(change, resource)))
    require_over(rights, change.store.grants.effective(resource.id))


def allow_members(change: "Change", group: Resource, delta: MemberDelta) -> None:
    """Members of a group have its roles. Raises Forbidden, Conflict: the last one has left."""
    if not delta:
        return
    held = change.store.grants.effective(group.id)
    if delta.added:
        for right in rights_from(held).rights:
            require_own(change.caller, right)
    if delta.removed and _makes_super_admins(held):
        grants = change.store.grants
        grants.wait()
        if not grants.super_admins() and grants.are_super_admins(delta.removed):
            raise Conflict(LAST)


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


def carries_super_admin(change: "Change", group: Resource) -> bool:
    """Whether members of the group are Super Admins by it."""
    return _makes_super_admins(change.store.grants.effective(group.id))


def _makes_super_admins(held: Iterable[Held]) -> bool:
    return any(h.grant.role == SUPER_ADMIN and h.grant.limits == Limits() for h in held)


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
