"""Names, references, states and secrets of attributes (RFC 7643 §2.1 to §2.5, §7)."""

from typing import Any

import pytest

from tests.application import BASE_URL, ENTERPRISE, USER, Scim, error
from tests.web.samples import DEVICE, device

NOTE = "urn:example:params:scim:schemas:core:2.0:Note"

Json = dict[str, Any]


@pytest.mark.proves("ATT-001", "RES-007")
def test_names_match_whatever_their_case(strict: Scim) -> None:
    sent = {
        "SCHEMAS": [USER],
        "USERNAME": "bo",
        "Name": {"GIVENNAME": "Bo"},
        ENTERPRISE.upper(): {"DEPARTMENT": "x"},
    }
    created = strict.post("/Users", sent).get_json()
    assert created["userName"] == "bo"
    assert created["name"] == {"givenName": "Bo"}
    assert created[ENTERPRISE] == {"department": "x"}
    assert created["schemas"] == [USER, ENTERPRISE]
    at = f"/Users/{created['id']}"
    assert strict.found("/Users", 'NAME.givenname eq "Bo"') == [created["id"]]
    assert "userName" in strict.get(f"{at}?attributes=USERNAME").get_json()
    assert strict.get("/Users?sortBy=UserNAME").status_code == 200
    strict.patch(at, {"op": "add", "path": "NICKname", "value": "B"})
    strict.patch(at, {"op": "add", "value": {"TITLE": "Dr"}})
    shown = strict.get(at).get_json()
    assert (shown["nickName"], shown["title"]) == ("B", "Dr")


@pytest.mark.proves("ATT-003")
@pytest.mark.parametrize("twice", [{"userName": "a", "username": "b"}, {"name": {"a": 1, "A": 2}}])
def test_an_attribute_given_twice_is_refused(scim: Scim, twice: Json) -> None:
    body = {"schemas": [USER], "userName": "a"} | twice
    assert error(scim.post("/Users", body)) == (400, "invalidSyntax")
    assert scim.found("/Users", "id pr") == []


@pytest.mark.proves("ATT-004")
def test_an_attribute_without_characteristics_is_an_ordinary_text(strict: Scim) -> None:
    title = {"schemas": [NOTE], "title": "Minutes"}
    first, second = (strict.post("/Notes", title).get_json() for _ in range(2))
    assert strict.found("/Notes", 'title eq "MINUTES"') == [first["id"], second["id"]]
    at = f"/Notes/{first['id']}"
    for wrong in (5, True, ["Minutes"], {"value": "Minutes"}):
        body = {"schemas": [NOTE], "title": wrong}
        assert error(strict.put(at, body)) == (400, "invalidValue")
    strict.patch(at, {"op": "replace", "path": "title", "value": "Agenda"})
    assert strict.get(at).get_json()["title"] == "Agenda"
    assert "title" not in strict.put(at, {"schemas": [NOTE]}).get_json()


@pytest.mark.proves("ATT-013", "ATT-014", "USR-019", "ENT-002", "GRP-005")
def test_every_reference_leads_from_the_service_root_to_its_target(strict: Scim) -> None:
    boss = strict.user()
    manager = {"value": boss["id"], "$ref": f"../../v1/Users/{boss['id']}"}
    user = strict.user(**{"schemas": [USER, ENTERPRISE], ENTERPRISE: {"manager": manager}})
    group = strict.group(user["id"])
    user = strict.get(f"/Users/{user['id']}").get_json()
    references = {
        user[ENTERPRISE]["manager"]["$ref"]: boss["id"],
        user["groups"][0]["$ref"]: group["id"],
        group["members"][0]["$ref"]: user["id"],
    }
    for uri, id in references.items():
        assert uri.startswith(f"{BASE_URL}/")
        assert strict.get(uri.removeprefix(BASE_URL)).get_json()["id"] == id
    strict.delete(f"/Users/{boss['id']}")
    assert error(strict.get(f"/Users/{boss['id']}")) == (404, None)


@pytest.mark.proves("ATT-015", "DEL-005")
def test_members_exist_and_go_with_their_resource(strict: Scim) -> None:
    user = strict.user()["id"]
    group = strict.group(user)["id"]
    ghost = {"op": "add", "path": "members", "value": [{"value": "ghost"}]}
    assert error(strict.patch(f"/Groups/{group}", ghost)) == (400, "invalidValue")
    strict.delete(f"/Users/{user}")
    assert strict.get(f"/Groups/{group}").get_json()["members"] == []


