"""The enterprise extension of users (RFC 7643 §4.3)."""

from typing import Any

import pytest

from tests.application import BASE_URL, ENTERPRISE, USER, Scim, error

TEXTS = ("employeeNumber", "costCenter", "organization", "division", "department")

Json = dict[str, Any]


def employee(scim: Scim, **attributes: Any) -> Json:
    """A new user with enterprise attributes."""
    return scim.user(**{"schemas": [USER, ENTERPRISE], ENTERPRISE: attributes})


@pytest.mark.proves("ENT-001")
@pytest.mark.parametrize("name", TEXTS)
def test_every_text_can_be_written_changed_found_and_removed(strict: Scim, name: str) -> None:
    user = employee(strict, **{name: "4130"})
    assert user[ENTERPRISE] == {name: "4130"}
    at, path = f"/Users/{user['id']}", f"{ENTERPRISE}:{name}"
    strict.patch(at, {"op": "replace", "path": path, "value": "4131"})
    assert strict.found("/Users", f'{path} eq "4131"') == [user["id"]]
    assert strict.get(at, query={"attributes": path}).get_json()[ENTERPRISE] == {name: "4131"}
    strict.patch(at, {"op": "remove", "path": path})
    assert ENTERPRISE not in strict.get(at).get_json()


@pytest.mark.proves("ENT-002", "ENT-003")
def test_a_manager_is_named_by_id_and_shown_by_the_server(strict: Scim) -> None:
    boss = strict.user(displayName="John Smith")["id"]
    said = {"value": boss, "displayName": "Somebody Else", "$ref": "https://example.com"}
    user = employee(strict, manager=said)
    shown = {"value": boss, "$ref": f"{BASE_URL}/Users/{boss}", "displayName": "John Smith"}
    assert user[ENTERPRISE]["manager"] == shown
    at = f"/Users/{user['id']}"
    body = {"schemas": [USER], "userName": user["userName"], ENTERPRISE: {"manager": said}}
    assert strict.put(at, body).get_json()[ENTERPRISE]["manager"] == shown
    path = f"{ENTERPRISE}:manager.displayName"
    operation = {"op": "replace", "path": path, "value": "Somebody Else"}
    assert error(strict.patch(at, operation)) == (400, "mutability")
    renamed = {"op": "replace", "path": "displayName", "value": "J. Smith"}
    strict.patch(f"/Users/{boss}", renamed)
    after = strict.get(at).get_json()[ENTERPRISE]["manager"]
    assert after["displayName"] == "J. Smith"


@pytest.mark.proves("ENT-004")
def test_the_id_of_a_manager_is_case_exact(strict: Scim) -> None:
    boss = strict.user()["id"]
    user = employee(strict, manager={"value": boss})["id"]
    path = f"{ENTERPRISE}:manager.value"
    assert strict.found("/Users", f'{path} eq "{boss}"') == [user]
    assert strict.found("/Users", f'{path} eq "{boss.upper()}"') == []


def test_an_extension_may_name_itself_in_schemas(strict: Scim) -> None:
    user = employee(strict, schemas=[ENTERPRISE], division="x")
    assert user[ENTERPRISE] == {"division": "x"}
    body = {"schemas": [USER], "userName": "bo", ENTERPRISE: {"schemas": [USER]}}
    assert error(strict.post("/Users", body)) == (400, "invalidSyntax")
