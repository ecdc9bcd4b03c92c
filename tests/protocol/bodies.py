"""Bodies of POST and PUT, and what is stored of them."""

from typing import Any

from scim_server.protocol.resource import load
from scim_server.protocol.schema import Document, ResourceType

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
BADGE = "urn:example:params:scim:schemas:extension:badge:1.0:User"
DEVICE = "urn:example:params:scim:schemas:core:2.0:Device"

MINIMAL = {"displayName": "Printer", "serialNumber": "S-1"}


def user_with(**more: Any) -> Document:
    """A user document."""
    return {"schemas": [USER], "userName": "ada"} | more


def device_with(**more: Any) -> Document:
    """A device document."""
    return {"schemas": [DEVICE]} | MINIMAL | more


def stored(kind: ResourceType, body: Document) -> Document:
    """What is stored beside ``schemas`` and the required attributes."""
    required = {"schemas", "userName", *MINIMAL}
    return {name: value for name, value in load(kind, body).items() if name not in required}
