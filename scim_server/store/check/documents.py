"""Resources beside what is derived from their documents: values, unique keys, columns, status."""

from collections.abc import Iterable, Iterator
from heapq import merge
from itertools import groupby
from typing import Any

import orjson
from sqlalchemy import Connection, Row, Select, select

from scim_server.directory.accounts.lifecycle import Status
from scim_server.directory.ports import Resource
from scim_server.protocol.schema import Registry
from scim_server.protocol.storage import STANDING
from scim_server.store.check.violation import Violation
from scim_server.store.models.resources import ResourceRow, UniqueKeyRow, ValueRow
from scim_server.store.records import COLUMNS, to_columns, to_resource
from scim_server.store.rows import Value, unique_keys, value_rows

Rows = list[Row[*tuple[Any, ...]]]
STREAMED = {"yield_per": 1000}

_RESOURCES = select(
    ResourceRow.tenant, *COLUMNS, ResourceRow.display, ResourceRow.display_key
).order_by(ResourceRow.tenant, ResourceRow.id)
_VALUES = select(
    ValueRow.tenant,
    ValueRow.resource,
    ValueRow.path,
    ValueRow.key,
    ValueRow.element,
    ValueRow.lead,
    ValueRow.whole,
).order_by(ValueRow.tenant, ValueRow.resource)
_UNIQUE_KEYS = select(
    UniqueKeyRow.tenant, UniqueKeyRow.resource, UniqueKeyRow.path, UniqueKeyRow.key
).order_by(UniqueKeyRow.tenant, UniqueKeyRow.resource)


def document_violations(connection: Connection, registry: Registry) -> Iterator[Violation]:
    """V-04, V-08, and what the other rules take for granted of a resource."""
    streams = (_RESOURCES, _VALUES, _UNIQUE_KEYS)
    for (tenant, key), (resources, values, uniques) in _together(connection, streams):
        if not resources:
            for table, rows in (("value", values), ("unique_key", uniques)):
                if rows:
                    yield Violation("V-05", tenant, table, str(key), "its resource is not there")
            continue
        [row] = resources
        for rule, what in _faults(registry, row, values, uniques):
            yield Violation(rule, tenant, row.kind, row.public_id, what)


def _together(
    connection: Connection, statements: Iterable[Select[*tuple[Any, ...]]]
) -> Iterator[tuple[tuple[int, int], list[Rows]]]:
    """The rows of each statement with the same first two columns, which they are ordered by."""
    streams = [connection.execute(each, execution_options=STREAMED) for each in statements]
    tagged = (_tagged(number, stream) for number, stream in enumerate(streams))
    for place, group in groupby(merge(*tagged, key=_place), key=_place):
        found: list[Rows] = [[] for _ in streams]
        for number, row in group:
            found[number].append(row)
        yield place, found


def _tagged(
    number: int, stream: Iterable[Row[*tuple[Any, ...]]]
) -> Iterator[tuple[int, Row[*tuple[Any, ...]]]]:
    return ((number, row) for row in stream)


def _place(tagged: tuple[int, Row[*tuple[Any, ...]]]) -> tuple[int, int]:
    return tagged[1][0], tagged[1][1]


def _faults(
    registry: Registry, row: Row[*tuple[Any, ...]], values: Rows, uniques: Rows
) -> Iterator[tuple[str, str]]:
    if row.kind not in registry.kinds:
        yield "V-05", "no schema file defines this resource type"
        return
    try:
        resource = to_resource(row[1:-2], registry.kinds)
    except orjson.JSONDecodeError:
        yield "V-03", "the document is not JSON"
        return
    except KeyError:
        yield "V-08", "there is no such status"
        return
    derived = value_rows(resource.kind, resource.document)
    if derived != {Value(r.path, r.key, r.element, r.lead, r.whole) for r in values}:
        yield "V-05", "its value rows are not those of its document"
    if unique_keys(resource.kind, derived) != {(r.path, r.key) for r in uniques}:
        yield "V-04", "its unique keys are not those of its document"
    columns = to_columns(row.tenant, resource)
    if (columns["display"], columns["display_key"]) != (row.display, row.display_key):
        yield "V-05", "its display is not that of its document"
    yield from _content_faults(resource)


def _content_faults(resource: Resource) -> Iterator[tuple[str, str]]:
    storage = resource.kind.storage
    shown = resource.status is Status.ACTIVE
    elsewhere = {"id", "meta", storage.members, storage.member_of}
    account = resource.document.get(storage.account or "", {})
    for name in (*(elsewhere & {*resource.document}), *({*STANDING} & {*account})):
        if name:
            yield "V-05", f'"{name}" is in the document; it is kept elsewhere'
    if resource.version < 1:
        yield "V-06", "its version is below 1"
    if storage.status is None:
        if resource.status is not None:
            yield "V-08", "this resource type has no status"
    elif resource.status is None:
        yield "V-08", "it has no status"
    elif resource.document.get(storage.status, shown) is not shown:
        yield "V-08", f'"{storage.status}" in the document is not what the status says'
