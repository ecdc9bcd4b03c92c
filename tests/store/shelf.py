"""The store of one tenant, with what the tests of its promises say over and over."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any, TypeVar

from scim_server.directory.accounts.lifecycle import Status
from scim_server.directory.events import Action, Actor, Event
from scim_server.directory.ports import (
    Contention,
    Hit,
    MemberDelta,
    Order,
    Query,
    Reader,
    Relations,
    Resource,
    Window,
    Writer,
)
from scim_server.parts import new_id
from scim_server.protocol.bind import bind
from scim_server.protocol.filter import parse_filter
from scim_server.protocol.schema import ResourceType
from scim_server.store.resources import SqlResourceStore
from tests.application import Application

T = TypeVar("T")
MOMENT = "2026-11-21T10:00:00"
ACTOR = Actor("contract", "request-1")


class Shelf:
    """One tenant's resources, through the port."""

    def __init__(self, application: Application, tenant: int | None = None) -> None:
        self.application = application
        self.tenant = application.tenant() if tenant is None else tenant
        parts = application.parts
        self.kinds = parts.registry.kinds
        self.store = SqlResourceStore(parts.database, parts.registry, parts.config.base_url)
        self.users, self.groups = self.kinds["User"], self.kinds["Group"]
        self._numbers = itertools.count()

    # Records that are not stored yet.

    def new(self, kind: ResourceType, **document: Any) -> Resource:
        """A resource of the kind; names that it must have are made up."""
        schemas = {"schemas": [kind.schema.id]}
        status = Status.ACTIVE if kind.storage.status else None
        return Resource(-1, kind, new_id(), 1, MOMENT, MOMENT, status, schemas | document)

    def new_user(self, name: str | None = None, /, **document: Any) -> Resource:
        return self.new(self.users, userName=name or f"user-{next(self._numbers)}", **document)

    def new_group(self, name: str | None = None, /, **document: Any) -> Resource:
        return self.new(self.groups, displayName=name or f"group-{next(self._numbers)}", **document)

    # Transactions of one move.

    def writing(self) -> AbstractContextManager[Writer]:
        return self.store.writing(self.tenant)

    def read(self, look: Callable[[Reader], T]) -> T:
        with self.store.snapshot(self.tenant) as reader:
            return look(reader)

    def write(self, act: Callable[[Writer], T]) -> T:
        with self.writing() as writer:
            return act(writer)

    def insert(self, *resources: Resource) -> list[Resource]:
        return self.write(lambda writer: writer.insert(resources))

    def user(self, name: str | None = None, /, **document: Any) -> Resource:
        return self.insert(self.new_user(name, **document))[0]

    def group(self, *members: Resource, name: str | None = None) -> Resource:
        [group] = self.insert(self.new_group(name))
        if members:
            self.add(group, *(member.id for member in members))
        return group

    def add(self, group: Resource, *ids: str) -> MemberDelta:
        return self.write(lambda writer: writer.add_members(group, ids))

    def update(self, before: Resource, **document: Any) -> Resource:
        after = replace(before, version=before.version + 1, document=before.document | document)
        self.write(lambda writer: writer.update(before, after))
        return after

    def delete(self, resource: Resource) -> list[Resource]:
        return self.write(lambda writer: writer.delete(resource))

    # What is there.

    def get(self, resource: Resource) -> Resource:
        return self.read(lambda reader: reader.get(resource.kind, resource.id))[0]

    def relations(self, resource: Resource) -> Relations:
        return self.read(lambda reader: reader.get(resource.kind, resource.id))[1]

    def members(self, group: Resource) -> list[str]:
        return self.read(lambda reader: [member.id for _, member in reader.members([group])])

    def query(
        self,
        filter: str | None = None,
        kind: ResourceType | None = None,
        sort: str | None = None,
        descending: bool = False,
    ) -> Query:
        kind = kind or self.users
        bound = bind(kind, parse_filter(filter)) if filter else None
        return Query({kind.name: bound}, (kind,), self.order((kind,), sort, descending))

    def order(
        self, kinds: Sequence[ResourceType], sort: str | None, descending: bool
    ) -> Order | None:
        if sort is None:
            return None
        paths = {kind.name: path for kind in kinds if (path := kind.resolve(sort))}
        return Order(paths, descending)

    def page(self, query: Query, window: Window | None = None) -> list[Hit]:
        return self.read(lambda reader: reader.page(query, window or Window(100)))

    def found(self, filter: str, kind: ResourceType | None = None) -> list[str]:
        """The ids that a filter finds."""
        return [row.resource.id for row in self.page(self.query(filter, kind))]

    def walk(self, query: Query, size: int) -> Iterator[str]:
        """Every id, page by page, each from where the one before ended."""
        rows = self.page(query, Window(size))
        while rows:
            yield from (row.resource.id for row in rows)
            rows = self.page(query, Window(size, after=rows[-1].position))


def event(resource: Resource, action: Action = Action.CREATE, **changes: Any) -> Event:
    """An event of that resource."""
    return Event(new_id(), MOMENT, ACTOR, resource.kind.name, resource.id, 1, action, changes)


def at_once(acts: Sequence[Callable[[], T]]) -> list[T | Exception]:
    """Run every act in a thread of its own; what it returned or raised, in their order."""

    def outcome(act: Callable[[], T]) -> T | Exception:
        for _ in range(20):
            try:
                return act()
            except Contention:
                continue
            except Exception as fault:  # noqa: BLE001
                return fault
        return Contention()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(outcome, acts))
