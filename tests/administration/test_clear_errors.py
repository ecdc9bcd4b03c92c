"""The words that an administrator meets where something is refused."""

from typing import Any

import pytest

from tests.application import Admin, Application, Scim, error
from tests.signing import PASSWORD, signed_in
from tests.web.people import with_role


def detail(answer: Any, status: int) -> str:
    assert answer.status_code == status, answer.text
    found: str = answer.get_json(force=True)["detail"]
    return found


@pytest.mark.shows('told: "userName already exists"')
def test_a_name_that_exists(application: Application, world: Scim, admin: Admin) -> None:
    world.user(userName="ada")
    told = 'userName already exists: "ADA".'
    assert detail(admin.post("/users", {"userName": "ADA"}), 409) == told
    other = world.user()
    assert "userName" in detail(admin.patch(f"/users/{other['id']}", {"userName": "ada"}), 409)
    over_scim = world.post("/Users", {"schemas": world.user()["schemas"], "userName": "Ada"})
    assert error(over_scim) == (409, "uniqueness")
    assert "userName" in detail(over_scim, 409)
    file = {"data": "userName\nada\n", "content_type": "text/csv"}
    refused = admin.send("POST", "/users/import", **file)
    assert detail(refused, 400) == '/lines/2: userName already exists: "ada".'


@pytest.mark.shows('told: "administrator access is required"')
def test_who_is_no_administrator(application: Application, world: Scim, admin: Admin) -> None:
    user = world.user(userName="ada", password=PASSWORD)
    own = Admin(application, signed_in(application, world, "ada").bearer)
    told = 'Administrator access is required: this needs "users:read".'
    assert detail(own.get("/users"), 403) == told
    assert detail(own.get(f"/users/{user['id']}"), 403) == told
    _, lower = with_role(application, world, "Administrator")
    body = {"holder": user["id"], "role": "Super Admin"}
    told = 'Administrator access is required: this needs "roles:write".'
    assert detail(lower.post("/grants", body), 403) == told


@pytest.mark.shows("told: what a password lacks")
def test_a_password_that_lacks_something(application: Application, world: Scim) -> None:
    world.user(userName="marianne", password=PASSWORD)
    own = signed_in(application, world, "marianne")
    body = {"current": PASSWORD, "new": "marianne"}
    told = detail(own.post("/password", body), 400)
    assert "at least 15 characters" in told
    assert "the user's name or address" in told
    assert "at least 15 characters" in detail(
        world.patch("/Users/" + own.get("/session").get_json()["user"], replacing("short")), 400
    )


def replacing(password: str) -> dict[str, str]:
    return {"op": "replace", "path": "password", "value": password}


@pytest.mark.shows("told: which step a status forbids", "an illegal step changes nothing")
def test_a_step_that_the_status_forbids(world: Scim, admin: Admin) -> None:
    user = world.user()["id"]
    before = admin.get(f"/users/{user}/events").get_json()
    told = "An account that is Active cannot take the step unlock."
    assert detail(admin.post(f"/users/{user}/status", {"event": "unlock"}), 409) == told
    [result] = admin.post("/users/status", {"ids": [user], "event": "unlock"}).get_json()["results"]
    assert result == {"id": user, "status": 409, "detail": told}
    assert admin.get(f"/users/{user}/events").get_json() == before
    admin.post(f"/users/{user}/status", {"event": "deprovision"})
    told = "SCIM cannot make an account active that is Deprovisioned."
    revived = world.patch(f"/Users/{user}", {"op": "replace", "path": "active", "value": True})
    assert detail(revived, 409) == told
