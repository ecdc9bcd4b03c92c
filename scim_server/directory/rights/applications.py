"""Applications: who may use which, of their own or by a group, and each one's credential."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol, TypedDict

from scim_server.directory import tokens
from scim_server.directory.callers import INTROSPECT, Caller
from scim_server.directory.change import Change
from scim_server.directory.credentials import Token
from scim_server.directory.events import Action
from scim_server.directory.mail.recipients import Recipients
from scim_server.directory.ports import Assigned, Resource
from scim_server.directory.tokens import Use
from scim_server.directory.transactions import Transactions
from scim_server.protocol.errors import NotFound
from scim_server.protocol.schema import Registry
from scim_server.protocol.values import stamp

KIND = "application"
"""What events name."""
SCOPES = frozenset({INTROSPECT})
"""Of an application's own credential."""
Place = tuple[str, str]
"""Where a page ends: a name or an instant, and an id."""


@dataclass(frozen=True, slots=True)
class Application:
    """An application; ``client``: id of the client that its credential belongs to."""

    id: str
    name: str
    description: str | None
    client: str | None
    created: str


class Changes(TypedDict, total=False):
    """Members of an application that are to change."""

    name: str
    description: str | None


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who has an application; ``holder`` is the id of a user or of a group."""

    holder: str
    kind: str
    display: str | None
    created: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of applications."""

    applications: Sequence[Application]
    total: int
    more: bool


@dataclass(frozen=True, slots=True)
class Holders:
    """A page of assignments."""

    assignments: Sequence[Assignment]
    total: int
    more: bool


class ApplicationStore(Protocol):
    """The applications of a tenant, in one connection or transaction."""

    def page(self, after: Place | None, limit: int) -> list[Application]:
        """By name, those that come after a place."""

    def count(self) -> int:
        """How many there are."""

    def get(self, id: str) -> Application | None:
        """One of them."""

    def add(self, application: Application, scopes: frozenset[str]) -> None:
        """With a client that has these scopes. Raises NotUnique."""

    def update(self, application: Application) -> None:
        """Its name and description. Raises NotUnique."""

    def remove(self, application: Application) -> None:
        """With every assignment and its credential."""

    def add_token(self, token: Token) -> None:
        """Of the application's client; of those before it only the newest stays."""

    def assign(self, id: str, holder: int, now: str) -> bool:
        """To the resource with this store key; whether it was not before."""

    def unassign(self, id: str, holder: int) -> bool:
        """Whether it was assigned."""

    def holders(self, id: str, after: Place | None, limit: int) -> list[Assignment]:
        """Who was given it, the newest first, those that come after a place."""

    def count_holders(self, id: str) -> int:
        """How many."""


