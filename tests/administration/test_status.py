"""What administrators do to the status of an account, and what follows for who signs in."""

from typing import Any

import pytest

from tests.application import Admin, Application, Scim, problem
from tests.signing import PASSWORD, Signing, sign_in, signed_in


def step(admin: Admin, user: str, event: str) -> None:
    answer = admin.post(f"/users/{user}/status", {"event": event, "reason": "as agreed"})
    assert answer.status_code == 200, answer.text


def active(world: Scim, user: str) -> bool:
    found: bool = world.get(f"/Users/{user}").get_json(force=True)["active"]
    return found


@pytest.mark.shows(
    "pending, until the address is verified or an administrator approves",
    "inactive, until activated",
    "each step is an event with actor and reason",
)
@pytest.mark.parametrize(("begins", "event"), [("pending", "approve"), ("inactive", "activate")])
def test_who_waits_comes_in_when_an_administrator_says_so(
    application: Application, world: Scim, admin: Admin, begins: str, event: str
) -> None:
    body = {"userName": "ada", "email": "ada@example.com", "activation": begins}
    user = admin.post("/users", body).get_json()["id"]
    world.patch(f"/Users/{user}", {"op": "add", "path": "password", "value": PASSWORD})
    assert not active(world, user)
    assert sign_in(application, world, "ada").status_code == 401
    step(admin, user, event)
    assert active(world, user)
    assert sign_in(application, world, "ada").status_code == 200
    [noted] = admin.get(f"/users/{user}/events", action=event).get_json()["events"]
    assert noted["reason"] == "as agreed"
    assert noted["actor"]["name"].startswith("client-")


@pytest.mark.shows("inactive, until activated", "what `active` means in each status")
def test_an_identity_provider_activates_who_is_inactive(world: Scim, admin: Admin) -> None:
    user = admin.post("/users", {"userName": "ada", "activation": "inactive"}).get_json()["id"]
    world.patch(f"/Users/{user}", {"op": "replace", "path": "active", "value": True})
    assert admin.get(f"/users/{user}").get_json()["status"] == "Active"


@pytest.mark.shows(
    "suspended by an administrator, and reactivated",
    "who leaves Active is out at once: sessions, keys, links",
)
def test_who_is_suspended_is_out_and_comes_back_with_nothing_but_the_password(
    application: Application, world: Scim, admin: Admin
) -> None:
    user = world.user(userName="ada", password=PASSWORD)["id"]
    own = signed_in(application, world, "ada")
    body = {"name": "own", "scopes": ["users:read"]}
    key = admin.post(f"/users/{user}/keys", body).get_json()["token"]
    link = admin.post(f"/users/{user}/recovery-link").get_json()["link"]
    step(admin, user, "suspend")
    assert (active(world, user), sign_in(application, world, "ada").status_code) == (False, 401)
    step(admin, user, "reactivate")
    assert active(world, user)
    assert problem(own.get("/session")) == (401, None)
    assert world.get("/Users", token=key).status_code == 401
    recovered: dict[str, Any] = {"token": link.rpartition("/")[2], "password": PASSWORD}
    assert problem(Signing(application).post("/recovery/password", recovered))[0] == 404
    assert sign_in(application, world, "ada").status_code == 200
