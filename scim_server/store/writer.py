"""What one transaction writes.

The document, the values that filters find in it, its unique keys and its event; of an update only
what differs.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property

from sqlalchemy import text

from scim_server.directory.events import Event
from scim_server.directory.ports import MemberDelta, Resource
from scim_server.protocol.bind import Bound
from scim_server.protocol.schema import ResourceType
from scim_server.store import access, history, memberships, writes
from scim_server.store.models import ANCHOR, MEMBERSHIP, RESOURCE, VALUE
from scim_server.store.reader import SqlReader, not_found
from scim_server.store.records import to_columns, to_resource
from scim_server.store.requests import SqlRequests
from scim_server.store.rows import Value, unique_keys, value_rows
from scim_server.store.sql import insert_many, is_sqlite
from scim_server.store.unique_keys import UniqueKeys


class SqlWriter(SqlReader):
    """One transaction that changes one tenant's resources."""

    @cached_property
    def recorded(self) -> list[str]:
        """The actions of the events that it has appended."""
        return []

    @cached_property
    def _unique_keys(self) -> UniqueKeys:
        return UniqueKeys(self.connection, self.tenant)

    @cached_property
    def requests(self) -> SqlRequests:
        """Its requests to recover an account."""
        return SqlRequests(self.connection, self.tenant)

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
        self._unique_keys.take(
            [(r, unique) for r, rows in values for unique in unique_keys(r.kind, rows)]
        )
        rows = [tuple(to_columns(self.tenant, resource).values()) for resource in stored]
        insert_many(self.connection, RESOURCE, rows)
        self._insert_values((r, row) for r, rows in values for row in rows)
        return stored

    def update(self, before: Resource, after: Resource) -> None:
        """Store a changed resource. Raises NotUnique."""
        old = value_rows(before.kind, before.document)
        new = value_rows(after.kind, after.document)
        was, now = unique_keys(before.kind, old), unique_keys(after.kind, new)
        self._unique_keys.release(before, was - now)
        self._unique_keys.take([(after, unique) for unique in now - was])
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

    def end_access(self, user: Resource) -> int:
        """End its sessions, links and begun ceremonies, and its keys; how many sessions."""
        return access.end(self.connection, self.tenant, user)

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

    def take_stock(self) -> None:
        """Let the database count its rows: after many new ones it plans by how few there were.

        PostgreSQL does so by itself, but a minute too late for a first load: the plan by which it
        checks a foreign key may read a whole table. SQLite has no need: it plans by the indexes.
        """
        if not is_sqlite(self.connection):
            for table in (RESOURCE, VALUE, MEMBERSHIP, ANCHOR):
                self.connection.execute(text(f"ANALYZE {table.name}"))

    def record(self, events: Iterable[Event]) -> None:
        """Append to the event log, in this transaction."""
        told = list(events)
        history.append(self.connection, self.tenant, told)
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
