"""Documents made from the schemas that the server publishes, for tests of every attribute."""

from collections.abc import Iterator
from typing import Any

from tests.application import Scim

Json = dict[str, Any]
DEVICE = "urn:example:params:scim:schemas:core:2.0:Device"
KINDS = ("User", "Group", "Device", "Note")

VALUES: Json = {
    "string": "Sample Text",
    "boolean": True,
    "decimal": 4.75,
    "integer": 5,
    "dateTime": "2026-11-20T10:00:00.123+01:00",
    "binary": "VFdF",
    "reference": "https://example.com/Sample",
}
WRONG: dict[str, list[Any]] = {
    "string": [5, True, {"a": "b"}],
    "boolean": ["true", "False", 0, 1],
    "decimal": ["4.7", True, {"a": 1}],
    "integer": [5.0, 5.5, "5", True],
    "dateTime": ["2026-11-20", "10:00:00Z", "Fri, 20 Nov 2026 10:00:00 GMT", 1763632800],
    "binary": ["###", "VF_-", 5],
    "reference": ["ht tp://x", 5, {"a": "b"}],
}


def schema(scim: Scim, urn: str) -> Json:
    """A schema as published."""
    published: Json = scim.get(f"/Schemas/{urn}").get_json()
    return published


def kind(scim: Scim, name: str) -> Json:
    """A resource type as published."""
    published: Json = scim.get(f"/ResourceTypes/{name}").get_json()
    return published


def definitions(scim: Scim, name: str) -> Iterator[tuple[str | None, Json]]:
    """The top-level attribute definitions of a kind, each with the extension that it is in."""
    published = kind(scim, name)
    for definition in schema(scim, published["schema"])["attributes"]:
        yield None, definition
    for extension in published["schemaExtensions"]:
        for definition in schema(scim, extension["schema"])["attributes"]:
            yield extension["schema"], definition


def leaves(definition: Json) -> Iterator[tuple[Json, Json | None]]:
    """The definition with each sub-attribute, or alone if it is simple."""
    if "subAttributes" not in definition:
        yield definition, None
    for sub in definition.get("subAttributes", []):
        yield definition, sub


def is_derived(definition: Json) -> bool:
    """Whether the server makes the value from another resource, or stores it elsewhere."""
    targets = set(definition.get("referenceTypes", [])) - {"external", "uri"}
    return bool(targets) or definition["mutability"] == "readOnly"


def value(definition: Json) -> Any:
    """A legal value, of everything that a client may write."""
    if "subAttributes" in definition:
        subs = (sub for sub in definition["subAttributes"] if not is_derived(sub))
        single: Any = {sub["name"]: value(sub) for sub in subs}
    else:
        single = VALUES[definition["type"]]
    return [single] if definition["multiValued"] else single


def place(urn: str | None, content: Json) -> Json:
    """Content of the core, or of an extension."""
    return content if urn is None else {urn: content}


def minimal(scim: Scim, name: str) -> Json:
    """The least that can be posted; its texts are new."""
    published = kind(scim, name)
    required = [d["name"] for urn, d in definitions(scim, name) if d["required"] and not urn]
    return {"schemas": [published["schema"]]} | {name: scim.name() for name in required}


def full(scim: Scim, name: str) -> Json:
    """A document with a value for everything that a client may write, members excepted."""
    document = minimal(scim, name)
    for urn, definition in definitions(scim, name):
        if definition["name"] in document or definition["name"] == "members":
            continue
        if not is_derived(definition):
            holder = document if urn is None else document.setdefault(urn, {})
            unique = definition.get("uniqueness", "none") != "none"
            holder[definition["name"]] = scim.name() if unique else value(definition)
    return document


def held(document: Json, urn: str | None, name: str) -> Any:
    """The value of an attribute in a document, None when there is none."""
    return (document if urn is None else document.get(urn, {})).get(name)


def device(scim: Scim, **attributes: Any) -> Json:
    """A new device."""
    least = {"schemas": [DEVICE], "displayName": "Printer", "serialNumber": scim.name()}
    response = scim.post("/Devices", least | attributes)
    assert response.status_code == 201, response.text
    created: Json = response.get_json()
    return created
