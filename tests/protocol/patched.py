"""PATCH operations, and documents for them to change."""

import pytest

from scim_server.protocol.messages import PATCH_SCHEMA, parse_patch
from scim_server.protocol.patch.apply import apply
from scim_server.protocol.schema import Document, ResourceType

CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
ENT = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
BADGE = "urn:example:params:scim:schemas:extension:badge:1.0:User"

WORK = {"value": "w@x", "type": "work", "primary": True}
HOME = {"value": "h@x", "type": "home"}
NAME = {"familyName": "Berg", "givenName": "Bo"}
USER: Document = {
    "schemas": [CORE],
    "userName": "bo",
    "name": NAME,
    "title": "Clerk",
    "active": True,
    "emails": [WORK, HOME],
}
WITH_ENT: Document = {
    **USER,
    "schemas": [CORE, ENT],
    ENT: {"department": "Tours", "manager": {"value": "7"}},
}
DEVICE: Document = {
    "displayName": "Printer",
    "serialNumber": "S1",
    "tags": ["old", "red"],
    "location": {"site": "Oslo", "floor": 2},
    "interfaces": [{"value": "eth0", "type": "lan"}],
}
VIEW: Document = {"id": "u1", "meta": {"resourceType": "User"}, "groups": [{"value": "g1"}]}


def add(path: str | None, value: object) -> Document:
    return _operation("add", path, value)


def replace(path: str | None, value: object) -> Document:
    return _operation("replace", path, value)


def remove(path: str) -> Document:
    return {"op": "remove", "path": path}


def _operation(op: str, path: str | None, value: object) -> Document:
    return {"op": op, "value": value} | ({} if path is None else {"path": path})


def patched(kind: ResourceType, document: Document, *operations: Document) -> Document:
    message = {"schemas": [PATCH_SCHEMA], "Operations": list(operations)}
    return apply(kind, document, parse_patch(message), VIEW).document


def proves(*ids: str) -> pytest.MarkDecorator:
    return pytest.mark.proves(*ids)
