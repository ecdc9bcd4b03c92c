"""Faults of resource types, each told of the file that it is in (RFC 7643 §6)."""

from pathlib import Path

import pytest

from scim_server.protocol.loading.registry import registry as read
from tests.protocol.schema_files import EXTRA, THING, attaching, faults_of, kind, schema, write

OTHER = {"name": "Other", "endpoint": "/Others"}


def flag() -> dict[str, object]:
    """A schema whose attribute can show a status."""
    return schema({"name": "on", "type": "boolean"})


@pytest.mark.proves("RTY-003", "RTY-004", "RTY-006")
@pytest.mark.parametrize(
    ("entries", "fault"),
    [
        ([kind(name="")], "[0]: name is missing, or not a text without '/'"),
        ([kind(description=1)], "Thing: description must be a text"),
        ([kind(id="Other")], "Thing: id must be the name, or left out"),
        ([kind(storage=[])], "Thing: storage must be an object"),
        (
            [kind(schemaExtension=[])],
            "Thing: unknown key 'schemaExtension' (did you mean 'schemaExtensions'?)",
        ),
        (
            [kind(schemaExtensions=[{"schema": THING, "required": 1}])],
            'Thing: schemaExtensions must be a list of {"schema": …, "required": true or false}',
        ),
        (
            [kind(schemaExtensions=[{"schema": THING, "requird": True}])],
            'Thing: schemaExtensions must be a list of {"schema": …, "required": true or false}',
        ),
        ([kind(), kind(endpoint="/Others")], "Thing: endpoint differs from that in FILE"),
        (
            [kind(), kind(description="x"), kind(description="y")],
            "Thing: description differs from that in FILE",
        ),
        (
            [kind(), kind(name="Other", endpoint="/THINGS")],
            "Other: endpoint /THINGS is that of Thing in FILE",
        ),
        ([kind(), kind(**OTHER, schema=EXTRA)], f"Other: no file defines the schema {EXTRA!r}"),
        ([kind(), OTHER], "Other: schema is missing"),
        ([{"name": "Thing", "schema": THING}], "Thing: endpoint is missing"),
        ([kind(), attaching()], f"Thing: no file defines the schema {EXTRA!r}"),
        ([kind(), attaching("Thing", THING)], f"Thing: schemaExtensions: {THING} is the schema"),
        ([kind(storage={"colour": "a"})], "Thing: storage: unknown key 'colour'"),
        ([kind(storage={"display": "a"})], "Thing: storage: display must be a list of strings"),
        ([kind(storage={"status": 1})], "Thing: storage: status must be a text"),
        (
            [kind(storage={"identifier": ["b"]})],
            "Thing: storage: identifier: 'b' is unknown, or not single texts",
        ),
        (
            [kind(storage={"status": "a"})],
            "Thing: storage: status: 'a' is unknown, or not a single boolean",
        ),
        (
            [kind(storage={"members": "a"})],
            "Thing: storage: members: 'a' is unknown, or not a list of complex values with a value",
        ),
        (
            [kind(storage={"display": ["a"]}), {"name": "Thing", "storage": {"display": []}}],
            "Thing: storage display differs from that in FILE",
        ),
    ],
    ids=str,
)
def test_a_faulty_resource_type_is_named_with_its_file(
    tmp_path: Path, entries: object, fault: str
) -> None:
    name = "c.resource_types.json"
    (found,) = faults_of(tmp_path, {"t.schema.json": schema(), name: entries})
    assert found.startswith(f"{name}: {fault}".replace("FILE", name))


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("[", "line 1: is not JSON: Expecting value"),
        ({}, "top level: must be a list of resource types"),
        ('[{"name": "Thing", "name": "Thing"}]', "Thing: 'name' is there twice"),
        (["Thing"], "[0]: must be an object"),
    ],
)
def test_a_file_that_holds_no_resource_types_is_named(
    tmp_path: Path, content: object, fault: str
) -> None:
    faults = faults_of(tmp_path, {"c.resource_types.json": content})
    assert faults[0] == f"c.resource_types.json: {fault}"


