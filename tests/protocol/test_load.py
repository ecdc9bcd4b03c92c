"""Schema files to the registry, and the faults that stop the start-up (RFC 7643 §2.2, §6, §7)."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from scim_server.protocol.load import BadSchemas
from scim_server.protocol.load import registry as read
from scim_server.protocol.schema import (
    Attribute,
    Mutability,
    Registry,
    Returned,
    Storage,
    Type,
    Uniqueness,
)

ROOT = Path(__file__).parents[2]
CORE = "urn:ietf:params:scim:schemas:core:2.0:"
THING = "urn:example:Thing"
EXTRA = "urn:example:Extra"
SUBS = [{"name": "value"}]

Json = dict[str, Any]


def schema(*attributes: object, **more: object) -> Json:
    """A schema document."""
    return {"id": THING, "name": "Thing", "attributes": list(attributes or [{"name": "a"}])} | more


def kind(**more: object) -> Json:
    """A resource type."""
    return {"name": "Thing", "endpoint": "/Things", "schema": THING} | more


def write(folder: Path, files: Mapping[str, object]) -> Path:
    """Put files into a folder; texts as they are, all else as JSON."""
    for name, content in files.items():
        text = content if isinstance(content, str) else json.dumps(content)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def faults_of(folder: Path, files: Mapping[str, object]) -> tuple[str, ...]:
    """What the files are refused for."""
    with pytest.raises(BadSchemas) as refusal:
        read(write(folder, files))
    assert str(refusal.value) == "\n".join(refusal.value.faults)
    return refusal.value.faults


@pytest.mark.proves("ATT-004")
def test_what_a_schema_leaves_out_has_the_defaults_of_the_rfc(registry: Registry) -> None:
    title = registry.schemas["urn:example:params:scim:schemas:core:2.0:Note"].attribute("TITLE")
    assert title is not None
    assert {name: getattr(title, name) for name in Attribute.__slots__ if name != "by_name"} == {
        "name": "title",
        "type": Type.STRING,
        "multi_valued": False,
        "required": False,
        "case_exact": False,
        "mutability": Mutability.READ_WRITE,
        "returned": Returned.DEFAULT,
        "uniqueness": Uniqueness.NONE,
        "canonical_values": (),
        "reference_types": (),
        "sub_attributes": (),
    }


@pytest.mark.proves("SDF-003", "SDF-007")
@pytest.mark.parametrize("file", sorted((ROOT / "schemas").glob("*.schema.json")), ids=str)
def test_a_document_that_says_everything_is_published_as_it_is(
    registry: Registry, file: Path
) -> None:
    document = json.loads(file.read_text(encoding="utf-8"))
    assert registry.schemas[document["id"]].document == document


@pytest.mark.proves("SDF-003", "SDF-005")
def test_the_published_document_says_what_the_file_leaves_out(tmp_path: Path) -> None:
    parent = {"name": "p", "type": "complex", "caseExact": True, "subAttributes": SUBS}
    found = read(write(tmp_path, {"t.schema.json": schema({"name": "a"}, parent)}))
    shared = {
        "multiValued": False,
        "required": False,
        "mutability": "readWrite",
        "returned": "default",
    }
    simple = shared | {"type": "string", "caseExact": False, "uniqueness": "none"}
    value = {"name": "value"} | simple
    assert found.schemas[THING].document == {
        "schemas": [CORE + "Schema"],
        "id": THING,
        "name": "Thing",
        "attributes": [
            {"name": "a"} | simple,
            {"name": "p", "type": "complex", "subAttributes": [value]} | shared,
        ],
    }


@pytest.mark.proves("ATT-011", "ATT-012")
@pytest.mark.parametrize("type_", ["reference", "binary"])
def test_references_and_binaries_are_case_exact_whatever_is_said(
    tmp_path: Path, type_: str
) -> None:
    attribute = {"name": "a", "type": type_, "caseExact": False}
    found = read(write(tmp_path, {"t.schema.json": schema(attribute)})).schemas[THING]
    assert found.attributes[0].case_exact
    assert found.document["attributes"][0]["caseExact"]


@pytest.mark.proves("RTY-001", "RTY-002", "RTY-003", "RTY-004")
def test_a_resource_type_is_published_without_what_the_server_keeps_private(
    registry: Registry,
) -> None:
    assert registry.kinds["User"].document == {
        "schemas": [CORE + "ResourceType"],
        "id": "User",
        "name": "User",
        "description": "User account",
        "endpoint": "/Users",
        "schema": CORE + "User",
        "schemaExtensions": [
            {
                "schema": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
                "required": False,
            },
            {
                "schema": "urn:example:params:scim:schemas:extension:badge:1.0:User",
                "required": False,
            },
        ],
    }


def test_storage_is_read_in_canonical_spelling(tmp_path: Path) -> None:
    attributes = (
        {"name": "Label"},
        {"name": "members", "type": "complex", "multiValued": True, "subAttributes": SUBS},
        {"name": "on", "type": "boolean"},
    )
    storage = {"display": ["LABEL"], "identifier": ["label"], "members": "Members", "status": "ON"}
    files = {
        "t.schema.json": schema(*attributes),
        "resource_types.json": [kind(storage=storage)],
    }
    found = read(write(tmp_path, files)).kinds["Thing"]
    assert found.storage == Storage(("Label",), ("Label",), "members", None, "on")


def test_a_file_extends_a_type_that_a_later_file_defines(tmp_path: Path) -> None:
    files = {
        "a.schema.json": schema(),
        "b.schema.json": schema(id=EXTRA),
        "a.resource_types.json": [{"name": "Thing", "schemaExtensions": [{"schema": EXTRA}]}],
        "z.resource_types.json": [kind()],
    }
    found = read(write(tmp_path, files)).kinds["Thing"]
    assert [extension.schema.id for extension in found.extensions] == [EXTRA]
    assert found.endpoint == "/Things"


def test_the_schemas_of_discovery_are_no_resource_types(registry: Registry) -> None:
    assert {CORE + "Schema", CORE + "ResourceType"} <= registry.schemas.keys()
    assert {"Schema", "ResourceType", "ServiceProviderConfig"}.isdisjoint(registry.kinds)


@pytest.mark.proves("ATT-002", "ATT-017", "SDF-004")
@pytest.mark.parametrize(
    ("attribute", "fault"),
    [
        ({"name": "a", "type": "String"}, "a: type must be one of string, boolean"),
        ({"name": "a", "type": []}, "a: type must be one of string, boolean"),
        ({"name": "a", "mutability": "readonly"}, "a: mutability must be one of readOnly"),
        ({"name": "a", "returned": "maybe"}, "a: returned must be one of always"),
        ({"name": "a", "uniqueness": "local"}, "a: uniqueness must be one of none"),
        ({"name": "a", "required": "yes"}, "a: required must be true or false"),
        ({"name": "a", "multiValued": 1}, "a: multiValued must be true or false"),
        ({"name": "a", "canonicalValues": [1]}, "a: canonicalValues must be a list of strings"),
        ({"name": "a", "referenceTypes": "uri"}, "a: referenceTypes must be a list of strings"),
        ({"name": "a", "multivalued": True}, "a: unknown characteristic 'multivalued'"),
        ({"name": "1a"}, "1a: the name must be a letter followed by"),
        ({"name": "a.b"}, "a.b: the name must be a letter followed by"),
        ({"name": "$other"}, "$other: the name must be a letter followed by"),
        ({"name": "a", "subAttributes": SUBS}, "a: only a complex attribute has subAttributes"),
        ({"name": "a", "type": "complex"}, "a: needs a list of subAttributes"),
        (
            {"name": "a", "type": "complex", "subAttributes": []},
            "a: needs a list of subAttributes",
        ),
        (
            {
                "name": "a",
                "type": "complex",
                "subAttributes": [{"name": "b", "type": "complex", "subAttributes": SUBS}],
            },
            "a.b: a sub-attribute cannot be complex",
        ),
        (
            {"name": "a", "type": "complex", "subAttributes": [{"name": "b"}, {"name": "B"}]},
            "a.B: is defined twice",
        ),
        ({"type": "string"}, "attributes[0]: must be an object with a name"),
        ("a", "attributes[0]: must be an object with a name"),
    ],
    ids=str,
)
def test_a_faulty_attribute_is_named_with_its_file(
    tmp_path: Path, attribute: object, fault: str
) -> None:
    (found,) = faults_of(tmp_path, {"t.schema.json": schema(attribute)})
    assert found.startswith(f"t.schema.json: {fault}")


@pytest.mark.proves("ATT-002")
def test_the_name_of_a_reference_is_the_one_exception(tmp_path: Path) -> None:
    found = read(write(tmp_path, {"t.schema.json": schema({"name": "$ref"})}))
    assert found.schemas[THING].attribute("$REF")


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ('{"id":\n oops}', "line 2: is not JSON: Expecting value"),
        ("[]", "top level: must be an object"),
        ("null", "top level: must be an object"),
        (schema(id=1), "id: is missing, or not a text"),
        (schema(id="Thing"), "id: must be a URI"),
        (schema(name=" "), "name: is missing, or not a text"),
        (schema(attributes=None), "attributes: needs a list of attributes"),
        (schema({"name": "a"}, {"name": "A"}), "A: is defined twice"),
    ],
)
def test_a_faulty_schema_is_named_with_its_file(
    tmp_path: Path, content: object, fault: str
) -> None:
    assert faults_of(tmp_path, {"t.schema.json": content}) == (f"t.schema.json: {fault}",)


@pytest.mark.proves("RTY-003", "RTY-004", "RTY-006")
@pytest.mark.parametrize(
    ("entries", "fault"),
    [
        ("[", "line 1: is not JSON: Expecting value"),
        ({}, "top level: must be a list of resource types"),
        (["Thing"], "[0]: must be an object"),
        ([kind(name="")], "[0]: name is missing, or not a text without '/'"),
        ([kind(endpoint=1)], "[0]: endpoint must be a text"),
        ([kind(storage=[])], "[0]: storage must be an object"),
        (
            [kind(schemaExtensions=[{"schema": EXTRA, "required": 1}])],
            '[0]: schemaExtensions must be a list of {"schema": …, "required": true or false}',
        ),
        ([kind(), kind(endpoint="/Others")], "Thing: endpoint is defined twice"),
        ([kind(), kind(name="Other", endpoint="/THINGS")], "Other: endpoint /THINGS is taken"),
        ([kind(schema=EXTRA)], f"Thing: no file defines the schema {EXTRA!r}"),
        ([{"name": "Thing", "endpoint": "/Things"}], "Thing: no file defines the schema ''"),
        (
            [kind(schemaExtensions=[{"schema": EXTRA}])],
            f"Thing: no file defines the schema {EXTRA!r}",
        ),
        ([kind(schemaExtensions=[{"schema": THING}])], "Thing: lists a schema twice"),
        ([kind(storage={"colour": "a"})], "Thing: storage has an unknown key 'colour'"),
        ([kind(storage={"display": "a"})], "Thing: storage display must be a list of strings"),
        ([kind(storage={"status": 1})], "Thing: storage status must be a text"),
        (
            [kind(storage={"identifier": ["b"]})],
            "Thing: storage identifier: 'b' is unknown, or not single texts",
        ),
        (
            [kind(storage={"status": "a"})],
            "Thing: storage status: 'a' is unknown, or not a single boolean",
        ),
        (
            [kind(storage={"members": "a"})],
            "Thing: storage members: 'a' is unknown, or not a list of complex values with a value",
        ),
    ],
)
def test_a_faulty_resource_type_is_named_with_its_file(
    tmp_path: Path, entries: object, fault: str
) -> None:
    files = {"t.schema.json": schema(), "resource_types.json": entries}
    assert faults_of(tmp_path, files) == (f"resource_types.json: {fault}",)


@pytest.mark.parametrize(
    "endpoint",
    ["", "Things", "/", "/a/b", "/a b", "/.search", "/Me", "/bulk", "/Schemas", "/ResourceTypes"],
)
def test_an_endpoint_is_one_segment_that_is_free(tmp_path: Path, endpoint: str) -> None:
    files = {"t.schema.json": schema(), "resource_types.json": [kind(endpoint=endpoint)]}
    assert faults_of(tmp_path, files) == (
        "resource_types.json: Thing: endpoint must be '/' and one segment, and none of SCIM's own",
    )


def test_one_resource_type_is_what_accounts_are(tmp_path: Path) -> None:
    first = kind(storage={"status": "on"})
    second = kind(name="Other", endpoint="/Others", storage={"status": "on"})
    files = {
        "t.schema.json": schema({"name": "on", "type": "boolean"}),
        "resource_types.json": [first, second],
    }
    assert faults_of(tmp_path, files) == (
        "resource_types.json: Other: storage status: Thing has one already",
    )


def test_all_faults_are_found_at_once(tmp_path: Path) -> None:
    files = {
        "a.schema.json": schema({"name": "a", "type": "text"}, {"name": "b", "returned": "no"}),
        "b.schema.json": "{",
        "c.resource_types.json": "{}",
    }
    faults = faults_of(tmp_path, files)
    assert [fault.split(": ")[0] for fault in faults] == [
        "a.schema.json",
        "a.schema.json",
        "b.schema.json",
        "c.resource_types.json",
    ]


def test_a_schema_is_defined_once(tmp_path: Path) -> None:
    files = {"a.schema.json": schema(), "b.schema.json": schema(id=THING.upper())}
    assert faults_of(tmp_path, files) == (
        f"b.schema.json: id: {THING.upper()} is defined by another file too",
    )


def test_a_directory_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(BadSchemas, match="nowhere: is no directory"):
        read(tmp_path / "nowhere")


def test_a_file_that_is_no_utf_8_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "t.schema.json").write_bytes(b'{"name": "\xff"}')
    with pytest.raises(BadSchemas, match=r"t.schema.json: top level: cannot be read"):
        read(tmp_path)
