"""POST (RFC 7644 §3.3)."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.application import ENTERPRISE, GROUP, USER, Application, Scim, error

proves = pytest.mark.proves
ADA: dict[str, Any] = {"schemas": [USER], "userName": "ada"}


@proves("CRE-001", "CRE-002")
def test_the_new_resource_is_told_where_it_is(scim: Scim) -> None:
    response = scim.post("/Users", ADA)
    assert response.status_code == 201
    location = response.headers["Location"]
    assert location == response.get_json()["meta"]["location"]
    assert location.endswith(f"/scim/v2/Users/{response.get_json()['id']}")


@proves("CRE-003")
def test_what_the_server_decides_is_ignored(scim: Scim) -> None:
    boss = scim.user(displayName="The Boss")["id"]
    sent = ADA | {
        "schemas": [USER, ENTERPRISE],
        "id": "mine",
        "meta": {"resourceType": "Group", "location": "https://evil.example", "version": "9"},
        "groups": [{"value": "g1"}],
        ENTERPRISE: {"manager": {"value": boss, "displayName": "Nobody"}},
    }
    created = scim.post("/Users", sent)
    assert created.status_code == 201
    user = created.get_json()
    assert user["id"] != "mine"
    assert user["meta"]["resourceType"] == "User"
    assert user["meta"]["version"].startswith('W/"1')
    assert "evil" not in created.text
    assert "groups" not in user
    assert user[ENTERPRISE]["manager"]["displayName"] == "The Boss"


@proves("CRE-004")
def test_the_answer_is_what_get_answers(scim: Scim) -> None:
    emails = [{"value": "ada@example.com", "type": "work"}]
    created = scim.post(
        "/Users", ADA | {"emails": emails, "nickName": "a", "password": "s3cret-pw"}
    )
    assert scim.get(f"/Users/{created.get_json()['id']}").get_json() == created.get_json()


@proves("CRE-005", "USR-003")
def test_a_taken_name_is_a_conflict_whatever_its_case(scim: Scim) -> None:
    scim.user(userName="ada")
    response = scim.post("/Users", {"schemas": [USER], "userName": "ADA"})
    assert error(response) == (409, "uniqueness")


@proves("CRE-005")
def test_a_refused_create_leaves_nothing(scim: Scim) -> None:
    scim.user(userName="ada")
    scim.post("/Users", ADA | {"displayName": "second"})
    assert len(scim.found("/Users", "userName pr")) == 1
    assert scim.found("/Users", 'displayName eq "second"') == []


@pytest.mark.parametrize(
    ("given", "active"), [({}, True), ({"active": True}, True), ({"active": False}, False)]
)
def test_a_user_is_active_unless_told_otherwise(
    scim: Scim, given: dict[str, bool], active: bool
) -> None:
    assert scim.post("/Users", ADA | given).get_json()["active"] is active


@proves("CRE-007")
def test_the_endpoint_decides_the_type(scim: Scim) -> None:
    sent = {"schemas": [GROUP], "displayName": "all", "meta": {"resourceType": "User"}}
    group = scim.post("/Groups", sent).get_json()
    assert group["meta"]["resourceType"] == "Group"
    assert "/Groups/" in group["meta"]["location"]
    assert error(scim.get(f"/Users/{group['id']}")) == (404, None)


@proves("CRE-008")
@pytest.mark.parametrize(
    ("changes", "scim_type"),
    [
        ({"userName": None}, "invalidValue"),
        ({"userName": ""}, "invalidValue"),
        ({"userName": 5}, "invalidValue"),
        ({"name": "Ada"}, "invalidValue"),
        ({"name": {"givenName": 5}}, "invalidValue"),
        ({"emails": [{"value": ["a"]}]}, "invalidValue"),
        ({"schemas": "text"}, "invalidValue"),
        ({"schemas": []}, "invalidSyntax"),
        ({"schemas": [5]}, "invalidValue"),
    ],
)
def test_a_faulty_document_names_its_kind_of_fault(
    strict: Scim, changes: dict[str, Any], scim_type: str
) -> None:
    assert error(strict.post("/Users", ADA | changes)) == (400, scim_type)
    assert strict.found("/Users", "id pr") == []


@proves("CRE-009", "ETG-001")
def test_the_new_version_is_in_the_header_and_in_the_body(scim: Scim) -> None:
    response = scim.post("/Users", ADA)
    assert response.headers["ETag"] == response.get_json()["meta"]["version"]


@proves("CRE-010")
def test_an_unknown_attribute_is_ignored_by_default_and_refused_in_strict_mode(
    scim: Scim, strict: Scim
) -> None:
    misspelt = ADA | {"dispalyName": "x"}
    created = scim.post("/Users", misspelt)
    assert created.status_code == 201
    assert "dispalyName" not in created.get_json()
    assert error(strict.post("/Users", misspelt)) == (400, "invalidSyntax")


@proves("CRE-011")
@pytest.mark.parametrize("sent", [ADA, {**ADA, "displayName": "Ada"}])
def test_a_user_is_no_group(scim: Scim, sent: dict[str, Any]) -> None:
    status, _ = error(scim.post("/Groups", sent))
    assert status == 400
    assert scim.found("/Groups", "id pr") == []


@proves("CRE-012")
def test_of_twenty_equal_creates_at_once_one_succeeds(database_url: str) -> None:
    application = Application(database_url, threads=20)
    scim = application.scim()

    def create(_: int) -> int:
        client = Scim(application, scim.tenant, scim.bearer)
        return client.post("/Users", ADA).status_code

    with ThreadPoolExecutor(20) as threads:
        statuses = Counter(threads.map(create, range(20)))
    assert statuses == {201: 1, 409: 19}
    assert len(scim.found("/Users", 'userName eq "ada"')) == 1
    application.parts.database.close()
