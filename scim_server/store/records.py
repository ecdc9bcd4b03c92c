"""Rows of ``resource`` to records and back."""

from collections.abc import Mapping
from typing import Any

import orjson

from scim_server.directory.lifecycle import Status
from scim_server.directory.ports import Resource
from scim_server.protocol.schema import ResourceType
from scim_server.protocol.values import fold
from scim_server.store.models import RESOURCE
from scim_server.store.rows import display_of

Kinds = Mapping[str, ResourceType]

COLUMNS = (
    RESOURCE.c.id,
    RESOURCE.c.kind,
    RESOURCE.c.public_id,
    RESOURCE.c.version,
    RESOURCE.c.created,
    RESOURCE.c.modified,
    RESOURCE.c.status,
    RESOURCE.c.document,
    RESOURCE.c.source,
    RESOURCE.c.role,
    RESOURCE.c.signed_in,
)


def to_resource(row: Any, kinds: Kinds) -> Resource:
    """A row that has COLUMNS by name, as a record."""
    return Resource(
        key=row.id,
        kind=kinds[row.kind],
        id=row.public_id,
        version=row.version,
        created=row.created,
        modified=row.modified,
        status=Status(row.status) if row.status else None,
        document=orjson.loads(row.document),
        source=row.source,
        role=row.role,
        signed_in=row.signed_in,
    )


def to_columns(tenant: int, resource: Resource) -> dict[str, Any]:
    """A record as a row, in the order of the table's columns."""
    display = display_of(resource.kind, resource.document)
    return {
        "tenant": tenant,
        "id": resource.key,
        "kind": resource.kind.name,
        "public_id": resource.id,
        "version": resource.version,
        "created": resource.created,
        "modified": resource.modified,
        "status": resource.status.value if resource.status else None,
        "display": display,
        "display_key": fold(display) if display is not None else None,
        "document": orjson.dumps(resource.document).decode(),
        "source": resource.source,
        "role": resource.role,
        "signed_in": resource.signed_in,
    }
