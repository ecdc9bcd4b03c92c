"""What every resource has: ``schemas``, ``id``, ``externalId``, ``meta`` (RFC 7643 §3)."""

from datetime import datetime
from typing import Any

import pytest

from tests.application import BASE_URL, ENTERPRISE, GROUP, USER, Application, Scim, error
from tests.web.samples import KINDS, full, kind, minimal

BADGE = "urn:example:params:scim:schemas:extension:badge:1.0:User"
NOBODYS = "urn:x:y"

Json = dict[str, Any]


def created(scim: Scim, name: str) -> Json:
    """A new resource of a kind."""
    body: Json = scim.post(kind(scim, name)["endpoint"], minimal(scim, name)).get_json()
    return body


@pytest.mark.proves("RES-001")
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/Users"),
        ("GET", "/"),
        ("GET", "/Users/ghost"),
        ("GET", "/Nowhere"),
        ("PATCH", "/Users"),
        ("POST", "/Users"),
        ("POST", "/Users/.search"),
        ("POST", "/Bulk"),
        ("GET", "/ServiceProviderConfig"),
        ("GET", "/ResourceTypes"),
        ("GET", "/Schemas"),
        ("GET", "/Me"),
    ],
)
def test_every_body_says_what_it_is(strict: Scim, method: str, path: str) -> None:
    body = strict.send(method, path).get_json()
    assert body["schemas"]
    assert all(urn.startswith("urn:") for urn in body["schemas"])
    assert all(resource["schemas"] for resource in body.get("Resources", []))


@pytest.mark.proves("RES-001", "RES-002", "RES-003", "SDF-008")
@pytest.mark.parametrize("name", KINDS)
def test_a_resource_names_its_schemas_and_no_other(strict: Scim, name: str) -> None:
    published = kind(strict, name)
    known = [published["schema"], *(e["schema"] for e in published["schemaExtensions"])]
    resource = strict.post(published["endpoint"], full(strict, name)).get_json()
    assert resource["schemas"] == known
    assert strict.post(published["endpoint"], minimal(strict, name)).get_json()["schemas"] == [
        published["schema"]
    ]
    assert {strict.get(f"/Schemas/{urn}").get_json()["id"] for urn in known} == set(known)


@pytest.mark.proves("RES-003")
@pytest.mark.parametrize(
    "schemas", [[USER, ENTERPRISE], [ENTERPRISE, USER], [USER, USER, ENTERPRISE, USER]]
)
def test_the_order_and_number_of_schemas_means_nothing(strict: Scim, schemas: list[str]) -> None:
    user = strict.user(schemas=schemas, **{ENTERPRISE: {"department": "x"}})
    assert user["schemas"] == [USER, ENTERPRISE]


@pytest.mark.proves("RES-004", "CRE-011", "CRE-008")
@pytest.mark.parametrize("schemas", [[], None, [ENTERPRISE], [GROUP], "", USER])
def test_the_base_schema_is_named(strict: Scim, schemas: object) -> None:
    body = {"schemas": schemas, "userName": "bo"}
    assert error(strict.post("/Users", body)) in [(400, "invalidSyntax"), (400, "invalidValue")]
    assert error(strict.post("/Users", {"userName": "bo"})) == (400, "invalidSyntax")


@pytest.mark.proves("RES-008")
def test_a_schema_of_nobody_is_refused(strict: Scim) -> None:
    body = {"schemas": [USER, NOBODYS], "userName": "bo"}
    assert error(strict.post("/Users", body)) == (400, "invalidValue")


@pytest.mark.proves("RES-009")
def test_the_schema_of_given_data_need_not_be_named(strict: Scim) -> None:
    user = strict.user(schemas=[USER], **{ENTERPRISE: {"department": "x"}})
    assert user["schemas"] == [USER, ENTERPRISE]
    assert user[ENTERPRISE] == {"department": "x"}


@pytest.mark.proves("RES-005", "PAT-011")
def test_the_schema_of_an_extension_comes_and_goes_with_its_data(strict: Scim) -> None:
    at = f"/Users/{strict.user()['id']}"
    number = f"{ENTERPRISE}:employeeNumber"
    added = strict.patch(at, {"op": "add", "path": number, "value": "7"}).get_json()
    assert added["schemas"] == [USER, ENTERPRISE]
    removed = strict.patch(at, {"op": "remove", "path": number}).get_json()
    assert removed["schemas"] == [USER]
    assert ENTERPRISE not in removed
    named = {"schemas": [USER, ENTERPRISE], "userName": removed["userName"]}
    assert strict.put(at, named).get_json()["schemas"] == [USER]


@pytest.mark.proves("RES-006")
def test_an_attribute_of_an_extension_has_no_place_beside_the_core(strict: Scim) -> None:
    flat = {"schemas": [USER, ENTERPRISE], "userName": "bo", "department": "x"}
    assert error(strict.post("/Users", flat)) == (400, "invalidSyntax")
    user = strict.user(**{ENTERPRISE: {"department": "x"}, BADGE: {"colour": "red"}})
    assert (user[ENTERPRISE], user[BADGE]) == ({"department": "x"}, {"colour": "red"})
    assert not user.keys() & {"department", "colour"}