class Applications:
    """Applications of a tenant, their credentials and their assignments."""

    def __init__(self, transactions: Transactions, registry: Registry) -> None:
        self.transactions = transactions
        self.users = registry.own_kind
        self.recipients = Recipients(registry)

    def page(self, caller: Caller, after: Place | None, limit: int) -> Listed:
        """By name."""
        with self.transactions.store.snapshot(caller.tenant) as reader:
            found = reader.applications.page(after, limit + 1)
            return Listed(found[:limit], reader.applications.count(), len(found) > limit)

    def get(self, caller: Caller, id: str) -> Application:
        """Raises NotFound."""
        with self.transactions.store.reading(caller.tenant) as reader:
            return _known(reader.applications.get(id), id)

    def add(
        self, caller: Caller, name: str, description: str | None, lifetime: timedelta
    ) -> tuple[Application, str]:
        """An application and its token, shown once. Raises NotUnique."""

        def work(change: Change) -> tuple[Application, str]:
            client = change.new_id()
            application = Application(change.new_id(), name, description, client, change.now)
            change.store.applications.add(application, SCOPES)
            self._tell(change, Action.CREATE, application)
            return application, self._token(change, application, lifetime)

        return self.transactions.write(caller, work)

    def change(self, caller: Caller, id: str, changes: Changes) -> Application:
        """Raises NotFound, NotUnique."""

        def work(change: Change) -> Application:
            before = _known(change.store.applications.get(id), id)
            after = replace(before, **changes)
            if after != before:
                change.store.applications.update(after)
                self._tell(change, Action.UPDATE, after)
            return after

        return self.transactions.write(caller, work)

    def remove(self, caller: Caller, id: str) -> None:
        """Nobody has it any more, and its credential ends. Raises NotFound."""

        def work(change: Change) -> None:
            application = _known(change.store.applications.get(id), id)
            change.store.applications.remove(application)
            self._tell(change, Action.DELETE, application)

        self.transactions.write(caller, work)

    def renew(self, caller: Caller, id: str, lifetime: timedelta) -> tuple[Application, str]:
        """A further token, shown once; of the older ones only the newest stays. Raises NotFound."""

        def work(change: Change) -> tuple[Application, str]:
            application = _known(change.store.applications.get(id), id)
            self._tell(change, Action.MAKE_KEY, application)
            return application, self._token(change, application, lifetime)

        return self.transactions.write(caller, work)

    def holders(self, caller: Caller, id: str, after: Place | None, limit: int) -> Holders:
        """Users and groups that were given it. Raises NotFound."""
        with self.transactions.store.snapshot(caller.tenant) as reader:
            store = reader.applications
            _known(store.get(id), id)
            found = store.holders(id, after, limit + 1)
            return Holders(found[:limit], store.count_holders(id), len(found) > limit)

    def of_user(self, caller: Caller, user: str) -> Sequence[Assigned]:
        """What a user has, of their own or by a group. Raises NotFound."""
        with self.transactions.store.reading(caller.tenant) as reader:
            return reader.get(self.users, user)[1].applications

    def assign(self, caller: Caller, id: str, holders: Sequence[str]) -> int:
        """Give it; returns to how many it is new. Raises NotFound, Conflict: none is given then."""

        def work(change: Change) -> int:
            application = _known(change.store.applications.get(id), id)
            # In one order for all, so that two writers never wait for each other.
            return sum(self._assign(change, application, each) for each in sorted(set(holders)))

        return self.transactions.write(caller, work)

    def unassign(self, caller: Caller, id: str, holder: str) -> None:
        """Take it back. Raises NotFound."""

        def work(change: Change) -> None:
            application = _known(change.store.applications.get(id), id)
            resource = self.recipients.lock(change, holder)
            if not change.store.applications.unassign(id, resource.key):
                raise NotFound(f"The {resource.kind.name} was not given this application.")
            self._tell_holder(change, Action.UNASSIGN, resource, application)

        self.transactions.write(caller, work)

    def _assign(self, change: Change, application: Application, id: str) -> bool:
        holder = self.recipients.lock_to_give(change, id)
        is_new = change.store.applications.assign(application.id, holder.key, change.now)
        if is_new:
            self._tell_holder(change, Action.ASSIGN, holder, application)
        return is_new

    def _token(self, change: Change, application: Application, lifetime: timedelta) -> str:
        text, id = tokens.make(Use.CLIENT, change.caller.tenant)
        ends = stamp(self.transactions.clock() + lifetime)
        client = application.client or ""
        tenant = change.caller.tenant
        token = Token(tenant, id, client, tokens.digest(text), change.now, ends)
        change.store.applications.add_token(token)
        return text

    def _tell(self, change: Change, action: Action, application: Application) -> None:
        told = {"name": application.name, "description": application.description}
        change.record(action, KIND, application.id, told)

    def _tell_holder(
        self, change: Change, action: Action, holder: Resource, application: Application
    ) -> None:
        told = {"application": {"id": application.id, "name": application.name}}
        change.note(action, holder.kind, holder.id, told)


def _known(found: Application | None, id: str) -> Application:
    if found is None:
        raise NotFound(f'There is no application "{id[:100]}".')
    return found
