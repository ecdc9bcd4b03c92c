"""The resource store: directory/ports.py over tables."""

from collections.abc import Iterator
from contextlib import contextmanager

from scim_server.protocol.schema import Registry
from scim_server.store.database import Database
from scim_server.store.reader import SqlReader
from scim_server.store.writer import SqlWriter


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
