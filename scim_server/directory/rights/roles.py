"""Roles: who holds which, from whom, and what follows from it on the very next request."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from scim_server.directory.accounts import folders
from scim_server.directory.callers import Caller
from scim_server.directory.change import Change
from scim_server.directory.events import Action
from scim_server.directory.mail.recipients import Recipients
from scim_server.directory.ports import Resource
from scim_server.directory.rights import guards, lent_keys
from scim_server.directory.rights.grants import Gift, Grant, Held, rights_from, standing_role
from scim_server.directory.rights.rights import (
    DELEGATED,
    SUPER_ADMIN,
    Limits,
    Permission,
    Right,
    Rights,
)
from scim_server.directory.transactions import Transactions
from scim_server.protocol.errors import Conflict, InvalidValue, NotFound
from scim_server.protocol.schema import Registry, ResourceType


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of grants; ``total`` is of all pages, ``more`` says that another one follows."""

    grants: Sequence[Grant]
    total: int
    more: bool


class Roles:
    """Grants of roles and of permissions, to users and to groups."""

    def __init__(self, transactions: Transactions, registry: Registry) -> None:
        self.transactions = transactions
        self.users = registry.own_kind
        self.groups = next(k for k in registry.kinds.values() if k.storage.members)
        self.recipients = Recipients(registry)

    def rights_of(self, tenant: int, user: str) -> Rights:
        """What a user may do now, by every role, in one statement."""
        with self.transactions.store.reading(tenant) as reader:
            return rights_from(reader.grants.effective(user))

    def require_for(self, caller: Caller, permission: Permission, user: str) -> None:
        """Raises Forbidden; NotFound where the user is not within the caller's limits."""
        with self.transactions.store.snapshot(caller.tenant) as reader:
            guards.require_reach(caller, reader, permission, self.users, user)

    def held_by(self, caller: Caller, user: str) -> list[Held]:
        """What a user holds and where it comes from, what is direct first. Raises NotFound."""
        with self.transactions.store.snapshot(caller.tenant) as reader:
            reader.get(self.users, user)
            return reader.grants.effective(user)

    def page(
        self, caller: Caller, holder: str | None, role: str | None, after: str | None, limit: int
    ) -> Listed:
        """Who holds what and who gave it, newest first; ``after``: the id of a grant."""
        with self.transactions.store.snapshot(caller.tenant) as reader:
            found = reader.grants.page(holder, role, after, limit + 1)
            total = reader.grants.count(holder, role)
        return Listed(found[:limit], total, len(found) > limit)

    def give(self, caller: Caller, holder: str, gift: Gift) -> Grant:
        """Raises NotFound, InvalidValue, Forbidden, Conflict."""

        def work(change: Change) -> Grant:
            return self.grant(change, self.recipients.lock_to_give(change, holder), gift)

        return self.transactions.write(caller, work)

    def grant(self, change: Change, holder: Resource, gift: Gift) -> Grant:
        """Give it in a transaction that has begun. Raises InvalidValue, Forbidden, Conflict."""
        gift = replace(gift, limits=self._checked(change, gift))
        _require_giver(change.caller, gift)
        held = change.store.grants.effective(holder.id)
        if any(each.direct and each.grant.gift == gift for each in held):
            raise Conflict(f"The {holder.kind.name} has {gift.name} already.")
        actor, kind = change.caller.actor, holder.kind.name
        id, now = change.new_id(), change.now
        grant = Grant(id, gift, holder.id, kind, None, actor.client, actor.id, now)
        change.store.grants.add(grant, holder.key)
        self._stand(change, holder, Action.GRANT_ROLE, grant)
        lent_keys.end(change, [holder.id])
        return grant

    def take(self, caller: Caller, id: str) -> None:
        """Take a role back. Raises NotFound, Forbidden, Conflict: the last Super Admin's."""

        def work(change: Change) -> None:
            grant = change.store.grants.get(id)
            if grant is None:
                raise NotFound(f'There is no grant "{id[:100]}".')
            _require_giver(change.caller, grant.gift)
            holder = self.recipients.lock(change, grant.holder)
            with guards.administrator_kept(change):
                change.store.grants.remove(grant.id)
            self._stand(change, holder, Action.REVOKE_ROLE, grant)

        self.transactions.write(caller, work)

    def _stand(self, change: Change, holder: Resource, action: Action, grant: Grant) -> None:
        """Note it, and show the role where the account extension does."""
        gift = grant.gift
        what = {"role": gift.role} if gift.role else {"permissions": sorted(gift.permissions)}
        told = what | {"grant": grant.id, "limits": gift.limits.told()}
        held = change.store.grants.effective(holder.id)
        role = standing_role(held) if holder.kind.storage.status else None
        change.stand(holder, role, action, {"grant": told})

    def _checked(self, change: Change, gift: Gift) -> Limits:
        """The limits with attributes as they are spelled. Raises InvalidValue."""
        limits = gift.limits
        if limits != Limits() and gift.role == SUPER_ADMIN:
            raise InvalidValue(f"The role {gift.role} has no limits.")
        if limits.everybody and gift.role == DELEGATED:
            raise InvalidValue(f"A {DELEGATED} is limited to groups, users or a folder.")
        if limits.folder is not None:
            folders.check(limits.folder)
        _require_known(change, self.groups, limits.groups)
        _require_known(change, self.users, limits.users)
        return replace(limits, attributes=frozenset(map(self._spelled, limits.attributes)))

    def _spelled(self, attribute: str) -> str:
        path = self.users.resolve(attribute)
        if path is None or path.sub is not None:
            raise InvalidValue(f'"{attribute[:100]}" is no attribute of a {self.users.name}.')
        return path.text


def _require_giver(caller: Caller, gift: Gift) -> None:
    """Raises Forbidden: who gives or takes holds it, and may give roles there."""
    permissions = gift.permissions | {Permission.ROLES_WRITE}
    guards.require_own(caller, Right(permissions, gift.limits))


def _require_known(change: Change, kind: ResourceType, ids: Iterable[str]) -> None:
    """Raises InvalidValue."""
    for id in ids:
        try:
            change.store.get(kind, id)
        except NotFound as fault:
            raise InvalidValue(fault.detail) from None
