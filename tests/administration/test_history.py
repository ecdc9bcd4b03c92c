"""What happened to one user, and how often they came in, as an administrator reads it."""

from typing import Any

import pytest

from tests.application import Admin, Application, Scim
from tests.signing import PASSWORD, sign_in, signed_in

TRIES = {"action": ["sign in", "failed sign-in"]}


def actions(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [each["action"] for each in answer.get_json()["events"]]


@pytest.mark.shows("history of sign-ins of one user")
def test_the_sign_ins_of_a_user_are_told(
    application: Application, world: Scim, admin: Admin
) -> None:
    user = world.user(userName="ada", password=PASSWORD)
    sign_in(application, world, "ada", "wrong")
    signed_in(application, world, "ada")
    sign_in(application, world, world.user(password=PASSWORD)["userName"])
    found = admin.get(f"/users/{user['id']}/events", **TRIES)
    assert actions(found) == ["sign in", "failed sign-in"]
    [latest, _] = found.get_json()["events"]
    assert (latest["actor"]["name"], latest["actor"]["address"]) == ("ada", "127.0.0.1")
    shown = admin.get(f"/users/{user['id']}/overview").get_json()["signIns"]
    assert [each["at"] for each in shown] == [e["at"] for e in found.get_json()["events"]]
    first = admin.get(f"/users/{user['id']}/events", count=1, **TRIES).get_json()
    rest = admin.get(f"/users/{user['id']}/events", count=1, cursor=first["next"], **TRIES)
    assert actions(rest) == ["failed sign-in"]


@pytest.mark.shows("events of one user")
def test_all_that_happened_to_a_user_is_told_with_who_did_it(
    application: Application, world: Scim, admin: Admin
) -> None:
    user = world.user(userName="ada", password=PASSWORD)["id"]
    own = signed_in(application, world, "ada")
    assert own.post("/sign-out").status_code == 204
    admin.patch(f"/users/{user}", {"displayName": "Ada"})
    admin.post("/grants", {"holder": user, "role": "Administrator"})
    admin.post(f"/users/{user}/password", {"mode": "temporary"})
    found = admin.get(f"/users/{user}/events").get_json()["events"]
    by = {each["action"]: each["actor"]["name"] for each in reversed(found)}
    wanted = {"create", "sign in", "sign out", "update", "grant role", "set password"}
    assert wanted <= by.keys()
    assert by["sign in"] == by["sign out"] == "ada"
    administrator = by["update"]
    assert administrator == by["grant role"] == by["set password"] != by["create"]
    updated = next(each for each in found if each["action"] == "update")
    assert updated["changes"] == {"displayName": {"after": "Ada"}}
