"""The resource store: directory/ports.py over tables.

A write puts down the document, the values that filters find in it, its unique keys and its event,
and of an update only what differs.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace

import orjson
from sqlalchemy import Connection, delete, select, tuple_, update

from scim_server.directory.events import Event
from scim_server.directory.ports import (
    MemberDelta,
    Query,
    Reference,
    Relations,
    Resource,
    Row,
    Window,
)
from scim_server.protocol.bind import Bound
from scim_server.protocol.errors import NotFound, Uniqueness
from scim_server.protocol.schema import Registry, ResourceType
from scim_server.store import memberships, relations, search
from scim_server.store.database import Database
from scim_server.store.models import (
    EventRow,
    MembershipRow,
    ResourceRow,
    UniqueKeyRow,
    ValueRow,
)
from scim_server.store.records import COLUMNS, to_columns, to_resource
from scim_server.store.rows import Value, unique_keys, unique_path, value_rows
from scim_server.store.scope import Scope
from scim_server.store.sql import insert_many, insert_new, new_keys

UniqueKey = tuple[int, str]


class SqlReader:
    """One connection's view of one tenant."""

    def __init__(
        self, connection: Connection, tenant: int, registry: Registry, base_url: str
    ) -> None:
        self.connection = connection
        self.tenant = tenant
        self.registry = registry
        self.base_url = base_url

    def get(self, kind: ResourceType, id: str) -> tuple[Resource, Relations]:
        """In one statement. Raises NotFound."""
        found = relations.get(self.connection, self.tenant, kind, id, self.registry.kinds)
        if found is None:
            raise not_found(kind, id)
        return found

    def related(self, resources: Sequence[Resource]) -> Mapping[int, Relations]:
        """By store key, in one statement for any number of resources."""
        return relations.related(self.connection, self.tenant, resources)

    def count(self, query: Query) -> int:
        """How many resources match."""
        return search.count(self.connection, self._scopes(query), query)

    def page(self, query: Query, window: Window) -> list[Row]:
        """The matches in the window, in order."""
        return search.page(self.connection, self._scopes(query), query, window, self.registry.kinds)

    def members(
        self, groups: Sequence[Resource], most: int | None = None
    ) -> Iterator[tuple[int, Reference]]:
        """(group's store key, member), in the order of ``groups``, streamed; at most ``most``."""
        return relations.members(self.connection, self.tenant, groups, most)

    def _scope(self, kind: ResourceType) -> Scope:
        return Scope(self.tenant, kind, self.registry, self.base_url)

    def _scopes(self, query: Query) -> list[Scope]:
        return [self._scope(kind) for kind in query.kinds]


