"""V-11: where somebody has been a Super Admin, there is one."""

from collections.abc import Iterator

from sqlalchemy import Connection, select

from scim_server.directory.accounts.lifecycle import Status
from scim_server.directory.events import Action
from scim_server.directory.rights.rights import SUPER_ADMIN
from scim_server.store.check.violation import Violation
from scim_server.store.grants import SqlGrants
from scim_server.store.models import EVENT, RESOURCE
from scim_server.store.sql import holds

NOT_YET = (Status.PENDING.value, Status.INACTIVE.value)
"""In which an account has never been able to act."""


def administrator_violations(connection: Connection) -> Iterator[Violation]:
    """Tenants that have lost the last one. Where none has been made yet, nothing is amiss."""
    for (tenant,) in connection.execute(
        select(RESOURCE.c.tenant)
        .distinct()
        .join(
            EVENT,
            (EVENT.c.tenant == RESOURCE.c.tenant) & (EVENT.c.resource == RESOURCE.c.public_id),
        )
        .where(
            EVENT.c.action == Action.GRANT_ROLE.value,
            holds(EVENT.c.changes, f'"role":"{SUPER_ADMIN}"'),
            RESOURCE.c.status.not_in(NOT_YET),
        )
    ).all():
        if not SqlGrants(connection, tenant).super_admins():
            yield Violation("V-11", tenant, "tenant", str(tenant), "it has no Super Admin any more")
