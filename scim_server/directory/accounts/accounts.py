"""Accounts, as administrators look after them: made, changed, deleted, and led through their life.

Everything is written by Change, as what SCIM writes is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from scim_server.directory.accounts import profiles
from scim_server.directory.accounts.census import NOTHING
from scim_server.directory.accounts.dossier import Dossier, dossier
from scim_server.directory.accounts.lifecycle import Status, Step
from scim_server.directory.accounts.policy import Policy
from scim_server.directory.accounts.roster import Row
from scim_server.directory.callers import ACCOUNTS, LOCAL, Caller
from scim_server.directory.change import Change
from scim_server.directory.ports import Relations, Resource
from scim_server.directory.rights.grants import gift_of_role
from scim_server.directory.rights.roles import Roles
from scim_server.directory.signing import links
from scim_server.directory.signing.links import Purpose
from scim_server.directory.transactions import Transactions
from scim_server.directory.views import View
from scim_server.protocol.errors import NotFound, NotUnique
from scim_server.protocol.intake import Strict
from scim_server.protocol.messages import Operation
from scim_server.protocol.projection import Projection
from scim_server.protocol.resource import load
from scim_server.protocol.schema import Document, Path, Registry, ResourceType
from scim_server.protocol.values import key as key_of

Profile = Mapping[str, Any]
"""The members of directory/accounts/profiles.py; None takes one away."""
WHOLE = Projection()


class Activation(StrEnum):
    """What a new account begins as."""

    ACTIVE = "active"
    PENDING = "pending"
    INACTIVE = "inactive"


FIRST = {
    Activation.ACTIVE: Status.ACTIVE,
    Activation.PENDING: Status.PENDING,
    Activation.INACTIVE: Status.INACTIVE,
}


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account to be made; ``groups`` are ids; ``link`` is what a Pending one is mailed."""

    profile: Profile
    activation: Activation = Activation.ACTIVE
    groups: Sequence[str] = ()
    role: str | None = None
    link: Purpose = Purpose.ACTIVATION


class AddressTaken(NotUnique):
    """The tenant's policy has each e-mail address for one account."""

    def __init__(self) -> None:
        super().__init__("Another account has this e-mail address already.")