class SqlWriter(SqlReader):
    """One transaction that changes one tenant's resources."""

    def lock(self, kind: ResourceType, id: str) -> Resource:
        """The resource, kept from every other writer until the end. Raises NotFound."""
        statement = (
            select(*COLUMNS)
            .where(
                ResourceRow.tenant == self.tenant,
                ResourceRow.public_id == id,
                ResourceRow.kind == kind.name,
            )
            .with_for_update(key_share=True)
        )
        row = self.connection.execute(statement).first()
        if row is None:
            raise not_found(kind, id)
        return to_resource(row, self.registry.kinds)

    def insert(self, resources: Sequence[Resource]) -> list[Resource]:
        """Store new resources and return them with their store keys. Raises Uniqueness."""
        keys = new_keys(self.connection, self.tenant, len(resources))
        stored = [replace(r, key=key) for r, key in zip(resources, keys, strict=True)]
        values = [(r, value_rows(r.kind, r.document)) for r in stored]
        self._take([(r, unique) for r, rows in values for unique in unique_keys(r.kind, rows)])
        insert_many(self.connection, ResourceRow, [to_columns(self.tenant, r) for r in stored])
        self._insert_values((r, row) for r, rows in values for row in rows)
        return stored

    def update(self, before: Resource, after: Resource) -> None:
        """Store a changed resource. Raises Uniqueness."""
        old = value_rows(before.kind, before.document)
        new = value_rows(after.kind, after.document)
        was, now = unique_keys(before.kind, old), unique_keys(after.kind, new)
        self._release(before, was - now)
        self._take([(after, unique) for unique in now - was])
        self._delete_values(before, old - new)
        self._insert_values((after, row) for row in new - old)
        columns = to_columns(self.tenant, after)
        self.connection.execute(
            update(ResourceRow)
            .where(ResourceRow.tenant == self.tenant, ResourceRow.id == before.key)
            .values({k: v for k, v in columns.items() if k not in ("tenant", "id", "kind")})
        )

    def delete(self, resource: Resource) -> list[Resource]:
        """Remove it and its memberships; returns the groups that lost it, locked, as they were."""
        groups = self._groups_of(resource)
        key, tenant = resource.key, self.tenant
        for model, column in (
            (MembershipRow, MembershipRow.member),
            (MembershipRow, MembershipRow.group),
            (ValueRow, ValueRow.resource),
            (UniqueKeyRow, UniqueKeyRow.resource),
            (ResourceRow, ResourceRow.id),
        ):
            self.connection.execute(delete(model).where(model.tenant == tenant, column == key))
        return groups

    def _groups_of(self, resource: Resource) -> list[Resource]:
        links = select(MembershipRow.group).where(
            MembershipRow.tenant == self.tenant, MembershipRow.member == resource.key
        )
        statement = (
            select(*COLUMNS)
            .where(ResourceRow.tenant == self.tenant, ResourceRow.id.in_(links))
            .order_by(ResourceRow.id)
            .with_for_update(key_share=True)
        )
        rows = self.connection.execute(statement)
        return [to_resource(row, self.registry.kinds) for row in rows]

    def add_members(self, group: Resource, ids: Sequence[str]) -> MemberDelta:
        """Raises InvalidValue naming unknown ids, members of a wrong kind, or a cycle."""
        return memberships.add(self.connection, self._scope(group.kind), group, ids)

    def remove_members(self, group: Resource, ids: Sequence[str]) -> MemberDelta:
        """Ids that are no members are passed over."""
        return memberships.remove(self.connection, self._scope(group.kind), group, ids)

    def remove_members_where(self, group: Resource, condition: Bound | None) -> MemberDelta:
        """Remove the members that match, or all."""
        return memberships.remove_where(self.connection, self._scope(group.kind), group, condition)

    def set_members(self, group: Resource, ids: Sequence[str]) -> MemberDelta:
        """Make these the members. Raises InvalidValue as add_members does."""
        return memberships.replace(self.connection, self._scope(group.kind), group, ids)

    def record(self, events: Iterable[Event]) -> None:
        """Append to the event log, in this transaction."""
        rows = [
            {
                "tenant": self.tenant,
                "id": event.id,
                "at": event.at,
                "actor": event.actor.client,
                "request": event.actor.request,
                "kind": event.kind,
                "resource": event.resource,
                "version": event.version,
                "action": event.action.value,
                "changes": orjson.dumps(event.changes).decode(),
            }
            for event in events
        ]
        insert_many(self.connection, EventRow, rows)

    def attempt(self) -> AbstractContextManager[None]:
        """A savepoint: an exception undoes what was done inside, and is raised on."""
        return _savepoint(self.connection)

    def _take(self, keys: Sequence[tuple[Resource, UniqueKey]]) -> None:
        """Claim unique keys, in one order for all so that two writers never wait for each other."""
        rows = [
            {"tenant": self.tenant, "path": path, "key": key, "resource": resource.key}
            for resource, (path, key) in sorted(keys, key=lambda pair: pair[1])
        ]
        if insert_new(self.connection, UniqueKeyRow, rows) < len(rows):
            raise self._taken(keys)

    def _taken(self, keys: Sequence[tuple[Resource, UniqueKey]]) -> Uniqueness:
        """Which of the values belongs to another resource."""
        owners = {unique: resource for resource, unique in keys}
        statement = select(UniqueKeyRow.path, UniqueKeyRow.key, UniqueKeyRow.resource).where(
            UniqueKeyRow.tenant == self.tenant,
            tuple_(UniqueKeyRow.path, UniqueKeyRow.key).in_(list(owners)),
        )
        for path, key, resource in self.connection.execute(statement):
            owner = owners[path, key]
            if owner.key != resource:
                name = unique_path(owner.kind, path).text
                return Uniqueness(f'Another {owner.kind.name} has this "{name}" already.')
        return Uniqueness("Two of the resources have the same unique value.")

    def _release(self, resource: Resource, keys: set[UniqueKey]) -> None:
        if keys:
            self.connection.execute(
                delete(UniqueKeyRow).where(
                    UniqueKeyRow.tenant == self.tenant,
                    UniqueKeyRow.resource == resource.key,
                    tuple_(UniqueKeyRow.path, UniqueKeyRow.key).in_(list(keys)),
                )
            )

    def _insert_values(self, values: Iterable[tuple[Resource, Value]]) -> None:
        rows = [
            {"tenant": self.tenant, "resource": resource.key, **value._asdict()}
            for resource, value in values
        ]
        insert_many(self.connection, ValueRow, rows)

    def _delete_values(self, resource: Resource, values: set[Value]) -> None:
        if values:
            self.connection.execute(
                delete(ValueRow).where(
                    ValueRow.tenant == self.tenant,
                    ValueRow.resource == resource.key,
                    tuple_(ValueRow.path, ValueRow.key, ValueRow.element).in_(
                        [(value.path, value.key, value.element) for value in values]
                    ),
                )
            )


@contextmanager
def _savepoint(connection: Connection) -> Iterator[None]:
    with connection.begin_nested():
        yield


def not_found(kind: ResourceType, id: str) -> NotFound:
    """The same for unknown, deleted and other tenants' resources."""
    return NotFound(f'No {kind.name} has the id "{id[:100]}".')


class SqlResourceStore:
    """Transactions over one tenant's resources."""

    def __init__(self, database: Database, registry: Registry, base_url: str) -> None:
        self.database = database
        self.registry = registry
        self.base_url = base_url

    @contextmanager
    def reading(self, tenant: int) -> Iterator[SqlReader]:
        """Single statements, each on what is committed. Raises Unavailable."""
        with self.database.reading() as connection:
            yield SqlReader(connection, tenant, self.registry, self.base_url)

    @contextmanager
    def snapshot(self, tenant: int) -> Iterator[SqlReader]:
        """Several statements on one state of the store. Raises Unavailable."""
        with self.database.snapshot() as connection:
            yield SqlReader(connection, tenant, self.registry, self.base_url)

    @contextmanager
    def writing(self, tenant: int) -> Iterator[SqlWriter]:
        """Committed at the end, rolled back on an exception. Raises Unavailable, Contention."""
        with self.database.writing() as connection:
            yield SqlWriter(connection, tenant, self.registry, self.base_url)
