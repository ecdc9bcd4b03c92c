"""PUT (RFC 7644 §3.5.1)."""

from typing import Any

import pytest

from tests.application import ENTERPRISE, USER, Scim, error

proves = pytest.mark.proves
WORK, HOME = {"value": "a@x.org", "type": "work"}, {"value": "b@x.org", "type": "home"}
FULL: dict[str, Any] = {
    "schemas": [USER, ENTERPRISE],
    "userName": "ada",
    "title": "Guide",
    "name": {"givenName": "Ada", "familyName": "Lovelace"},
    "emails": [WORK, HOME],
    "roles": [{"value": "admin"}],
    ENTERPRISE: {"department": "Tours"},
}
CORE: dict[str, Any] = {"schemas": [USER], "userName": "ada"}


@pytest.fixture
def ada(scim: Scim) -> dict[str, Any]:
    """A user with a bit of everything."""
    return scim.user(**FULL)


def put(scim: Scim, resource: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    """The resource after it was replaced."""
    response = scim.put(f"/Users/{resource['id']}", body)
    assert response.status_code == 200, response.text
    replaced: dict[str, Any] = response.get_json()
    assert scim.get(f"/Users/{resource['id']}").get_json() == replaced
    return replaced


@proves("PUT-001", "ETG-005")
@pytest.mark.parametrize("headers", [{}, {"If-Match": "*"}, {"If-Match": 'W/"1"'}])
def test_nothing_is_created(scim: Scim, headers: dict[str, str]) -> None:
    path = "/Users/2819c223-7f76-453a-919d-413861904646"
    assert error(scim.put(path, CORE, headers=headers)) == (404, None)
    assert scim.found("/Users", "id pr") == []


@proves("PUT-002")
def test_values_replace_the_stored_ones_as_a_whole(scim: Scim, ada: dict[str, Any]) -> None:
    new = {"userName": "bob", "name": {"givenName": "Bob"}, "emails": [HOME], "title": "Poet"}
    replaced = put(scim, ada, FULL | new)
    assert {name: replaced[name] for name in new} == new
    assert scim.found("/Users", 'emails eq "a@x.org" or name.familyName pr') == []
    assert scim.found("/Users", 'emails eq "b@x.org" and userName eq "bob"') == [ada["id"]]


@proves("PUT-003", "PUT-011")
def test_what_is_left_out_is_cleared(scim: Scim, ada: dict[str, Any]) -> None:
    replaced = put(scim, ada, CORE)
    assert replaced.keys() == {"schemas", "id", "userName", "active", "meta"}
    assert replaced["schemas"] == [USER]
    assert scim.found("/Users", "title pr or emails pr or name pr or roles pr") == []
    assert scim.found("/Users", f"{ENTERPRISE}:department pr") == []


@pytest.mark.parametrize("active", [True, False])
def test_whether_a_user_is_active_stays_unless_it_is_told(scim: Scim, active: bool) -> None:
    user = scim.user(active=active)
    assert put(scim, user, {**CORE, "title": "new"})["active"] is active
    assert put(scim, user, {**CORE, "active": not active})["active"] is not active


@proves("PUT-005")
def test_an_immutable_value_may_be_repeated_left_out_or_set_once(scim: Scim) -> None:
    lamp = {"displayName": "lamp", "serialNumber": "1"}
    path = f"/Devices/{scim.post('/Devices', lamp).get_json()['id']}"
    ordered = lamp | {"purchaseOrder": "A"}
    for body in (lamp, ordered, ordered, lamp):
        response = scim.put(path, body)
        assert response.status_code == 200, response.text
    assert response.get_json()["purchaseOrder"] == "A"
    assert error(scim.put(path, lamp | {"purchaseOrder": "B"})) == (400, "mutability")
    assert error(scim.put(path, lamp | {"serialNumber": "2"})) == (400, "mutability")
    assert scim.get(path).get_json()["purchaseOrder"] == "A"


@proves("PUT-006")
def test_what_the_server_decides_is_ignored(scim: Scim, ada: dict[str, Any]) -> None:
    group = scim.group(ada["id"])
    current = scim.get(f"/Users/{ada['id']}").get_json()
    meta = {"resourceType": "Group", "created": "2001-01-01T00:00:00Z", "version": 'W/"99"'}
    replaced = put(scim, ada, FULL | {"id": "other", "meta": meta, "groups": [], "title": "Poet"})
    assert replaced["id"] == ada["id"]
    assert replaced["meta"]["created"] == ada["meta"]["created"]
    assert replaced["meta"]["resourceType"] == "User"
    assert replaced["meta"]["version"] != 'W/"99"'
    assert replaced["groups"] == current["groups"]
    assert [g["value"] for g in replaced["groups"]] == [group["id"]]


@proves("PUT-007")
@pytest.mark.parametrize("name", [{}, {"userName": None}, {"userName": ""}])
def test_what_is_required_is_required(
    scim: Scim, ada: dict[str, Any], name: dict[str, Any]
) -> None:
    path = f"/Users/{ada['id']}"
    assert error(scim.put(path, {"schemas": [USER], "title": "x", **name})) == (400, "invalidValue")
    assert scim.get(path).get_json() == ada


@proves("PUT-008", "ETG-001")
def test_the_answer_is_the_whole_resource(scim: Scim, ada: dict[str, Any]) -> None:
    response = scim.put(f"/Users/{ada['id']}", FULL | {"title": "Poet"})
    replaced = response.get_json()
    assert response.status_code == 200
    assert replaced.keys() == ada.keys()
    assert replaced["title"] == "Poet"
    assert response.headers["ETag"] == replaced["meta"]["version"] != ada["meta"]["version"]
    assert replaced["meta"]["lastModified"] > ada["meta"]["lastModified"]


@proves("PUT-009")
def test_a_taken_name_is_a_conflict_and_changes_nothing(scim: Scim, ada: dict[str, Any]) -> None:
    scim.user(userName="bob")
    path = f"/Users/{ada['id']}"
    refused = scim.put(path, FULL | {"userName": "BOB", "title": "Poet"})
    assert error(refused) == (409, "uniqueness")
    assert scim.get(path).get_json() == ada


@proves("PUT-009")
def test_its_own_name_is_no_conflict_and_the_old_one_is_free(
    scim: Scim, ada: dict[str, Any]
) -> None:
    assert put(scim, ada, FULL | {"userName": "ADA"})["userName"] == "ADA"
    put(scim, ada, FULL | {"userName": "eve"})
    assert scim.user(userName="ada")["id"] != ada["id"]


@proves("PUT-010")
@pytest.mark.parametrize(
    ("name", "nothing"),
    [("title", None), ("name", None), ("emails", []), ("emails", None), ("roles", []),
     (ENTERPRISE, None), (ENTERPRISE, {})],
)  # fmt: skip
def test_null_and_the_empty_list_clear(
    scim: Scim, ada: dict[str, Any], name: str, nothing: Any
) -> None:
    assert name not in put(scim, ada, FULL | {name: nothing})


@proves("PUT-012", "ETG-001")
@pytest.mark.parametrize("mode", ["tolerant", "strict"])
def test_what_get_answered_can_be_put_back(scim: Scim, mode: Any) -> None:
    client = scim.application.scim(mode, tenant=scim.tenant)
    boss = client.user(displayName="Boss")["id"]
    user = client.user(**FULL | {ENTERPRISE: {"manager": {"value": boss}}})
    group = client.group(user["id"])
    for path in (f"/Users/{user['id']}", f"/Groups/{group['id']}", f"/Users/{boss}"):
        before = client.get(path)
        after = client.put(path, before.get_json())
        assert after.status_code == 200, after.text
        assert after.get_json() == before.get_json()
        assert after.headers["ETag"] == before.headers["ETag"]


@proves("PUT-002", "PUT-010")
def test_the_members_of_a_group_are_replaced(scim: Scim) -> None:
    one, two, three = (scim.user()["id"] for _ in range(3))
    group = scim.group(one, two)
    path = f"/Groups/{group['id']}"
    body = {"displayName": "all", "members": [{"value": id} for id in (two, three)]}
    assert {m["value"] for m in scim.put(path, body).get_json()["members"]} == {two, three}
    assert "groups" not in scim.get(f"/Users/{one}").get_json()
    assert scim.put(path, body | {"members": []}).get_json()["members"] == []
    assert scim.put(path, {"displayName": "all"}).get_json()["members"] == []
