"""The resource store: directory/ports.py over tables.

A write puts down the document, the values that filters find in it, its unique keys and its event,
and of an update only what differs.
"""

from collections.abc import Collection, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property

import orjson
from sqlalchemy import Connection, select, tuple_

from scim_server.directory.events import Event
from scim_server.directory.ports import (
    Hit,
    MemberDelta,
    Query,
    Reference,
    Relations,
    Resource,
    Window,
)
from scim_server.protocol.bind import Bound
from scim_server.protocol.errors import NotFound, NotUnique
from scim_server.protocol.schema import Registry, ResourceType
from scim_server.store import access, memberships, relations, search, writes
from scim_server.store.applications import SqlApplications
from scim_server.store.authenticators import SqlAuthenticators
from scim_server.store.census import SqlCensus
from scim_server.store.challenges import SqlChallenges
from scim_server.store.database import Database
from scim_server.store.grants import SqlGrants
from scim_server.store.history import SqlHistory
from scim_server.store.keys import SqlKeys
from scim_server.store.links import SqlLinks
from scim_server.store.logins import SqlLogins
from scim_server.store.mail import SqlMail
from scim_server.store.models import (
    EVENT,
    RESOURCE,
    UNIQUE_KEY,
    VALUE,
)
from scim_server.store.policy import SqlPolicy
from scim_server.store.records import to_columns, to_resource
from scim_server.store.requests import SqlRequests
from scim_server.store.rows import Value, unique_keys, unique_path, value_rows
from scim_server.store.scope import Scope
from scim_server.store.sessions import SqlSessions
from scim_server.store.sql import insert_many, insert_new, is_sqlite

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

    @cached_property
    def census(self) -> SqlCensus:
        """Counts and look-ups over many of its users."""
        return SqlCensus(self.connection, self.tenant, self.registry.kinds)

    @cached_property
    def history(self) -> SqlHistory:
        """Its events."""
        return SqlHistory(self.connection, self.tenant)

    @cached_property
    def links(self) -> SqlLinks:
        """Its links."""
        return SqlLinks(self.connection, self.tenant)

    @cached_property
    def mail(self) -> SqlMail:
        """Its mail that waits."""
        return SqlMail(self.connection, self.tenant)

    @cached_property
    def policy(self) -> SqlPolicy:
        """What its tenant has decided."""
        return SqlPolicy(self.connection, self.tenant)

    @cached_property
    def authenticators(self) -> SqlAuthenticators:
        """Second factors of its users."""
        return SqlAuthenticators(self.connection, self.tenant)

    @cached_property
    def applications(self) -> SqlApplications:
        """Its applications, and who has them."""
        return SqlApplications(self.connection, self.tenant)

    @cached_property
    def keys(self) -> SqlKeys:
        """Its API keys."""
        return SqlKeys(self.connection, self.tenant, self.registry.own_kind)

    @cached_property
    def grants(self) -> SqlGrants:
        """Who holds which role."""
        return SqlGrants(self.connection, self.tenant)

    @cached_property
    def sessions(self) -> SqlSessions:
        """Its sessions."""
        return SqlSessions(self.connection, self.tenant, self.registry.own_kind)

    @cached_property
    def logins(self) -> SqlLogins:
        """How its users sign in."""
        return SqlLogins(self.connection, self.tenant, self.registry.own_kind)

    @cached_property
    def challenges(self) -> SqlChallenges:
        """Its sign-ins that have begun."""
        return SqlChallenges(self.connection, self.tenant)

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

    def page(self, query: Query, window: Window) -> list[Hit]:
        """The matches in the window, in order."""
        return search.page(self.connection, self._scopes(query), query, window, self.registry.kinds)

    def members(
        self, groups: Sequence[Resource], most: int | None = None
    ) -> Generator[tuple[int, Reference], None, None]:
        """(group's store key, member), in the order of ``groups``, streamed; at most ``most``."""
        return relations.members(self.connection, self.tenant, groups, most)

    def _scope(self, kind: ResourceType) -> Scope:
        return Scope(self.tenant, kind, self.registry, self.base_url)

    def _scopes(self, query: Query) -> list[Scope]:
        return [self._scope(kind) for kind in query.kinds]