class Accounts:
    """Users, beside what SCIM does to them."""

    def __init__(self, transactions: Transactions, registry: Registry, roles: Roles) -> None:
        self.transactions = transactions
        self.users = registry.own_kind
        self.groups = next(k for k in registry.kinds.values() if k.storage.members)
        self.roles = roles
        self.names = _path(self.users, self.users.storage.identifier[0])
        self.addresses = _path(self.users, "emails.value")
        self.group_names = _path(self.groups, self.groups.storage.display[0])

    def create(self, caller: Caller, new: NewAccount) -> Row:
        """Make an account. Raises InvalidValue, NotUnique, NotFound, Conflict, Forbidden."""
        return self.transactions.write(acting(caller), lambda change: self.make(change, new))

    def change(self, caller: Caller, id: str, profile: Profile) -> Row:
        """Lay members over an account. Raises NotFound, InvalidValue, NotUnique, Forbidden."""

        def work(change: Change) -> Row:
            self.lay(change, change.store.lock(self.users, id), profile)
            return self._row(change, id)

        return self.transactions.write(acting(caller), work)

    def step(self, caller: Caller, id: str, event: Step, reason: str | None) -> View:
        """Take a step of the life cycle. Raises NotFound, Conflict."""

        def work(change: Change) -> View:
            resource = change.step(self.users, id, event)
            related = change.store.related([resource]).get(resource.key, Relations())
            return self.transactions.renderer.view(resource, related, WHOLE)

        return self.transactions.write(acting(caller, reason), work)

    def delete(self, caller: Caller, id: str) -> None:
        """Delete an account and all it owns. Raises NotFound, Forbidden, Conflict."""
        self.transactions.write(acting(caller), lambda change: change.delete(self.users, id, None))

    def export_and_delete(self, caller: Caller, id: str) -> Dossier:
        """Likewise; returns all that was known of the user, secrets apart."""

        def work(change: Change) -> Dossier:
            change.store.lock(self.users, id)
            user, related = change.store.get(self.users, id)
            shown = self.transactions.renderer.whole(user, related)
            known = dossier(change.store, user, related, shown, change.now)
            change.delete(self.users, id, None)
            return known

        return self.transactions.write(acting(caller), work)

    def join(self, caller: Caller, id: str, group: str) -> Row:
        """Add to a group. Raises NotFound, Forbidden."""

        def work(change: Change) -> Row:
            change.store.lock(self.users, id)
            self._add(change, group, id)
            return self._row(change, id)

        return self.transactions.write(acting(caller), work)

    def join_new(self, caller: Caller, id: str, name: str) -> Row:
        """Add to a group that is made for it. Raises NotFound, NotUnique, InvalidValue."""
        body = {
            "schemas": [self.groups.schema.id],
            self.groups.storage.display[0]: name,
            self.groups.storage.members: [{"value": id}],
        }
        document = load(self.groups, body)

        def work(change: Change) -> Row:
            change.store.lock(self.users, id)
            change.create([change.draft(self.groups, document)])
            return self._row(change, id)

        return self.transactions.write(acting(caller), work)

    def leave(self, caller: Caller, id: str, group: str) -> None:
        """Take out of a group. Raises NotFound, also where the user is not in it."""

        def work(change: Change) -> None:
            path = f'{self.groups.storage.members}[value eq "{id}"]'
            _, related = change.store.get(self.users, id)
            if not any(each.direct and each.group == group for each in related.groups):
                raise NotFound(f'The user is not directly in a group "{group[:100]}".')
            change.patch(self.groups, group, (Operation("remove", path),), None)

        self.transactions.write(acting(caller), work)

    def named(self, caller: Caller, names: Sequence[str]) -> dict[str, str]:
        """The ids of the users who sign in with these names; who is unknown is left out."""
        leaf = self.names.leaf
        with self.transactions.store.reading(caller.tenant) as reader:
            found = reader.census.holders(self.users, self.names, names)
            holders = [key for keys in found.values() for key in keys]
            ids = {each.key: each.id for each in reader.census.resources(holders)}
        keys = {name: found.get(key_of(leaf, name), ()) for name in names}
        return {name: ids[key] for name, known in keys.items() for key in known if key in ids}

    # What one transaction does to one account, for whoever has many.

    def make(self, change: Change, new: NewAccount) -> Row:
        """Raises as ``create`` does."""
        drafted = self.drafted(new.profile, FIRST[new.activation])
        self._check(change, new.profile, None)
        self._check_free(change, drafted)
        [resource] = change.create([change.draft(self.users, drafted)])
        for group in new.groups:
            self._add(change, group, resource.id)
        if new.role is not None:
            self.roles.grant(change, resource, gift_of_role(new.role))
        if new.activation is Activation.PENDING:
            links.send(change, resource, new.link)
        return self._row(change, resource.id)

    def drafted(self, profile: Profile, status: Status) -> Document:
        """A profile as the checked document of a new account. Raises InvalidValue."""
        document = profiles.laid(self.users, {"schemas": [self.users.schema.id]}, profile)
        urn = str(self.users.storage.account)
        document[urn] = document.get(urn, {}) | {"status": status.value}
        return load(self.users, document)

    def lay(self, change: Change, before: Resource, profile: Profile) -> Resource:
        """Lay members over a locked account. Raises as ``change`` does."""
        after = profiles.laid(self.users, before.document, profile)
        operations = profiles.operations(self.users, before.document, after)
        if not operations:
            return before
        self._check(change, profile, before)
        return change.patch(self.users, before.id, operations, None)

    def check_names(self, policy: Policy, profile: Profile) -> None:
        """What the policy asks of local accounts. Raises InvalidValue."""
        name = profile.get(self.names.attribute.name)
        if name is not None:
            profiles.check_name(policy, name)

    def _check(self, change: Change, profile: Profile, before: Resource | None) -> None:
        """What the policy asks of local accounts. Raises InvalidValue, NotUnique."""
        if before is not None and before.source != LOCAL:
            return
        policy = change.store.policy.get()
        name = self.names.attribute.name
        if before is None or before.document.get(name) != profile.get(name):
            self.check_names(policy, profile)
        given = [profile[each] for each in profiles.ADDRESSES if profile.get(each)]
        if policy.unique_email and given:
            change.store.census.await_turn()
            found = change.store.census.holders(self.users, self.addresses, given)
            holders = {holder for each in found.values() for holder in each}
            if holders - {before.key if before else None}:
                raise AddressTaken

    def _check_free(self, change: Change, document: Document) -> None:
        """In the words of administrators; who comes between is refused by the database."""
        name = document[self.names.attribute.name]
        if change.store.census.holders(self.users, self.names, [name]):
            raise taken(name)

    def _add(self, change: Change, group: str, id: str) -> None:
        member = Operation("add", self.groups.storage.members, [{"value": id}], has_value=True)
        change.patch(self.groups, group, (member,), None)

    def _row(self, change: Change, id: str) -> Row:
        resource, related = change.store.get(self.users, id)
        tallies = change.store.census.tallies([resource.key], change.now)
        return Row(resource, tallies.get(resource.key, NOTHING), related.groups)


def acting(caller: Caller, reason: str | None = None) -> Caller:
    """The caller as one who writes accounts by hand, to the letter, and says why."""
    return replace(
        caller,
        source=LOCAL,
        scopes=caller.scopes | {ACCOUNTS},
        intake=Strict(),
        actor=replace(caller.actor, reason=reason),
    )


def taken(name: str) -> NotUnique:
    """The refusal of a name that somebody has."""
    return NotUnique(f'userName already exists: "{name[:100]}".')


def _path(kind: ResourceType, text: str) -> Path:
    path = kind.resolve(text)
    assert path is not None
    return path
