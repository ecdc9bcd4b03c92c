"""A tenant's rows, all tables: what a refused request must leave as it was."""

import hashlib

from sqlalchemy import select

from scim_server.store.models.base import Base
from tests.application import Scim

OF_REQUESTS = frozenset({"tenant", "client", "token", "secret"})
"""Not resources: a token's row tells when it was used."""


def digest(scim: Scim) -> str:
    """One text for all that is stored of the tenant's resources and events."""
    tables = [table for name, table in Base.metadata.tables.items() if name not in OF_REQUESTS]
    found = hashlib.sha256()
    with scim.application.parts.database.snapshot() as connection:
        for table in tables:
            rows = connection.execute(
                select(table).where(table.c.tenant == scim.tenant).order_by(*table.primary_key)
            )
            found.update(repr(rows.all()).encode())
    return found.hexdigest()
