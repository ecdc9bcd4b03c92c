"""Faults of schema documents, which stop the start-up by file and attribute (RFC 7643 §7)."""

from pathlib import Path

import pytest

from scim_server.protocol.loading.registry import registry as read
from tests.protocol.schema_files import SUBS, THING, Json, faults_of, kind, schema, write

LEGAL = "the name must be a letter followed by letters, digits, '-', '_' or '$'"
KINDS: Json = {"resource_types.json": [kind()]}


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
        ({"name": "a", "description": 1}, "a: description must be a text"),
        ({"name": "a", "canonicalValues": [1]}, "a: canonicalValues must be a list of strings"),
        ({"name": "a", "canonicalValues": "x"}, "a: canonicalValues must be a list of strings"),
        (
            {"name": "a", "type": "reference", "referenceTypes": "uri"},
            "a: referenceTypes must be a list of strings",
        ),
        (
            {"name": "a", "referenceTypes": ["uri"]},
            "a: referenceTypes has no meaning for the type string",
        ),
        (
            {"name": "a", "type": "boolean", "uniqueness": "server"},
            "a: uniqueness has no meaning for the type boolean",
        ),
        (
            {"name": "a", "multivalued": True},
            "a: unknown characteristic 'multivalued' (did you mean 'multiValued'?)",
        ),
        (
            {"name": "a", "mutabillity": "readOnly"},
            "a: unknown characteristic 'mutabillity' (did you mean 'mutability'?)",
        ),
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
            {"name": "a", "type": "complex", "subAttributes": [{"name": "b", "caseexact": True}]},
            "a.b: unknown characteristic 'caseexact' (did you mean 'caseExact'?)",
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
    (found,) = faults_of(tmp_path, {"t.schema.json": schema(attribute)} | KINDS)
    assert found.startswith(f"t.schema.json: {fault}")


@pytest.mark.proves("ATT-002")
def test_the_name_of_a_reference_is_the_one_exception(tmp_path: Path) -> None:
    found = read(write(tmp_path, {"t.schema.json": schema({"name": "$ref"})} | KINDS))
    assert found.schemas[THING].attribute("$REF")


def test_what_has_no_effect_may_be_written_out(tmp_path: Path) -> None:
    """The documents of RFC 7643 §8.7 do so with caseExact and uniqueness of complex attributes."""
    parent: Json = {"name": "a", "type": "complex", "subAttributes": SUBS}
    parent |= {"caseExact": True, "uniqueness": "none", "referenceTypes": [], "canonicalValues": []}
    assert read(write(tmp_path, {"t.schema.json": schema(parent)} | KINDS))


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ('{"id":\n oops}', "line 2: is not JSON: Expecting value"),
        ("[]", "top level: must be an object"),
        ("null", "top level: must be an object"),
        (schema(id=1), "id: is missing, or not a text"),
        (schema(id="Thing"), "id: must be a URI"),
        (schema(name=" "), "name: is missing, or not a text"),
        (schema(description=["x"]), "description: must be a text"),
        (schema(attributes=None), "attributes: needs a list of attributes"),
        (schema(attributes=[]), "attributes: needs a list of attributes"),
        (
            schema(atributes=[]),
            "top level: unknown key 'atributes' (did you mean 'attributes'?)",
        ),
        (schema({"name": "a"}, {"name": "A"}), "A: is defined twice"),
        (
            f'{{"id": "{THING}", "name": "Thing", "attributes": ['
            '{"name": "a", "returned": "never", "returned": "default"}]}',
            "a: 'returned' is there twice",
        ),
    ],
    ids=str,
)
def test_a_faulty_schema_is_named_with_its_file(
    tmp_path: Path, content: object, fault: str
) -> None:
    faults = faults_of(tmp_path, {"t.schema.json": content} | KINDS)
    told = [each for each in faults if each.startswith("t.schema.json")]
    assert [each for each in told if "no resource type" not in each] == [f"t.schema.json: {fault}"]


def test_a_faulty_schema_is_not_called_undefined(tmp_path: Path) -> None:
    faults = faults_of(tmp_path, {"t.schema.json": schema({"name": "1"})} | KINDS)
    assert not [fault for fault in faults if "no file defines" in fault]


@pytest.mark.parametrize("urn", ["", " "])
def test_a_schema_without_a_urn_has_one_fault(tmp_path: Path, urn: str) -> None:
    empty = {"a.schema.json": schema(id=urn), "b.schema.json": schema(id=urn)}
    assert faults_of(tmp_path, {"t.schema.json": schema()} | empty | KINDS) == [
        "a.schema.json: id: is missing, or not a text",
        "b.schema.json: id: is missing, or not a text",
    ]


def test_a_file_that_is_no_utf_8_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "t.schema.json").write_bytes(b'{"name": "\xff"}')
    (found,) = faults_of(tmp_path, {})
    assert found.startswith("t.schema.json: top level: cannot be read")


def test_a_schema_is_defined_once(tmp_path: Path) -> None:
    files = {"a.schema.json": schema(), "b.schema.json": schema(id=THING.upper())} | KINDS
    assert faults_of(tmp_path, files) == [
        f"b.schema.json: id: {THING.upper()} is defined in a.schema.json too",
    ]


@pytest.mark.parametrize("known", ["Thing", "external", "uri"])
def test_a_reference_names_resource_types_or_uris(tmp_path: Path, known: str) -> None:
    attribute = {"name": "a", "type": "reference", "referenceTypes": [known]}
    assert read(write(tmp_path, {"t.schema.json": schema(attribute)} | KINDS))


@pytest.mark.proves("SDF-003")
def test_a_reference_to_an_unknown_resource_type_is_named(tmp_path: Path) -> None:
    reference = {"name": "$ref", "type": "reference", "referenceTypes": ["Thing", "thing", "Usr"]}
    holder = {"name": "owner", "type": "complex", "subAttributes": [reference]}
    place = "t.schema.json: owner.$ref: referenceTypes:"
    files = {
        "resource_types.json": [kind()],
        "t.schema.json": schema(holder, {"name": "1"}),
        "usr.resource_types.json": [{"name": "Usr"}],
    }
    told = faults_of(tmp_path, files)
    assert [fault for fault in told if fault.startswith("t.")] == [
        f"t.schema.json: 1: {LEGAL}",
        f"{place} 'thing' is no resource type, nor external or uri (did you mean 'Thing'?)",
        f"{place} 'Usr' is no resource type, nor external or uri",
    ]
