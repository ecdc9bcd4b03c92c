"""What is readOnly to whoever lacks the scope for it: most of the account extension."""

from dataclasses import replace
from functools import cache

from scim_server.protocol.schema import (
    Attribute,
    Document,
    Extension,
    Mutability,
    ResourceType,
    Schema,
)

GUARDED = frozenset({"status", "folder"})
"""Attributes of the account extension that decide what an account may do, or who may touch it; the
free ones are data like any other."""


@cache
def restricted(kind: ResourceType) -> ResourceType:
    """The type as such a client may write it; nothing else differs."""
    urn = kind.storage.account
    if urn is None:
        return kind
    extensions = tuple(
        Extension(restricted_schema(each.schema), required=False) if each.schema.id == urn else each
        for each in kind.extensions
    )
    return replace(kind, extensions=extensions)


@cache
def restricted_schema(schema: Schema) -> Schema:
    """The schema as such a client is told of it."""
    document = schema.document | {"attributes": list(map(_told, schema.document["attributes"]))}
    return Schema(schema.id, tuple(map(_restricted, schema.attributes)), document)


def _restricted(attribute: Attribute) -> Attribute:
    if attribute.name not in GUARDED:
        return attribute
    return replace(attribute, mutability=Mutability.READ_ONLY)


def _told(attribute: Document) -> Document:
    is_guarded = attribute["name"] in GUARDED
    return attribute | {"mutability": Mutability.READ_ONLY.value} if is_guarded else attribute
