"""The event log: appended to, and read newest first."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    bindparam,
    delete,
    func,
    select,
    update,
)

from scim_server.directory.events import Action, Actor, Event
from scim_server.directory.history import Entry, Sought, bounds, least_id
from scim_server.protocol.values import stamp
from scim_server.store.models import EVENT, RESOURCE, TENANT
from scim_server.store.sql import insert_many

_SAME = (EVENT.c.tenant == RESOURCE.c.tenant) & (EVENT.c.resource == RESOURCE.c.public_id)
_LISTED = select(*EVENT.c, RESOURCE.c.display).join_from(EVENT, RESOURCE, _SAME, isouter=True)
_OLD = (
    select(EVENT.c.id)
    .where(EVENT.c.tenant == bindparam("_tenant"), EVENT.c.id < bindparam("_before"))
    .order_by(EVENT.c.id)
    .limit(bindparam("_most"))
)
_FORGET = delete(EVENT).where(EVENT.c.tenant == bindparam("_tenant"), EVENT.c.id.in_(_OLD))


def append(connection: Connection, tenant: int, events: Iterable[Event]) -> None:
    """Write these down, in the transaction of what they tell of."""
    rows = [
        (
            tenant,
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
            event.actor.key,
        )
        for event in events
    ]
    insert_many(connection, EVENT, rows)


class SqlHistory:
    """directory.history.HistoryStore over one connection."""

    def __init__(self, connection: Connection, tenant: int) -> None:
        self.connection = connection
        self.tenant = tenant

    def page(self, sought: Sought, after: str | None, limit: int) -> list[Entry]:
        """Newest first, those before the event with that id."""
        statement = _LISTED.where(*self._conditions(sought))
        if after is not None:
            statement = statement.where(EVENT.c.id < after)
        rows = self.connection.execute(statement.order_by(EVENT.c.id.desc()).limit(limit))
        return list(map(_entry, rows))

    def count(self, sought: Sought, most: int) -> int:
        """How many there are, ``most`` where there are more."""
        some = select(EVENT.c.id).where(*self._conditions(sought)).limit(most).subquery()
        return int(self.connection.execute(select(func.count()).select_from(some)).scalar_one())

    def forget(self, before: datetime, most: int) -> int:
        """Remove the oldest of those that are older; returns how many."""
        names = {"_tenant": self.tenant, "_before": least_id(before), "_most": most}
        removed = self.connection.execute(_FORGET, names).rowcount
        if removed:
            self.connection.execute(
                update(TENANT).where(TENANT.c.id == self.tenant).values(forgotten=stamp(before))
            )
        return removed

    def _conditions(self, sought: Sought) -> Iterator[ColumnElement[bool]]:
        yield EVENT.c.tenant == self.tenant
        wanted = {
            "kind": sought.kind,
            "resource": sought.resource,
            "actor_id": sought.actor,
            "address": sought.address,
        }
        for name, value in wanted.items():
            if value is not None:
                yield EVENT.c[name] == value
        if sought.actions:
            yield EVENT.c.action.in_([action.value for action in sought.actions])
        yield from _times(sought)


def _times(sought: Sought) -> Iterator[ColumnElement[bool]]:
    since, until = bounds(sought)
    if since is not None:
        yield EVENT.c.id >= since
        yield EVENT.c.at >= sought.since
    if until is not None:
        yield EVENT.c.id < until
        yield EVENT.c.at < sought.until


def _entry(row: Row[*tuple[Any, ...]]) -> Entry:
    actor = Actor(row.actor, row.request, row.actor_id, row.address, row.reason, row.actor_key)
    changes = orjson.loads(row.changes)
    event = Event(
        row.id,
        row.at,
        actor,
        row.kind,
        row.resource,
        row.version,
        Action(row.action),
        changes,
    )
    return Entry(event, row.display)
