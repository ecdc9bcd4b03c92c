"""Schema files to the registry, and the files that nobody would read (RFC 7643 §2.2, §6, §7)."""

import json
from pathlib import Path

import pytest

from scim_server.protocol.loading.registry import BadSchemas
from scim_server.protocol.loading.registry import registry as read
from scim_server.protocol.schema import Attribute, Mutability, Registry, Returned, Type, Uniqueness
from scim_server.protocol.storage import Storage
from tests.application import ACCOUNT
from tests.protocol.schema_files import (
    EXTRA,
    SUBS,
    THING,
    attaching,
    faults_of,
    kind,
    schema,
    write,
)
from tests.protocol.shipped import OTHERS, SHIPPED

CORE = "urn:ietf:params:scim:schemas:core:2.0:"


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
@pytest.mark.parametrize("file", sorted(SHIPPED.glob("*.schema.json")), ids=str)
def test_a_document_that_says_everything_is_published_as_it_is(
    registry: Registry, file: Path
) -> None:
    document = json.loads(file.read_text(encoding="utf-8"))
    assert registry.schemas[document["id"]].document == document


@pytest.mark.proves("SDF-003", "SDF-005")
def test_the_published_document_says_what_the_file_leaves_out(tmp_path: Path) -> None:
    parent = {"name": "p", "type": "complex", "caseExact": True, "subAttributes": SUBS}
    files = {"t.schema.json": schema({"name": "a"}, parent), "resource_types.json": [kind()]}
    found = read(write(tmp_path, files))
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
    files = {"t.schema.json": schema(attribute), "resource_types.json": [kind()]}
    found = read(write(tmp_path, files)).schemas[THING]
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
            {"schema": ACCOUNT, "required": False},
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
    assert found.storage == Storage(
        display=("Label",), identifier=("Label",), members="members", status="on"
    )


def test_a_file_extends_a_type_that_a_later_file_defines(tmp_path: Path) -> None:
    files = {
        "a.schema.json": schema(),
        "b.schema.json": schema(id=EXTRA),
        "a.resource_types.json": [attaching("thing")],
        "z.resource_types.json": [kind()],
    }
    found = read(write(tmp_path, files)).kinds["Thing"]
    assert [extension.schema.id for extension in found.extensions] == [EXTRA]
    assert (found.name, found.endpoint) == ("Thing", "/Things")


def test_the_schemas_of_discovery_are_no_resource_types(registry: Registry) -> None:
    assert {CORE + "Schema", CORE + "ResourceType"} <= registry.schemas.keys()
    assert {"Schema", "ResourceType", "ServiceProviderConfig"}.isdisjoint(registry.kinds)


@pytest.mark.parametrize("name", ["badge.json", "badge.schemas.json", "BADGE.SCHEMA.JSON"])
def test_a_file_that_nobody_reads_is_a_fault(tmp_path: Path, name: str) -> None:
    stem = name.partition(".")[0]
    assert faults_of(tmp_path, {name: schema()}) == [
        f"{name}: is not read: call it {stem}.schema.json or {stem}.resource_types.json",
    ]


@pytest.mark.parametrize("name", ["README.md", "t.schema.json.bak", "t.schema.json~", "LICENSE"])
def test_a_file_that_is_no_json_is_nobodys_business(tmp_path: Path, name: str) -> None:
    assert not read(write(tmp_path, {name: "{"})).schemas


def test_a_file_that_somebody_else_reads_is_none_of_ours(tmp_path: Path) -> None:
    assert not read(
        write(tmp_path, {"entra.profile.json": []}), besides=[tmp_path / "entra.profile.json"]
    ).schemas
    for other in OTHERS:
        with pytest.raises(BadSchemas, match=f"{other}: is not read: call it"):
            read(SHIPPED, besides=set(OTHERS) - {other})


def test_a_schema_that_no_resource_type_has_is_a_fault(tmp_path: Path) -> None:
    files = {
        "badge.schema.json": schema(id=EXTRA),
        "t.schema.json": schema(),
        "resource_types.json": [kind()],
    }
    assert faults_of(tmp_path, files) == [
        f"badge.schema.json: id: no resource type has the schema {EXTRA}:"
        " attach it to one in badge.resource_types.json",
    ]


def test_a_schema_is_attached_regardless_of_letter_case(tmp_path: Path) -> None:
    files = {
        "badge.schema.json": schema(id=EXTRA),
        "t.schema.json": schema(),
        "resource_types.json": [kind(), attaching("THING", EXTRA.upper())],
    }
    (extension,) = read(write(tmp_path, files)).kinds["Thing"].extensions
    assert extension.schema.id == EXTRA


@pytest.mark.parametrize("urns", [(EXTRA, f"{EXTRA}:2.0"), (f"{EXTRA}:2.0", EXTRA)])
def test_a_path_is_that_of_the_longest_urn(tmp_path: Path, urns: tuple[str, str]) -> None:
    files = {
        "a.schema.json": schema(id=EXTRA),
        "b.schema.json": schema(id=f"{EXTRA}:2.0"),
        "c.schema.json": schema(id=f"{THING}:2.0"),
        "t.schema.json": schema(),
        "resource_types.json": [kind(), attaching("Thing", *urns, f"{THING}:2.0")],
    }
    thing = read(write(tmp_path, files)).kinds["Thing"]
    paths = [thing.resolve(f"{urn}:a") for urn in (EXTRA, *urns, THING, f"{THING}:2.0")]
    assert [path and path.urn for path in paths] == [EXTRA, *urns, None, f"{THING}:2.0"]


def test_all_faults_are_found_at_once(tmp_path: Path) -> None:
    files = {
        "a.schema.json": schema({"name": "a", "type": "text"}, {"name": "b", "returned": "no"}),
        "b.schema.json": "{",
        "c.resource_types.json": "{}",
        "d.json": "[]",
        "e.resource_types.json": [kind(endpoint="Things"), attaching("Thing", "urn:nobody:1")],
        "f.schema.json": schema({"name": "f", "mutabillity": "readOnly"}, id=EXTRA),
    }
    assert [fault.split(": ")[:2] for fault in faults_of(tmp_path, files)] == [
        ["a.schema.json", "a"],
        ["a.schema.json", "b"],
        ["b.schema.json", "line 1"],
        ["c.resource_types.json", "top level"],
        ["d.json", "is not read"],
        ["e.resource_types.json", "Thing"],
        ["e.resource_types.json", "Thing"],
        ["f.schema.json", "f"],
        ["f.schema.json", "id"],
    ]


def test_files_of_one_name_in_two_folders_are_told_apart(tmp_path: Path) -> None:
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        folder.mkdir()
    write(folders[0], {"t.schema.json": schema(), "resource_types.json": [kind()]})
    write(folders[1], {"t.schema.json": schema()})
    with pytest.raises(BadSchemas) as refusal:
        read(*folders)
    assert refusal.value.faults == (
        f"{folders[1]}/t.schema.json: id: {THING} is defined in {folders[0]}/t.schema.json too",
    )


def test_a_folder_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(BadSchemas, match="nowhere: cannot be read: No such file or directory"):
        read(tmp_path / "nowhere")
