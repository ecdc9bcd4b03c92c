"""Events beside resources: one create, one event per version, none of what is not there.

What happened without a change of a resource has version 0, and counts for nothing here; nor is
missed what a tenant's policy has forgotten.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Row,
    case,
    func,
    null,
    select,
    union_all,
)

from scim_server.directory.events import Action
from scim_server.store.check.violation import Violation
from scim_server.store.models.events import EventRow
from scim_server.store.models.resources import ResourceRow
from scim_server.store.models.tenants import TenantRow

STREAMED = {"yield_per": 1000}


def event_violations(connection: Connection) -> Iterator[Violation]:
    """V-06 and V-07, counted by the database: a group may have a million events."""
    for row in connection.execute(_compared(), execution_options=STREAMED):
        faults = _live_faults(row) if row.version is not None else _gone_faults(row)
        for rule, what in faults:
            yield Violation(rule, row.tenant, row.kind or row.told_kind, row.resource, what)


def _compared() -> CompoundSelect[*tuple[Any, ...]]:
    """One row per resource that lives or has an event, by (tenant, public id)."""
    changes = EventRow.action != Action.DELETE.value
    told = (
        select(
            EventRow.tenant,
            EventRow.resource,
            func.min(EventRow.kind).label("told_kind"),
            func.count(EventRow.kind.distinct()).label("kinds"),
            func.count(case((changes, 1))).label("changes"),
            func.count(case((changes, EventRow.version)).distinct()).label("versions"),
            func.min(case((changes, EventRow.version))).label("first"),
            func.max(case((changes, EventRow.version))).label("last"),
            func.count(case((EventRow.action == Action.CREATE.value, 1))).label("creates"),
            func.count(case((~changes, 1))).label("deletes"),
        )
        .where(EventRow.version > 0)
        .group_by(EventRow.tenant, EventRow.resource)
        .subquery()
    )
    kept = (ResourceRow.kind, ResourceRow.version, ResourceRow.created, ResourceRow.modified)
    same = (ResourceRow.tenant == told.c.tenant) & (ResourceRow.public_id == told.c.resource)
    with_events = (
        select(told, *kept, TenantRow.forgotten)
        .join_from(told, ResourceRow, same, isouter=True)
        .join(TenantRow, TenantRow.id == told.c.tenant)
    )
    nothing = [null().label(name) for name in told.c.keys()[2:]]
    without = (
        select(ResourceRow.tenant, ResourceRow.public_id, *nothing, *kept, TenantRow.forgotten)
        .join_from(ResourceRow, EventRow, _told_of(), isouter=True)
        .join(TenantRow, TenantRow.id == ResourceRow.tenant)
        .where(EventRow.id.is_(None))
    )
    return union_all(with_events, without)


def _told_of() -> ColumnElement[bool]:
    same = (EventRow.tenant == ResourceRow.tenant) & (EventRow.resource == ResourceRow.public_id)
    return same & (EventRow.version > 0)


def _live_faults(row: Row[*tuple[Any, ...]]) -> Iterator[tuple[str, str]]:
    if row.told_kind is None:
        if not _is_forgotten(row, row.modified):
            yield "V-07", "it has no event"
        return
    if row.kinds != 1 or row.told_kind != row.kind:
        yield "V-07", "an event gives it another resource type"
    if row.creates != 1 and (row.creates or not _is_forgotten(row, row.created)):
        yield "V-07", f"it has {row.creates} create events"
    if row.deletes:
        yield "V-07", "it lives, and an event tells of its deletion"
    yield from _chain_faults(row)
    if row.last != row.version:
        yield "V-06", f"its version is {row.version}, that of its last event {row.last}"


def _gone_faults(row: Row[*tuple[Any, ...]]) -> Iterator[tuple[str, str]]:
    if row.deletes != 1:
        yield "V-07", f"it is not there, and {row.deletes} events tell of its deletion"
    yield from _chain_faults(row)


def _chain_faults(row: Row[*tuple[Any, ...]]) -> Iterator[tuple[str, str]]:
    """The versions of its events are 1, 2, 3 …, or the last of these."""
    if row.versions != row.changes:
        yield "V-07", "two events have the same version"
        return
    starts = row.first == 1 or _is_forgotten(row, row.created)
    if not starts or (row.changes and row.last - row.first + 1 != row.changes):
        yield "V-07", "a version has no event"


def _is_forgotten(row: Row[*tuple[Any, ...]], instant: str | None) -> bool:
    """Whether the events of that time have been removed; of what is gone, nobody knows its time."""
    return row.forgotten is not None and (instant is None or instant < row.forgotten)
