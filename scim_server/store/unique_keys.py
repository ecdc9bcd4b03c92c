"""Values that no two resources of a tenant may have: where 409 comes from."""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, select, tuple_

from scim_server.directory.ports import Resource
from scim_server.protocol.errors import NotUnique
from scim_server.store import writes
from scim_server.store.models import UNIQUE_KEY
from scim_server.store.rows import unique_path
from scim_server.store.sql import insert_new

UniqueKey = tuple[int, str]
"""Path code and comparison key, see rows.unique_keys."""


class UniqueKeys:
    """The taken values of one tenant."""

    def __init__(self, connection: Connection, tenant: int) -> None:
        self.connection = connection
        self.tenant = tenant

    def take(self, keys: Sequence[tuple[Resource, UniqueKey]]) -> None:
        """Claim them for their resources. Raises NotUnique.

        In one order for all, so that two writers never wait for each other.
        """
        rows = [
            (self.tenant, path, key, resource.key)
            for resource, (path, key) in sorted(keys, key=lambda pair: pair[1])
        ]
        if insert_new(self.connection, UNIQUE_KEY, rows) < len(rows):
            raise self._taken(keys)

    def release(self, resource: Resource, keys: Collection[UniqueKey]) -> None:
        """Leave these to others."""
        rows = [
            {"_tenant": self.tenant, "_path": path, "_key": key, "_resource": resource.key}
            for path, key in keys
        ]
        if rows:
            self.connection.execute(writes.DELETE_UNIQUE_KEY, rows)

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