TWO_PRIMARY = [
    {"value": "a@example.com", "primary": True},
    {"value": "b@example.com", "primary": True},
]


@pytest.mark.proves("ATT-019")
def test_there_are_never_two_primary_values(strict: Scim) -> None:
    body = {"schemas": [USER], "userName": "bo", "emails": TWO_PRIMARY}
    assert error(strict.post("/Users", body)) == (400, "invalidValue")
    id = strict.user(userName="bo", emails=TWO_PRIMARY[:1])["id"]
    assert error(strict.put(f"/Users/{id}", body)) == (400, "invalidValue")
    strict.patch(f"/Users/{id}", {"op": "add", "path": "emails", "value": TWO_PRIMARY[1:]})
    emails = strict.get(f"/Users/{id}").get_json()["emails"]
    assert [e["value"] for e in emails if e.get("primary")] == ["b@example.com"]


@pytest.mark.proves("ATT-019")
def test_a_tolerant_client_gets_one_of_its_two_primary_values(scim: Scim) -> None:
    emails = scim.user(emails=TWO_PRIMARY)["emails"]
    assert [e["value"] for e in emails if e.get("primary")] == ["b@example.com"]


@pytest.mark.proves("ATT-020")
def test_no_word_on_primary_means_no(strict: Scim) -> None:
    without = strict.user(emails=[{"value": "a@example.com"}])["id"]
    strict.user(emails=TWO_PRIMARY[:1])
    strict.user()
    assert strict.found("/Users", "emails[primary eq false]") == [without]
    assert strict.found("/Users", "emails.primary eq false") == [without]


@pytest.mark.proves("ATT-021")
def test_the_same_value_of_the_same_type_is_one(strict: Scim) -> None:
    work = {"value": "a@example.com", "type": "work"}
    home = {"value": "a@example.com", "type": "home"}
    user = strict.user(emails=[work, home, work])
    assert user["emails"] == [work, home]
    strict.patch(f"/Users/{user['id']}", {"op": "add", "path": "emails", "value": [work]})
    assert strict.get(f"/Users/{user['id']}").get_json()["emails"] == [work, home]


@pytest.mark.proves("ATT-024")
@pytest.mark.parametrize("nothing", [None, []])
def test_an_attribute_set_to_nothing_has_no_value(strict: Scim, nothing: object) -> None:
    id = strict.user(emails=[{"value": "a@example.com"}])["id"]
    operation = {"op": "replace", "path": "emails", "value": nothing}
    assert strict.patch(f"/Users/{id}", operation).status_code == 200
    assert "emails" not in strict.get(f"/Users/{id}").get_json()
    assert strict.found("/Users", "emails pr") == []


@pytest.mark.proves("ATT-026")
def test_letter_case_is_kept_whether_it_counts_or_not(strict: Scim) -> None:
    user = strict.user(userName="BJensen", externalId="AbC")
    assert (user["userName"], user["externalId"]) == ("BJensen", "AbC")
    assert strict.found("/Users", 'userName eq "bjENSEN"') == [user["id"]]
    assert strict.found("/Users", 'externalId eq "abc"') == []
    assert strict.found("/Users", 'externalId eq "AbC"') == [user["id"]]


@pytest.mark.proves("ATT-028")
def test_what_is_immutable_can_be_set_once(strict: Scim) -> None:
    created = device(strict)
    at = f"/Devices/{created['id']}"
    first = {"op": "add", "path": "purchaseOrder", "value": "P-1"}
    assert strict.patch(at, first).status_code == 200
    assert error(strict.patch(at, first | {"value": "P-2"})) == (400, "mutability")
    assert error(strict.patch(at, {"op": "remove", "path": "purchaseOrder"})) == (400, "mutability")
    body = {k: created[k] for k in ("schemas", "displayName", "serialNumber")}
    assert error(strict.put(at, body | {"purchaseOrder": "P-2"})) == (400, "mutability")
    assert strict.put(at, body).get_json()["purchaseOrder"] == "P-1"
    assert device(strict, purchaseOrder="P-3")["purchaseOrder"] == "P-3"


