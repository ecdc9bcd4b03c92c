"""The documents in ``schemas/`` beside the errata-corrected table of attributes, as plain JSON.

``tests/data/appendix_a.txt`` is the table: RFC 7643 §8.7 with its errata, one attribute a line.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.application import ACCOUNT

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "schemas"
EXAMPLES = ROOT / "tests" / "data" / "schemas"
CORE = "urn:ietf:params:scim:schemas:core:2.0:"
SCHEMA = CORE + "Schema"

SCALARS = {"string", "boolean", "decimal", "integer", "dateTime", "reference", "binary"}
TYPES = SCALARS | {"complex"}
MUTABILITY = {"readOnly", "readWrite", "immutable", "writeOnly"}
RETURNED = {"always", "never", "default", "request"}
UNIQUENESS = {"none", "server", "global"}
SHAPE = {"name", "type", "multiValued", "description"}
ALWAYS_GIVEN = SHAPE | {"required", "mutability", "returned"}
GIVEN_BY_TYPE: dict[str, set[str]] = {
    "string": {"caseExact", "uniqueness"},
    "reference": {"caseExact", "uniqueness", "referenceTypes"},
    "binary": {"caseExact", "uniqueness"},
    "decimal": {"uniqueness"},
    "integer": {"uniqueness"},
    "boolean": set(),
    "dateTime": set(),
    "complex": {"subAttributes"},
}
JSON_TYPES = {"boolean": bool, "integer": int, "string": str, "reference": str, "complex": dict}

Json = dict[str, Any]


class Row(NamedTuple):
    """One line of the appendix."""

    type: str
    required: str
    case_exact: str
    mutability: str
    returned: str
    uniqueness: str
    values: str = ""


def read(path: Path) -> Any:
    """The JSON in a file."""
    return json.loads(path.read_text(encoding="utf-8"))


def schemas_in(folder: Path) -> dict[str, Json]:
    """The schema documents of a folder, by URN."""
    documents = [read(path) for path in sorted(folder.glob("*.schema.json"))]
    return {document["id"]: document for document in documents}


def appendix() -> dict[str, dict[str, Row]]:
    """The rows of the appendix, by URN and full attribute name."""
    rows: dict[str, dict[str, Row]] = {}
    names: list[str] = []
    for line in (ROOT / "tests" / "data" / "appendix_a.txt").read_text().splitlines():
        name, *cells = line.split() or ["#"]
        if name.startswith("urn:"):
            table = rows.setdefault(name, {})
        elif name != "#":
            bare = name.lstrip(".")
            names = [*names[: len(name) - len(bare)], bare]
            table[".".join(names)] = Row(*cells)
    return rows


def definitions(attributes: list[Json], parent: str = "") -> Iterator[tuple[str, Json]]:
    """Every definition with its full name, outside in."""
    for definition in attributes:
        name = parent + definition["name"]
        yield name, definition
        yield from definitions(definition.get("subAttributes", []), name + ".")


def row(definition: Json) -> Row:
    """A definition in the form of the appendix."""
    word = {True: "yes", False: "no", None: "-"}
    references = definition.get("referenceTypes")
    values = "->" + ",".join(references) if references else ""
    return Row(
        definition["type"] + ("[]" if definition["multiValued"] else ""),
        word[definition["required"]],
        word[definition.get("caseExact")],
        definition["mutability"],
        definition["returned"],
        definition.get("uniqueness", "-"),
        values or ",".join(definition.get("canonicalValues", [])),
    )


SCHEMAS = schemas_in(SHIPPED)
EXAMPLE_SCHEMAS = schemas_in(EXAMPLES)
DEVICE = EXAMPLE_SCHEMAS["urn:example:params:scim:schemas:core:2.0:Device"]
BADGE = EXAMPLE_SCHEMAS["urn:example:params:scim:schemas:extension:badge:1.0:User"]
COMPLETE = {**SCHEMAS, DEVICE["id"]: DEVICE, BADGE["id"]: BADGE}
KINDS: list[Json] = read(SHIPPED / "resource_types.json")
CONFIG: Json = read(SHIPPED / "service_provider_config.json")
APPENDIX = appendix()


@pytest.mark.proves("SDF-003")
@pytest.mark.parametrize("urn", APPENDIX)
def test_a_schema_says_what_the_appendix_says(urn: str) -> None:
    published = {name: row(d) for name, d in definitions(SCHEMAS[urn]["attributes"])}

    assert published == APPENDIX[urn]


@pytest.mark.proves("SDF-008")
def test_every_schema_of_the_appendix_is_shipped_and_one_of_our_own() -> None:
    assert SCHEMAS.keys() == APPENDIX.keys() | {ACCOUNT}


@pytest.mark.proves("SDF-003", "SDF-005")
@pytest.mark.parametrize("urn", COMPLETE)
def test_a_definition_gives_each_characteristic_that_applies(urn: str) -> None:
    for name, definition in definitions(COMPLETE[urn]["attributes"]):
        given = definition.keys() - {"canonicalValues"}
        assert given == ALWAYS_GIVEN | GIVEN_BY_TYPE[definition["type"]], name
        assert not [key for key, value in definition.items() if value in ("", [])], name


@pytest.mark.proves("SDF-004", "ATT-002")
@pytest.mark.parametrize("urn", COMPLETE)
def test_keywords_and_names_are_spelled_as_the_rfc_spells_them(urn: str) -> None:
    for name, definition in definitions(COMPLETE[urn]["attributes"]):
        assert re.fullmatch(r"\$ref|[A-Za-z][A-Za-z0-9_$-]*", definition["name"]), name
        assert definition["type"] in TYPES, name
        assert definition["mutability"] in MUTABILITY, name
        assert definition["returned"] in RETURNED, name
        assert definition.get("uniqueness", "none") in UNIQUENESS, name


@pytest.mark.proves("ATT-017")
def test_only_the_schema_of_schemas_nests_complex_attributes() -> None:
    nested = [
        (urn, name)
        for urn, document in {**SCHEMAS, **EXAMPLE_SCHEMAS}.items()
        for name, definition in definitions(document["attributes"])
        if "." in name and definition.get("type") == "complex"
    ]

    assert nested == [(SCHEMA, "attributes.subAttributes")]


@pytest.mark.proves("SDF-002")
@pytest.mark.parametrize("urn", COMPLETE)
def test_a_schema_document_is_a_schema_resource(urn: str) -> None:
    document = COMPLETE[urn]

    assert document.keys() == {"schemas", "id", "name", "description", "attributes"}
    assert document["schemas"] == [SCHEMA]


@pytest.mark.proves("SDF-006")
def test_no_message_schema_is_shipped() -> None:
    assert not [urn for urn in SCHEMAS if urn.startswith("urn:ietf:params:scim:api:")]


@pytest.mark.proves("SPC-002", "SPC-008", "CUR-015")
def test_the_service_provider_config_fits_its_schema() -> None:
    served = {key: value for key, value in CONFIG.items() if key != "schemas"}

    assert CONFIG["schemas"] == [CORE + "ServiceProviderConfig"]
    assert_fits(served, SCHEMAS[CORE + "ServiceProviderConfig"]["attributes"])


def assert_fits(value: Json, attributes: list[Json]) -> None:
    """Nothing undefined, nothing required left out, every value of its type."""
    known = {definition["name"]: definition for definition in attributes}
    assert value.keys() <= known.keys()
    assert {name for name, d in known.items() if d["required"]} <= value.keys()
    for name, item in value.items():
        definition = known[name]
        values: list[Any] = item if definition["multiValued"] else [item]
        assert {type(one) for one in values} <= {JSON_TYPES[definition["type"]]}, name
        for one in values if definition["type"] == "complex" else []:
            assert_fits(one, definition["subAttributes"])


@pytest.mark.proves("SPC-003")
def test_the_authentication_scheme_is_a_bearer_token() -> None:
    assert [scheme["type"] for scheme in CONFIG["authenticationSchemes"]] == ["oauthbearertoken"]


@pytest.mark.proves("RTY-002", "RTY-004")
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind["name"])
def test_a_resource_type_fits_its_schema(kind: Json) -> None:
    published = {key: value for key, value in kind.items() if key != "storage"}

    assert kind["id"] == kind["name"]
    assert_fits(published, SCHEMAS[CORE + "ResourceType"]["attributes"])


@pytest.mark.proves("RTY-003", "SDF-008")
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind["name"])
def test_every_schema_of_a_resource_type_is_shipped(kind: Json) -> None:
    used = {kind["schema"], *(e["schema"] for e in kind["schemaExtensions"])}

    assert used <= SCHEMAS.keys()


@pytest.mark.proves("RTY-006")
@pytest.mark.parametrize("key", ["name", "endpoint"])
def test_resource_types_differ_in_name_and_endpoint(key: str) -> None:
    assert len({kind[key] for kind in KINDS}) == len(KINDS)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind["name"])
def test_storage_names_attributes_of_the_schema(kind: Json) -> None:
    stored = {key: value for key, value in kind["storage"].items() if key != "account"}
    named = [value for value in stored.values() if isinstance(value, str)]
    named += kind["storage"]["display"]

    assert set(named) <= {d["name"] for d in SCHEMAS[kind["schema"]]["attributes"]}


def test_the_example_device_uses_every_keyword() -> None:
    found = [d for _, d in definitions(DEVICE["attributes"])]

    assert {d["type"] for d in found} == TYPES
    assert {d["mutability"] for d in found} == MUTABILITY
    assert {d["returned"] for d in found} == RETURNED
    assert {d.get("uniqueness", "none") for d in found} == UNIQUENESS
