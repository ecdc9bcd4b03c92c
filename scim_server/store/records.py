"""Rows of ``resource`` to records and back."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from scim_server.directory.accounts.lifecycle import Status
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
"""In the order of Resource's fields."""
STATUSES = {status.value: status for status in Status}


def to_resource(cells: Sequence[Any], kinds: Kinds) -> Resource:
    """The cells of COLUMNS as a record. Raises KeyError: no such kind, or status."""
    # By position: a name takes SQLAlchemy's rows ten times as long.
    key, kind, id, version, created, modified, status, document, *standing = cells
    stands = STATUSES[status] if status else None
    read = orjson.loads(document)
    return Resource(key, kinds[kind], id, version, created, modified, stands, read, *standing)


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