@pytest.mark.proves("ATT-029", "ATT-031", "USR-009")
def test_a_secret_is_in_no_answer(strict: Scim) -> None:
    secret = "t1meMa$heen"
    posted = {"schemas": [USER], "userName": "bo", "password": secret}
    created = strict.post("/Users", posted)
    at = f"/Users/{created.get_json()['id']}"
    write = {"op": "replace", "path": "password", "value": secret}
    asked = {"attributes": "password"}
    bulk = {"method": "POST", "path": "/Users", "bulkId": "b", "data": posted | {"userName": "al"}}
    answers = [
        created,
        strict.put(at, posted, query=asked),
        strict.patch(at, write, query=asked),
        strict.get(at, query=asked),
        strict.get("/Users", query=asked),
        strict.search("/Users", attributes=["password"]),
        strict.search("", attributes=["password"]),
        strict.bulk(bulk),
        strict.post("/Users", posted),
        strict.post("/Users", posted | {"active": secret}),
        strict.post("/Users", posted | {"password": [secret]}),
    ]
    assert [a.status_code for a in answers] == [201, *[200] * 7, 409, 400, 400]
    assert not [a.text for a in answers if secret in a.text or '"password":' in a.text]


@pytest.mark.proves("ATT-030", "RES-011", "PRJ-003")
def test_what_is_always_returned_cannot_be_projected_away(strict: Scim) -> None:
    at = f"/Devices/{device(strict)['id']}"
    always = {"schemas", "id", "serialNumber"}
    assert strict.get(at, query={"attributes": "weight"}).get_json().keys() == always
    excluded = {"excludedAttributes": "schemas,id,serialNumber,displayName,meta"}
    assert strict.get(at, query=excluded).get_json().keys() == always


@pytest.mark.proves("ATT-032")
def test_what_is_returned_by_default_can_be_left_out(strict: Scim) -> None:
    at = f"/Users/{strict.user(title='Dr', nickName='Bo')['id']}"
    assert strict.get(at).get_json().keys() >= {"title", "nickName"}
    assert "title" not in strict.get(at, query={"attributes": "nickName"}).get_json()
    assert "title" not in strict.get(at, query={"excludedAttributes": "title"}).get_json()


@pytest.mark.proves("ATT-033")
def test_what_is_returned_on_request_comes_when_asked_for_or_written(strict: Scim) -> None:
    created = device(strict, notes="Dusty")
    assert created["notes"] == "Dusty"
    at = f"/Devices/{created['id']}"
    assert "notes" not in strict.get(at).get_json()
    assert "notes" not in strict.get("/Devices").get_json()["Resources"][0]
    assert strict.get(at, query={"attributes": "notes"}).get_json()["notes"] == "Dusty"
    other = {"op": "replace", "path": "displayName", "value": "Scanner"}
    assert "notes" not in strict.patch(at, other).get_json()
    own = {"op": "replace", "path": "notes", "value": "Clean"}
    assert strict.patch(at, own).get_json()["notes"] == "Clean"
    body = {k: created[k] for k in ("schemas", "displayName", "serialNumber")}
    assert "notes" not in strict.put(at, body).get_json()


@pytest.mark.proves("ATT-034", "PUT-009", "PAT-038")
def test_a_taken_value_is_refused_on_every_verb(strict: Scim) -> None:
    strict.user(userName="ada")
    id = strict.user(userName="bo")["id"]
    body = {"schemas": [USER], "userName": "Ada"}
    rename = {"op": "replace", "path": "userName", "value": "ADA"}
    assert error(strict.post("/Users", body)) == (409, "uniqueness")
    assert error(strict.put(f"/Users/{id}", body)) == (409, "uniqueness")
    assert error(strict.patch(f"/Users/{id}", rename)) == (409, "uniqueness")


@pytest.mark.proves("ATT-036")
def test_a_required_part_is_demanded_where_its_whole_is(strict: Scim) -> None:
    least = {"schemas": [DEVICE], "displayName": "a", "serialNumber": "1"}
    assert error(strict.post("/Devices", least | {"location": {"floor": 1}})) == (
        400,
        "invalidValue",
    )
    assert strict.post("/Devices", least).status_code == 201
