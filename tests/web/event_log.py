"""What the server noted of a tenant's changes, read from its database."""

from typing import Any, NamedTuple

import orjson
from sqlalchemy import select

from scim_server.store.models.events import EventRow
from tests.application import Scim


class Noted(NamedTuple):
    """A row of the event log."""

    action: str
    kind: str
    resource: str
    version: int
    changes: dict[str, Any]
    actor: str
    request: str


def events(scim: Scim, resource: str | None = None) -> list[Noted]:
    """The events of the client's tenant, oldest first; of one resource, or of all."""
    row = EventRow
    columns = (row.action, row.kind, row.resource, row.version, row.changes, row.actor, row.request)
    statement = select(*columns).where(row.tenant == scim.tenant).order_by(row.id)
    with scim.application.parts.database.reading() as connection:
        rows = connection.execute(statement).all()
    return [
        Noted(
            found.action,
            found.kind,
            found.resource,
            found.version,
            orjson.loads(found.changes),
            found.actor,
            found.request,
        )
        for found in rows
        if resource in (None, found.resource)
    ]


def actions(scim: Scim, resource: str | None = None) -> list[str]:
    """What was done, in order."""
    return [event.action for event in events(scim, resource)]
