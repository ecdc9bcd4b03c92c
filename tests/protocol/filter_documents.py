"""What the table of filters is asked of: documents that can be created as they stand."""

from collections.abc import Mapping

from scim_server.protocol.schema import Document

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
BADGE = "urn:example:params:scim:schemas:extension:badge:1.0:User"
DEVICE = "urn:example:params:scim:schemas:core:2.0:Device"

DOCUMENTS: dict[str, dict[str, Document]] = {
    "User": {
        "ada": {
            "schemas": [USER, ENTERPRISE, BADGE],
            "userName": "Ada",
            "externalId": "Ab-1",
            "name": {
                "formatted": "Ms. Ada Lovelace",
                "familyName": "Lovelace",
                "givenName": "Ada",
                "honorificPrefix": "Ms.",
            },
            "displayName": "Ada Lovelace",
            "title": "Engineer",
            "userType": "Employee",
            "profileUrl": "https://example.com/Ada",
            "active": True,
            "emails": [
                {"value": "ada@example.com", "type": "work", "primary": True},
                {"value": "ada@home.example", "type": "home"},
            ],
            "phoneNumbers": [{"value": "tel:+1-201-555-0123", "type": "work"}],
            "photos": [{"value": "https://example.com/Ada.png", "type": "photo"}],
            "x509Certificates": [{"value": "MAMCAQE=", "type": "sign"}],
            ENTERPRISE: {
                "employeeNumber": "100",
                "department": "Mathematics",
                "manager": {"value": "26"},
            },
            BADGE: {
                "number": "b-7",
                "colour": "green",
                "issuedAt": "2026-01-01T01:00:00+02:00",
                "visits": 5,
                "temporary": False,
                "nicknames": ["Key", "La Clé"],
                "office": {"site": "Oslo", "floor": 3},
                "zones": [
                    {"value": "A1", "type": "day", "primary": True},
                    {"value": "B2", "type": "night", "validUntil": "2027-06-30T00:00:00Z"},
                ],
            },
        },
        "bob": {
            "schemas": [USER, ENTERPRISE, BADGE],
            "userName": "bob@example.com",
            "externalId": "ab-1",
            "name": {"familyName": "O'Malley", "givenName": "Bob"},
            "displayName": "Bob",
            "title": "100% sure",
            "userType": "Intern",
            "active": False,
            "emails": [
                {"value": "bob@home.example", "type": "work"},
                {"value": "bob@example.com", "type": "home", "primary": True},
            ],
            ENTERPRISE: {"employeeNumber": "20", "department": "mathematics"},
            BADGE: {
                "number": "B-7",
                "issuedAt": "2025-12-31T23:00:00.0000001Z",
                "visits": 12,
                "temporary": True,
                "zones": [{"value": "A1", "type": "night"}],
            },
        },
        "cleo": {
            "schemas": [USER, BADGE],
            "userName": "cleo",
            "name": {"familyName": "Straße", "givenName": "Cle\u0301o"},
            "displayName": "Ｃｌｅｏ",
            "title": "100 x sure",
            "active": True,
            "emails": [{"value": "cleo@straße.example"}],
            BADGE: {
                "issuedAt": "2025-12-31T23:00:00Z",
                "visits": -3,
                "office": {"floor": -1},
            },
        },
        "dan": {
            "schemas": [USER, BADGE],
            "userName": "dan",
            "externalId": "e\u0301",
            "nickName": 'say "hi" \\ now/\u263a\U0001f642',
            "title": "true",
            "active": True,
            "roles": [{"value": "admin", "primary": True}, {"value": "auditor"}],
            BADGE: {
                "visits": 9007199254740993,
                "nicknames": ["key ring"],
                "zones": [{"type": "day"}],
            },
        },
        "eve": {
            "schemas": [USER, BADGE],
            "userName": "eve",
            "title": "a_b",
            "active": False,
            "emails": [{"value": "eve@example.com", "type": "work", "primary": False}],
            BADGE: {"visits": 0, "issuedAt": "0001-01-03T00:00:00.0000000Z"},
        },
        "fay": {
            "schemas": [USER, BADGE],
            "userName": "fay_zz",
            "title": "axb",
            "active": True,
            BADGE: {"visits": 9007199254740992, "temporary": False},
        },
        "gil": {"schemas": [USER], "userName": "gil", "active": True},
    },
    "Device": {
        "lamp": {
            "schemas": [DEVICE],
            "displayName": "Lamp",
            "serialNumber": "SN-1",
            "active": True,
            "weight": 0.1,
            "portCount": 0,
            "purchasedAt": "2026-02-28T24:00:00Z",
            "fingerprint": "TWE=",
            "manual": "https://example.com/Manual?x=1#top",
            "tags": ["Red", "tall"],
            "channels": [1, 11],
            "inspections": ["2024-01-01T00:00:00Z", "2026-01-01T00:00:00Z"],
            "location": {"site": "Oslo"},
            "interfaces": [
                {"value": "00:01", "type": "wired", "speed": 2.5, "primary": True},
                {"value": "00:02", "type": "wireless", "speed": 0.25},
            ],
        },
        "mast": {
            "schemas": [DEVICE],
            "displayName": "mast",
            "serialNumber": "sn-1",
            "active": False,
            "weight": 1200,
            "portCount": 48,
            "purchasedAt": "2026-03-01T00:00:00.5",
            "fingerprint": "TWF",
            "manual": "manuals/mast",
            "tags": ["tall"],
            "channels": [36],
            "interfaces": [{"value": "00:03", "type": "wired", "speed": 1e1}],
        },
        "nail": {
            "schemas": [DEVICE],
            "displayName": "Nail",
            "serialNumber": "sn-2",
            "weight": -2.5e-7,
            "portCount": 5,
            "channels": [-5],
            "documents": ["https://example.com/Nail", "urn:example:nail"],
        },
    },
}


def seen(kind: str, name: str) -> Document:
    """The document as a client would see it."""
    document = DOCUMENTS[kind][name]
    moment = "2026-11-21T10:00:00.25Z"
    meta = {"resourceType": kind, "created": moment, "lastModified": moment, "version": 'W/"1"'}
    return document | {"id": f"id-{name}", "meta": meta}


def filled(text: str, ids: Mapping[str, str]) -> str:
    """The filter with its ``<ada>`` replaced by the ids of this run."""
    for name, identifier in ids.items():
        text = text.replace(f"<{name}>", identifier)
    return text