@pytest.mark.parametrize(
    "endpoint",
    [
        1,
        "",
        "Things",
        "/",
        "/a/b",
        "/a b",
        "/.search",
        "/Me",
        "/bulk",
        "/Schemas",
        "/ResourceTypes",
    ],
)
def test_an_endpoint_is_one_segment_that_is_free(tmp_path: Path, endpoint: object) -> None:
    files = {"t.schema.json": schema(), "resource_types.json": [kind(endpoint=endpoint)]}
    assert faults_of(tmp_path, files) == [
        "resource_types.json: Thing: endpoint must be '/' and one segment, and none of SCIM's own",
    ]


@pytest.mark.parametrize(
    ("dropped", "fault"),
    [
        ([attaching()], f"Thing: no file defines the schema {EXTRA!r}"),
        ([attaching("Thin")], "Thin: no file defines this resource type (did you mean 'Thing'?)"),
        ([kind(endpoint="/Others")], "Thing: endpoint differs from that in resource_types.json"),
        ([kind(schema=EXTRA)], "Thing: schema differs from that in resource_types.json"),
        (
            [kind(**OTHER | {"endpoint": "/things"})],
            "Other: endpoint /things is that of Thing in resource_types.json",
        ),
        (
            [{"name": "Thing", "storage": {"status": "nowhere"}}],
            "Thing: storage status differs from that in resource_types.json",
        ),
        (
            [{"name": "Thing", "storage": {"display": ["nowhere"]}}],
            "Thing: storage: display: 'nowhere' is unknown, or not single texts",
        ),
        (
            [kind(**OTHER, storage={"status": "on"})],
            "Other: storage status: Thing has one, in resource_types.json",
        ),
        ([{"name": "Thing", "colour": 1}], "Thing: unknown key 'colour'"),
    ],
    ids=str,
)
def test_a_fault_of_a_dropped_file_is_told_of_that_file(
    tmp_path: Path, dropped: object, fault: str
) -> None:
    files = {
        "resource_types.json": [kind(storage={"status": "on"})],
        "b.resource_types.json": [{"name": "thing", "description": "A thing"}],
        "c.resource_types.json": dropped,
        "t.schema.json": flag(),
    }
    faults = faults_of(tmp_path, files)
    assert f"c.resource_types.json: {fault}" in faults
    assert {each.split(": ")[0] for each in faults} == {"c.resource_types.json"}


def test_an_extension_that_two_files_attach_names_both(tmp_path: Path) -> None:
    files = {
        "a.schema.json": schema(),
        "b.schema.json": schema(id=EXTRA),
        "resource_types.json": [kind()],
        "x.resource_types.json": [attaching()],
        "y.resource_types.json": [attaching("THING", EXTRA.upper())],
    }
    assert faults_of(tmp_path, files) == [
        f"y.resource_types.json: THING: schemaExtensions: {EXTRA.upper()} is there already,"
        " in x.resource_types.json",
    ]


def test_every_fault_of_every_file_is_told(tmp_path: Path) -> None:
    files = {
        "t.schema.json": schema(),
        "a.resource_types.json": [kind(endpoint="here"), 1, {"endpoint": "/x"}],
        "b.resource_types.json": [attaching(), attaching("Nothing", "urn:nobody:1")],
    }
    assert faults_of(tmp_path, files) == [
        "a.resource_types.json: Thing: endpoint must be '/' and one segment, and none of SCIM's"
        " own",
        "a.resource_types.json: [1]: must be an object",
        "a.resource_types.json: [2]: name is missing, or not a text without '/'",
        f"b.resource_types.json: Thing: no file defines the schema {EXTRA!r}",
        "b.resource_types.json: Nothing: no file defines this resource type"
        " (did you mean 'Thing'?)",
        "b.resource_types.json: Nothing: no file defines the schema 'urn:nobody:1'",
    ]


def test_an_entry_may_be_what_discovery_answers(tmp_path: Path) -> None:
    answered = kind(
        schemas=["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
        id="Thing",
        meta={"resourceType": "ResourceType"},
    )
    files = {"t.schema.json": schema(), "resource_types.json": [answered]}
    assert read(write(tmp_path, files)).kinds["Thing"].document == {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
        "id": "Thing",
        "name": "Thing",
        "endpoint": "/Things",
        "schema": THING,
        "schemaExtensions": [],
    }
