"""A tenant's rows, all tables: what a refused request must leave as it was."""

import hashlib

from sqlalchemy import bindparam, select

from scim_server.store.models.base import Base
from scim_server.store.prepared import Prepared
from tests.application import Scim

OF_REQUESTS = frozenset({"tenant", "client", "token", "secret"})
"""Not resources: a token's row tells when it was used."""

EVERYTHING = [
    Prepared(
        select(table).where(table.c.tenant == bindparam("tenant")).order_by(*table.primary_key)
    )
    for name, table in Base.metadata.tables.items()
    if name not in OF_REQUESTS
]


def digest(scim: Scim) -> str:
    """One text for all that is stored of the tenant's resources and events."""
    found = hashlib.sha256()
    with scim.application.parts.database.snapshot() as connection:
        for table in EVERYTHING:
            found.update(repr(table.rows(connection, tenant=scim.tenant)).encode())
    return found.hexdigest()