@pytest.mark.proves("RES-011", "RES-012", "RES-015", "RES-026")
def test_every_resource_has_an_id_of_its_own(strict: Scim) -> None:
    ids = [created(strict, name)["id"] for name in KINDS * 3]
    assert len(set(ids)) == len(ids)
    assert all(isinstance(id, str) and id and "bulkid" not in id.lower() for id in ids)


@pytest.mark.proves("RES-013", "DEL-003")
def test_an_id_is_not_given_again(strict: Scim) -> None:
    first = strict.user(userName="bo")["id"]
    strict.delete(f"/Users/{first}")
    second = strict.user(userName="bo", id=first)["id"]
    assert second != first
    assert error(strict.get(f"/Users/{first}")) == (404, None)


@pytest.mark.proves("RES-013", "RES-014", "RES-021", "RES-022", "CRE-007", "PUT-006")
@pytest.mark.parametrize("name", KINDS)
def test_what_a_client_says_of_id_and_meta_is_disregarded(strict: Scim, name: str) -> None:
    at = kind(strict, name)["endpoint"]
    foreign = {"resourceType": "Other", "created": "1970-01-01T00:00:00Z", "version": 5}
    said = minimal(strict, name) | {"id": "mine", "meta": foreign}
    posted = strict.post(at, said).get_json()
    put = strict.put(f"{at}/{posted['id']}", said).get_json()
    for resource in (posted, put):
        assert resource["id"] == posted["id"] != "mine"
        assert resource["meta"]["resourceType"] == name
        assert resource["meta"]["created"] > "2020"
    wrong = minimal(strict, name) | {"id": 7, "meta": "x"}
    assert strict.post(at, wrong).status_code == 201


@pytest.mark.proves("RES-016")
def test_an_id_is_case_exact(strict: Scim) -> None:
    id = strict.user()["id"]
    assert error(strict.get(f"/Users/{id.upper()}")) == (404, None)
    assert strict.found("/Users", f'id eq "{id.upper()}"') == []
    assert strict.found("/Users", f'id eq "{id}"') == [id]


@pytest.mark.proves("RES-017", "RES-018", "RES-020", "RES-026")
@pytest.mark.parametrize("name", KINDS)
def test_an_external_id_is_the_clients(strict: Scim, name: str) -> None:
    at = kind(strict, name)["endpoint"]
    without = strict.post(at, minimal(strict, name)).get_json()
    assert "externalId" not in without
    first, second = (
        strict.post(at, minimal(strict, name) | {"externalId": "70-Ab"}).get_json()["id"]
        for _ in range(2)
    )
    assert strict.found(at, 'externalId eq "70-Ab"') == [first, second]
    assert strict.found(at, 'externalId eq "70-aB"') == []
    strict.patch(f"{at}/{first}", {"op": "replace", "path": "externalId", "value": "71"})
    assert strict.get(f"{at}/{first}").get_json()["externalId"] == "71"
    strict.patch(f"{at}/{first}", {"op": "remove", "path": "externalId"})
    assert "externalId" not in strict.get(f"{at}/{first}").get_json()


@pytest.mark.proves("RES-019", "TEN-004")
def test_tenants_share_no_external_ids(application: Application) -> None:
    here, there = application.scim(), application.scim()
    first, second = (scim.user(externalId="7", userName="bo")["id"] for scim in (here, there))
    assert here.found("/Users", 'externalId eq "7"') == [first]
    assert there.found("/Users", 'externalId eq "7"') == [second]
    assert error(here.get(f"/Users/{second}")) == (404, None)


@pytest.mark.proves("RES-022", "RES-023", "RES-024", "RES-025", "RES-026", "CRE-002", "CRE-009")
@pytest.mark.parametrize("name", KINDS)
def test_meta_tells_type_place_version_and_times(strict: Scim, name: str) -> None:
    at = kind(strict, name)["endpoint"]
    response = strict.post(at, minimal(strict, name))
    resource = response.get_json()
    meta = resource["meta"]
    assert meta["resourceType"] == name
    assert meta["location"] == f"{BASE_URL}{at}/{resource['id']}"
    assert meta["location"] == response.headers["Location"] == response.headers["Content-Location"]
    assert meta["version"] == response.headers["ETag"]
    assert meta["version"].startswith('W/"')
    assert meta["created"] == meta["lastModified"]
    assert datetime.fromisoformat(meta["created"]).tzinfo is not None


@pytest.mark.proves("RES-023", "PAT-025")
@pytest.mark.parametrize("name", KINDS)
def test_only_a_change_moves_version_and_time(strict: Scim, name: str) -> None:
    at = kind(strict, name)["endpoint"]
    body = minimal(strict, name)
    before = strict.post(at, body).get_json()
    here = f"{at}/{before['id']}"
    assert strict.put(here, body).get_json()["meta"] == before["meta"]
    after = strict.put(here, body | {"externalId": "7"}).get_json()["meta"]
    assert after["created"] == before["meta"]["created"]
    assert after["lastModified"] > before["meta"]["lastModified"]
    assert after["version"] != before["meta"]["version"]
