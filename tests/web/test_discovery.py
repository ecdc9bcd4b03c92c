"""What the server says of itself (RFC 7643 §5 to §7, RFC 7644 §4)."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from tests.application import BASE_URL, MESSAGES, USER, Application, Scim, error

CORE = "urn:ietf:params:scim:schemas:core:2.0:"
PLACES = ("/ServiceProviderConfig", "/ResourceTypes", "/Schemas")
SINGLE = (*PLACES, "/ResourceTypes/User", f"/Schemas/{USER}")

Json = dict[str, Any]


def config(scim: Scim) -> Json:
    """The ServiceProviderConfig."""
    body: Json = scim.get("/ServiceProviderConfig").get_json()
    return body


def listed(scim: Scim, path: str) -> list[Json]:
    """The resources of a ListResponse that holds all of them."""
    body = scim.get(path).get_json()
    assert body["schemas"] == [MESSAGES + "ListResponse"]
    assert body["totalResults"] == body["itemsPerPage"] == len(body["Resources"])
    resources: list[Json] = body["Resources"]
    return resources


def definitions(attributes: list[Json]) -> Iterator[Json]:
    """Every definition, sub-attributes included."""
    for definition in attributes:
        yield definition
        yield from definitions(definition.get("subAttributes", []))


@pytest.mark.proves("SPC-001", "SPC-006")
def test_the_config_is_one_object(strict: Scim) -> None:
    body = config(strict)
    assert body["schemas"] == [CORE + "ServiceProviderConfig"]
    assert "Resources" not in body
    assert body["meta"] == {
        "resourceType": "ServiceProviderConfig",
        "location": f"{BASE_URL}/ServiceProviderConfig",
    }


@pytest.mark.proves("SPC-002")
def test_the_config_is_complete(strict: Scim) -> None:
    body = config(strict)
    flags = ("patch", "bulk", "filter", "changePassword", "sort", "etag")
    assert {type(body[name]["supported"]) for name in flags} == {bool}
    numbers = [body["bulk"]["maxOperations"], body["bulk"]["maxPayloadSize"]]
    assert {type(n) for n in [*numbers, body["filter"]["maxResults"]]} == {int}


@pytest.mark.proves("SPC-003")
def test_an_authentication_scheme_says_what_it_is(strict: Scim) -> None:
    [scheme] = config(strict)["authenticationSchemes"]
    assert scheme.keys() >= {"type", "name", "description"}
    assert scheme["type"] == "oauthbearertoken"


@pytest.mark.proves("SPC-004", "DSC-003")
@pytest.mark.parametrize("path", SINGLE)
def test_discovery_needs_no_credential(scim: Scim, path: str) -> None:
    assert scim.get(path, token=None).status_code == 200


@pytest.mark.proves("DSC-003")
@pytest.mark.parametrize("path", SINGLE)
def test_a_setting_closes_discovery(closed: Scim, path: str) -> None:
    assert error(closed.get(path, token=None)) == (401, None)
    assert closed.get(path).status_code == 200


@pytest.fixture
def closed(database_url: str) -> Iterator[Scim]:
    """A client of a server that shows discovery to clients only."""
    application = Application(database_url, open_discovery=False)
    yield application.scim()
    application.parts.database.close()


@pytest.mark.proves("SPC-005")
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", SINGLE)
def test_nothing_writes_discovery(strict: Scim, method: str, path: str) -> None:
    before = strict.get(path).get_json()
    response = strict.send(method, path, {"schemas": [], "patch": {"supported": False}})
    assert error(response) == (405, None)
    assert "GET" in response.headers["Allow"]
    assert strict.get(path).get_json() == before


@pytest.mark.proves("SPC-007")
def test_what_is_advertised_works(strict: Scim) -> None:
    body = config(strict)
    assert all(body[name]["supported"] for name in ("patch", "bulk", "filter", "sort", "etag"))
    user = strict.user(title="b")
    other = strict.user(title="a")["id"]
    at = f"/Users/{user['id']}"
    renamed = strict.patch(at, {"op": "add", "path": "nickName", "value": "x"})
    assert renamed.get_json()["nickName"] == "x"
    assert strict.found("/Users", 'nickName eq "x"') == [user["id"]]
    rows = strict.get("/Users?sortBy=title").get_json()["Resources"]
    assert [row["id"] for row in rows] == [other, user["id"]]
    stale = {"If-Match": user["meta"]["version"]}
    assert error(strict.delete(at, headers=stale)) == (412, None)
    assert strict.bulk({"method": "DELETE", "path": at}).status_code == 200
    assert strict.get("/Users?cursor=&count=1").get_json()["itemsPerPage"] == 1


@pytest.mark.proves("SPC-007")
def test_the_advertised_limits_are_the_limits(limited: Scim) -> None:
    body = config(limited)
    assert body["bulk"]["maxOperations"] == 2
    assert body["bulk"]["maxPayloadSize"] == 1000
    assert body["filter"]["maxResults"] == body["pagination"]["maxPageSize"] == 3
    assert body["pagination"]["defaultPageSize"] == 2
    for _ in range(4):
        limited.user()
    assert limited.get("/Users?count=100").get_json()["itemsPerPage"] == 3
    assert limited.get("/Users").get_json()["itemsPerPage"] == 2
    delete = {"method": "DELETE", "path": "/Users/ghost"}
    assert limited.bulk(delete, delete).status_code == 200
    assert error(limited.bulk(delete, delete, delete)) == (413, None)
    assert error(limited.bulk(delete | {"bulkId": "x" * 1000})) == (413, None)


@pytest.fixture
def limited(database_url: str) -> Iterator[Scim]:
    """A client of a server with small limits."""
    application = Application(
        database_url, bulk_operations=2, bulk_bytes=1000, max_page_size=3, page_size=2
    )
    yield application.scim()
    application.parts.database.close()


def undefined(content: Json, attributes: list[Json]) -> Iterator[str]:
    """The keys of an object that its schema does not define."""
    known = {definition["name"]: definition for definition in attributes}
    for key, value in content.items():
        if key not in known:
            yield key
            continue
        for element in value if isinstance(value, list) else [value]:
            if isinstance(element, dict):
                yield from undefined(element, known[key]["subAttributes"])


@pytest.mark.proves("SPC-008", "RTY-004")
@pytest.mark.parametrize("name", ["ServiceProviderConfig", "ResourceType"])
def test_the_schemas_of_discovery_cover_what_discovery_shows(strict: Scim, name: str) -> None:
    path = f"/{name}" if name.startswith("Service") else f"/{name}s"
    body = strict.get(path).get_json()
    attributes = strict.get(f"/Schemas/{CORE}{name}").get_json()["attributes"]
    for resource in body.get("Resources", [body]):
        own = {k: v for k, v in resource.items() if k not in ("schemas", "id", "meta")}
        assert list(undefined(own, attributes)) == []


@pytest.mark.proves("RTY-001", "RTY-002", "RTY-005", "RTY-006", "RTY-007")
def test_every_resource_type_is_listed_and_found(strict: Scim) -> None:
    types = listed(strict, "/ResourceTypes")
    assert {"User", "Group", "Device", "Note"} == {published["name"] for published in types}
    for published in types:
        assert published["schemas"] == [CORE + "ResourceType"]
        assert published["id"] == published["name"]
        assert published["endpoint"].startswith("/")
        at = f"/ResourceTypes/{published['id']}"
        assert published["meta"] == {"resourceType": "ResourceType", "location": BASE_URL + at}
        assert strict.get(at).get_json() == published
        assert strict.get(published["endpoint"]).status_code == 200
    assert len({published["endpoint"] for published in types}) == len(types)
    assert error(strict.get("/ResourceTypes/Nobody")) == (404, None)


@pytest.mark.proves("RTY-003", "RTY-004", "SDF-008")
def test_every_schema_of_a_resource_type_can_be_fetched(strict: Scim) -> None:
    for published in listed(strict, "/ResourceTypes"):
        assert {type(e["required"]) for e in published["schemaExtensions"]} <= {bool}
        for urn in (published["schema"], *(e["schema"] for e in published["schemaExtensions"])):
            assert strict.get(f"/Schemas/{urn}").get_json()["id"] == urn


@pytest.mark.proves("SDF-001", "SDF-002")
def test_every_schema_is_listed_and_found(strict: Scim) -> None:
    for published in listed(strict, "/Schemas"):
        urn = published["id"]
        assert published["schemas"] == [CORE + "Schema"]
        assert published["attributes"]
        assert published["meta"]["resourceType"] == "Schema"
        assert published["meta"]["location"] == f"{BASE_URL}/Schemas/{urn}"
        assert strict.get(f"/Schemas/{urn}").get_json() == published
        assert strict.get(f"/Schemas/{quote(urn, safe='')}").get_json() == published
    assert error(strict.get("/Schemas/urn:x:y")) == (404, None)


@pytest.mark.proves("SDF-006")
def test_messages_are_no_schemas(strict: Scim) -> None:
    assert not [s for s in listed(strict, "/Schemas") if ":api:messages:" in s["id"]]


GIVEN = {"name", "type", "multiValued", "required", "mutability", "returned"}
WORDS = {
    "type": "string boolean decimal integer dateTime reference binary complex",
    "mutability": "readOnly readWrite immutable writeOnly",
    "returned": "always never default request",
    "uniqueness": "none server global",
}


@pytest.mark.proves("SDF-003", "SDF-004", "SDF-005", "ATT-002")
def test_every_definition_says_all_that_applies_in_the_words_of_the_rfc(strict: Scim) -> None:
    for published in listed(strict, "/Schemas"):
        for definition in definitions(published["attributes"]):
            assert re.fullmatch(r"[A-Za-z][A-Za-z0-9$_-]*|\$ref", definition["name"])
            assert definition.keys() >= GIVEN, definition
            for keyword, words in WORDS.items():
                assert definition.get(keyword, "none") in [*words.split(), "none"]
            is_complex = definition["type"] == "complex"
            assert ("subAttributes" in definition) == is_complex
            assert not is_complex or not definition.keys() & {"uniqueness", "caseExact"}
            assert ("referenceTypes" in definition) == (definition["type"] == "reference")


@pytest.mark.proves("ATT-017")
def test_no_part_of_a_complex_attribute_is_complex(strict: Scim) -> None:
    nested = [
        (published["id"], attribute["name"], sub["name"])
        for published in listed(strict, "/Schemas")
        for attribute in published["attributes"]
        for sub in attribute.get("subAttributes", [])
        if sub["type"] == "complex"
    ]
    # The schema of schemas describes sub-attributes; RFC 7643 §8.7.2 nests them likewise.
    assert nested == [(CORE + "Schema", "attributes", "subAttributes")]


@pytest.mark.proves("DSC-001")
@pytest.mark.parametrize("path", PLACES)
def test_paging_and_sorting_have_no_effect_on_discovery(strict: Scim, path: str) -> None:
    query = {"count": 1, "startIndex": 2, "sortBy": "id", "sortOrder": "descending", "cursor": ""}
    assert strict.get(path, query=query).get_json() == strict.get(path).get_json()


@pytest.mark.proves("DSC-002")
@pytest.mark.parametrize("path", SINGLE)
def test_discovery_cannot_be_filtered(strict: Scim, path: str) -> None:
    assert error(strict.get(path, query={"filter": "id pr"})) == (403, None)