class SqlWriter(SqlReader):
    """One transaction that changes one tenant's resources."""

    @cached_property
    def recorded(self) -> list[str]:
        """The actions of the events that it has appended."""
        return []

    def lock(self, kind: ResourceType, id: str) -> Resource:
        """The resource, kept from every other writer until the end. Raises NotFound."""
        rows = writes.LOCK.rows(self.connection, _tenant=self.tenant, _id=id, _kind=kind.name)
        if not rows:
            raise not_found(kind, id)
        return to_resource(rows[0], self.registry.kinds)

    def lock_all(self, kind: ResourceType, ids: Collection[str]) -> list[Resource]:
        """Those of them that there are, likewise, in one statement."""
        names = {"_tenant": self.tenant, "_kind": kind.name, "_ids": list(ids)}
        rows = self.connection.execute(writes.LOCK_ALL, names)
        return [to_resource(row, self.registry.kinds) for row in rows]

    def insert(self, resources: Sequence[Resource]) -> list[Resource]:
        """Store new resources and return them with their store keys. Raises NotUnique."""
        keys = self._new_keys(len(resources))
        stored = [replace(r, key=key) for r, key in zip(resources, keys, strict=True)]
        values = [(r, value_rows(r.kind, r.document)) for r in stored]
        self._take([(r, unique) for r, rows in values for unique in unique_keys(r.kind, rows)])
        rows = [tuple(to_columns(self.tenant, resource).values()) for resource in stored]
        insert_many(self.connection, RESOURCE, rows)
        self._insert_values((r, row) for r, rows in values for row in rows)
        return stored

    def update(self, before: Resource, after: Resource) -> None:
        """Store a changed resource. Raises NotUnique."""
        old = value_rows(before.kind, before.document)
        new = value_rows(after.kind, after.document)
        was, now = unique_keys(before.kind, old), unique_keys(after.kind, new)
        self._release(before, was - now)
        self._take([(after, unique) for unique in now - was])
        self._delete_values(before, old - new)
        self._insert_values((after, row) for row in new - old)
        columns = to_columns(self.tenant, after)
        changed = {name: columns[name] for name in writes.CHANGED}
        names = {"_tenant": self.tenant, "_key": before.key}
        self.connection.execute(writes.UPDATE, changed | names)

    def delete(self, resource: Resource) -> list[Resource]:
        """Remove it and its memberships; returns the groups that lost it, locked, as they were."""
        groups = self.leave_groups(resource)
        names = {"_tenant": self.tenant, "_key": resource.key}
        for deletion in writes.DELETIONS:
            self.connection.execute(deletion, names)
        return groups

    def leave_groups(self, resource: Resource) -> list[Resource]:
        """Remove its memberships; returns the groups that lost it, locked, as they were."""
        names = {"_tenant": self.tenant, "_key": resource.key}
        groups = self.connection.execute(writes.GROUPS_OF, names).all()
        # Another transaction may have removed it from one of them before the lock was had.
        left = set(self.connection.execute(writes.LEAVE_GROUPS, names).scalars())
        return [to_resource(row, self.registry.kinds) for row in groups if row.id in left]

    def end_access(self, user: Resource) -> None:
        """End its sessions, links and begun ceremonies, and its keys."""
        access.end(self.connection, self.tenant, user)

    @cached_property
    def requests(self) -> SqlRequests:
        """Its requests to recover an account."""
        return SqlRequests(self.connection, self.tenant)

    def end_tickets(self, user: Resource, kept_session: str = "") -> None:
        """End its sessions but that one, its links and begun ceremonies."""
        access.end_tickets(self.connection, self.tenant, user, kept_session)

    def end_rights(self, user: Resource) -> None:
        """Take its roles, applications, authenticators and password away."""
        access.end_rights(self.connection, self.tenant, user)

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
        told = list(events)
        rows = [
            (
                self.tenant,
                event.id,
                event.at,
                event.actor.client,
                event.actor.request,
                event.kind,
                event.resource,
                event.version,
                event.action.value,
                orjson.dumps(event.changes).decode(),
                event.actor.id,
                event.actor.address,
                event.actor.reason,
            )
            for event in told
        ]
        insert_many(self.connection, EVENT, rows)
        self.recorded.extend(event.action for event in told)

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """A savepoint: an exception undoes what was done inside, and is raised on."""
        before = len(self.recorded)
        try:
            with self.connection.begin_nested():
                yield
        except BaseException:
            del self.recorded[before:]
            raise

    def _new_keys(self, count: int) -> list[int]:
        """Ascending, so that the default order is that of creation."""
        if is_sqlite(self.connection):
            # Safe: SQLite has one writer, and this transaction is it.
            [[highest]] = writes.HIGHEST_KEY.rows(self.connection, _tenant=self.tenant)
            return list(range(highest + 1, highest + 1 + count))
        return sorted(key for [key] in writes.NEXT_KEYS.rows(self.connection, _count=count))

    def _take(self, keys: Sequence[tuple[Resource, UniqueKey]]) -> None:
        """Claim unique keys, in one order for all so that two writers never wait for each other."""
        rows = [
            (self.tenant, path, key, resource.key)
            for resource, (path, key) in sorted(keys, key=lambda pair: pair[1])
        ]
        if insert_new(self.connection, UNIQUE_KEY, rows) < len(rows):
            raise self._taken(keys)

    def _taken(self, keys: Sequence[tuple[Resource, UniqueKey]]) -> NotUnique:
        """Which of the values belongs to another resource."""
        owners = {unique: resource for resource, unique in keys}
        statement = select(UNIQUE_KEY.c.path, UNIQUE_KEY.c.key, UNIQUE_KEY.c.resource).where(
            UNIQUE_KEY.c.tenant == self.tenant,
            tuple_(UNIQUE_KEY.c.path, UNIQUE_KEY.c.key).in_(list(owners)),
        )
        for path, key, resource in self.connection.execute(statement):
            owner = owners[path, key]
            if owner.key != resource:
                name = unique_path(owner.kind, path).text
                return NotUnique(f'Another {owner.kind.name} has this "{name}" already.')
        return NotUnique("Two of the resources have the same unique value.")

    def _release(self, resource: Resource, keys: set[UniqueKey]) -> None:
        rows = [
            {"_tenant": self.tenant, "_path": path, "_key": key, "_resource": resource.key}
            for path, key in keys
        ]
        if rows:
            self.connection.execute(writes.DELETE_UNIQUE_KEY, rows)

    def _insert_values(self, values: Iterable[tuple[Resource, Value]]) -> None:
        rows = [
            (self.tenant, row.path, row.key, resource.key, row.element, row.lead, row.whole)
            for resource, row in values
        ]
        insert_many(self.connection, VALUE, rows)

    def _delete_values(self, resource: Resource, values: set[Value]) -> None:
        rows = [
            {
                "_tenant": self.tenant,
                "_path": value.path,
                "_key": value.key,
                "_resource": resource.key,
                "_element": value.element,
            }
            for value in values
        ]
        if rows:
            self.connection.execute(writes.DELETE_VALUE, rows)


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
