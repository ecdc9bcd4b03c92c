"""The policy of a tenant as a row, which holds only what is other than the defaults."""

import orjson
from sqlalchemy import Connection, bindparam, delete, select

from scim_server.directory.accounts.policy import DEFAULTS, Policy, decided, of_decided
from scim_server.store.models import POLICY, TENANT
from scim_server.store.prepared import Prepared
from scim_server.store.sql import insert_many

_DOCUMENT = Prepared(select(POLICY.c.document).where(POLICY.c.tenant == bindparam("_tenant")))
_LOCK = Prepared(
    select(TENANT.c.id).where(TENANT.c.id == bindparam("_tenant")).with_for_update(key_share=True)
)
"""The tenant's row, for that of a policy may not be there yet. Others may refer to it meanwhile."""


class SqlPolicy:
    """directory.policy.PolicyStore over one connection."""

    def __init__(self, connection: Connection, tenant: int) -> None:
        self.connection = connection
        self.tenant = tenant

    def get(self) -> Policy:
        """In one statement."""
        rows = _DOCUMENT.rows(self.connection, _tenant=self.tenant)
        return of_decided(orjson.loads(rows[0].document)) if rows else DEFAULTS

    def lock(self) -> Policy:
        """Likewise, kept from every other writer of it until the end of the transaction."""
        _LOCK.rows(self.connection, _tenant=self.tenant)
        return self.get()

    def put(self, policy: Policy) -> None:
        """From the end of the transaction on."""
        self.connection.execute(delete(POLICY).where(POLICY.c.tenant == self.tenant))
        document = orjson.dumps(decided(policy)).decode()
        insert_many(self.connection, POLICY, [(self.tenant, document)])
