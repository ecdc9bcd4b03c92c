"""Roles: who holds which, from whom, and what follows from it on the very next request."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from scim_server.directory import guards
from scim_server.directory.callers import Caller
from scim_server.directory.change import Change
from scim_server.directory.events import Action
from scim_server.directory.grants import Grant, Held, rights_from, standing_role
from scim_server.directory.lifecycle import Status
from scim_server.directory.ports import Resource
from scim_server.directory.rights import (
    ADMINISTRATOR,
    BASIC_USER,
    DELEGATED,
    EVERY,
    ROLES,
    Limits,
    Permission,
    Right,
    Rights,
)
from scim_server.directory.transactions import Transactions
from scim_server.protocol.errors import Conflict, InvalidValue, NotFound
from scim_server.protocol.schema import Registry

LIMITABLE = (ADMINISTRATOR, DELEGATED)


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of grants; ``total`` is of all pages, ``more`` says that another one follows."""

    grants: Sequence[Grant]
    total: int
    more: bool


class Roles:
    """Grants of roles, to users and to groups."""

    def __init__(self, transactions: Transactions, registry: Registry) -> None:
        self.transactions = transactions
        self.users = registry.own_kind
        self.holders = tuple(
            kind for kind in registry.kinds.values() if kind.storage.status or kind.storage.members
        )

    def rights_of(self, tenant: int, user: str) -> Rights:
        """What a user may do now, by every role, in one statement."""
        with self.transactions.store.reading(tenant) as reader:
            return rights_from(reader.grants.effective(user))

    def require_for(self, caller: Caller, permission: Permission, user: str) -> None:
        """Raises Forbidden; NotFound where the user is not within the caller's limits."""
        rights = caller.rights
        if rights is None or rights.cover(Right(EVERY)):
            return
        with self.transactions.store.snapshot(caller.tenant) as reader:
            resource, related = reader.get(self.users, user)
            rights.require_for(permission, guards.place(resource, related))
            if not permission.only_reads:
                guards.require_over(rights, reader.grants.effective(user))

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

    def give(self, caller: Caller, holder: str, role: str, limits: Limits) -> Grant:
        """Raises NotFound, InvalidValue, Forbidden, Conflict."""

        def work(change: Change) -> Grant:
            return self.grant(change, self._holder(change, holder), role, limits)

        return self.transactions.write(caller, work)

    def grant(self, change: Change, holder: Resource, role: str, limits: Limits) -> Grant:
        """Give a role in a transaction that has begun. Raises as ``give``."""
        limits = self._checked(change, holder, role, limits)
        guards.require_own(change.caller, Right(ROLES[role], limits))
        given = change.store.grants.effective(holder.id)
        if any(h.direct and (h.grant.role, h.grant.limits) == (role, limits) for h in given):
            raise Conflict(f"The {holder.kind.name} has the role {role} already.")
        grant = Grant(
            change.new_id(),
            role,
            limits,
            holder.id,
            holder.kind.name,
            None,
            change.caller.actor.client,
            change.now,
        )
        change.store.grants.add(grant, holder.key)
        self._stand(change, holder, Action.GRANT_ROLE, grant)
        return grant

    def take(self, caller: Caller, id: str) -> None:
        """Take a role back. Raises NotFound, Forbidden, Conflict: the last Super Admin's."""

        def work(change: Change) -> None:
            grant = change.store.grants.get(id)
            if grant is None:
                raise NotFound(f'There is no grant "{id[:100]}".')
            guards.require_own(change.caller, Right(ROLES[grant.role], grant.limits))
            holder = self._holder(change, grant.holder)
            with guards.administrator_kept(change):
                change.store.grants.remove(grant.id)
            self._stand(change, holder, Action.REVOKE_ROLE, grant)

        self.transactions.write(caller, work)

    def _stand(self, change: Change, holder: Resource, action: Action, grant: Grant) -> None:
        """Note it, and show the role where the account extension does."""
        told = {"role": grant.role, "grant": grant.id, "limits": grant.limits.told()}
        held = change.store.grants.effective(holder.id)
        role = standing_role(held) if holder.kind.storage.status else None
        change.stand(holder, role, action, {"grant": told})

    def _holder(self, change: Change, id: str) -> Resource:
        for kind in self.holders:
            try:
                return change.store.lock(kind, id)
            except NotFound:
                continue
        raise NotFound(f'No user and no group has the id "{id[:100]}".')

    def _checked(self, change: Change, holder: Resource, role: str, limits: Limits) -> Limits:
        """The limits with attributes as they are spelled. Raises InvalidValue, Conflict."""
        if role not in ROLES or role == BASIC_USER:
            known = ", ".join(name for name in ROLES if name != BASIC_USER)
            raise InvalidValue(f'No role "{role[:64]}" can be given; there are: {known}.')
        if limits != Limits() and role not in LIMITABLE:
            raise InvalidValue(f"The role {role} has no limits.")
        if limits.everybody and role == DELEGATED:
            raise InvalidValue(f"A {DELEGATED} is limited to groups or to a folder.")
        if holder.status is Status.DEPROVISIONED:
            raise Conflict("A deprovisioned account is given nothing.")
        for group in limits.groups:
            self._check_group(change, group)
        return replace(limits, attributes=frozenset(map(self._spelled, limits.attributes)))

    def _spelled(self, attribute: str) -> str:
        path = self.users.resolve(attribute)
        if path is None or path.sub is not None:
            raise InvalidValue(f'"{attribute[:100]}" is no attribute of a {self.users.name}.')
        return path.text

    def _check_group(self, change: Change, id: str) -> None:
        for kind in self.holders:
            try:
                if kind.storage.members:
                    change.store.get(kind, id)
                    return
            except NotFound:
                continue
        raise InvalidValue(f'No group has the id "{id[:100]}".')
