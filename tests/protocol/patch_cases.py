"""Documents that generated PATCH requests start from: a bare one, and one full of values."""

from tests.published import Json

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
BADGE = "urn:example:params:scim:schemas:extension:badge:1.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
DEVICE = "urn:example:params:scim:schemas:core:2.0:Device"

STARTS: dict[str, tuple[Json, ...]] = {
    "User": (
        {"schemas": [USER], "userName": "bo", "active": True},
        {
            "schemas": [USER, ENTERPRISE, BADGE],
            "userName": "bo",
            "name": {"givenName": "a", "familyName": "b"},
            "title": "b",
            "active": True,
            "emails": [
                {"value": "a", "type": "work", "primary": True},
                {"value": "b", "type": "home"},
            ],
            "roles": [{"value": "a"}, {"value": "b", "primary": True}],
            "addresses": [{"type": "work", "locality": "a"}, {"type": "work", "locality": "b"}],
            "photos": [{"value": "a/b", "type": "a"}, {"value": "urn:x:y"}],
            ENTERPRISE: {"department": "a", "manager": {"value": "a"}},
            BADGE: {
                "number": "a",
                "nicknames": ["a", "b"],
                "zones": [
                    {"value": "a", "validUntil": "2026-01-01T00:00:00Z"},
                    {"value": "b", "type": "a"},
                ],
            },
        },
    ),
    "Group": ({"schemas": [GROUP], "displayName": "bo"},),
    "Device": (
        {"schemas": [DEVICE], "displayName": "bo", "serialNumber": "bo"},
        {
            "schemas": [DEVICE],
            "displayName": "bo",
            "serialNumber": "bo",
            "purchaseOrder": "a",
            "notes": "a",
            "weight": 0.5,
            "fingerprint": "TWE=",
            "tags": ["a", "b", "home"],
            "channels": [1, 2],
            "inspections": ["2026-01-01T00:00:00Z"],
            "location": {"site": "a", "floor": 1},
            "owner": {"value": "a"},
            "interfaces": [
                {"value": "a", "type": "work", "primary": True, "speed": 0.5},
                {"value": "b", "certificate": "QUJD", "console": "a/b"},
            ],
        },
    ),
}
