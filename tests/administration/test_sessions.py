"""Administrators see where users are signed in, and end it: within their limits, not above them."""

import pytest

from tests.application import Admin, Application, Scim, problem
from tests.signing import PASSWORD, Signing, sign_in
from tests.web.people import ADMINISTRATOR, DELEGATED, SUPER, give, with_role


def opened(application: Application, world: Scim, times: int = 1) -> tuple[str, list[Signing]]:
    """A new user's id, and what holds their sessions."""
    user = world.user(password=PASSWORD)
    answers = [
        sign_in(application, world, user["userName"], headers={"User-Agent": f"device {n}"})
        for n in range(times)
    ]
    return user["id"], [Signing(application, each.get_json()["token"]) for each in answers]


def living(sessions: list[Signing]) -> list[bool]:
    return [each.get("/session").status_code == 200 for each in sessions]


def session_of(own: Signing) -> str:
    id: str = own.get("/session").get_json()["id"]
    return id


@pytest.mark.shows("sessions listed, with address and device", "sessions of one user")
def test_all_are_listed_with_device_and_address(
    application: Application, world: Scim, admin: Admin
) -> None:
    ann, _ = opened(application, world, 2)
    bob, _ = opened(application, world)
    every = admin.get("/sessions").get_json()
    assert [each["user"] for each in every["sessions"]] == [bob, ann, ann]
    assert {each["address"] for each in every["sessions"]} == {"127.0.0.1"}
    assert [each["device"] for each in every["sessions"]] == ["device 0", "device 1", "device 0"]
    of_ann = admin.get("/sessions", user=ann).get_json()
    assert of_ann == admin.get(f"/users/{ann}/sessions").get_json()
    assert of_ann["sessions"] == every["sessions"][1:]
    first = admin.get(f"/users/{ann}/sessions", count=1).get_json()
    rest = admin.get(f"/users/{ann}/sessions", count=1, cursor=first["next"]).get_json()
    assert first["sessions"] + rest["sessions"] == of_ann["sessions"]


@pytest.mark.shows("one session revoked", "selected sessions revoked", "signed out everywhere")
def test_one_selected_and_all_are_ended(
    application: Application, world: Scim, admin: Admin
) -> None:
    ann, sessions = opened(application, world, 5)
    ids = [session_of(each) for each in sessions]
    assert admin.delete(f"/sessions/{ids[0]}").status_code == 204
    assert living(sessions) == [False, True, True, True, True]
    assert problem(admin.delete(f"/sessions/{ids[0]}")) == (404, None)
    ended = admin.post("/sessions/end", {"ids": [*ids[:3], "nothing"]})
    assert ended.get_json() == {"ended": 2}
    assert living(sessions) == [False, False, False, True, True]
    key = admin.post(f"/users/{ann}/keys", {"name": "own", "scopes": ["users:read"]})
    assert admin.delete(f"/users/{ann}/sessions").get_json() == {"ended": 2}
    assert living(sessions) == [False] * 5
    assert admin.get(f"/users/{ann}/keys").get_json()["total"] == 0
    assert world.get("/Users", token=key.get_json()["token"]).status_code == 401


@pytest.mark.shows("delegated administrators keep to their part")
def test_a_delegated_administrator_ends_those_of_their_part(
    application: Application, world: Scim
) -> None:
    inside, own = opened(application, world)
    outside, others = opened(application, world)
    group = world.group(inside)["id"]
    _, delegated = with_role(application, world, DELEGATED, groups=[group])
    assert delegated.get(f"/users/{inside}/sessions").get_json()["total"] == 1
    for path in (f"/users/{outside}/sessions", f"/users/{outside}/events"):
        assert problem(delegated.get(path)) == (404, None)
    assert problem(delegated.get("/sessions")) == (403, None)
    mine, theirs = session_of(own[0]), session_of(others[0])
    assert problem(delegated.delete(f"/sessions/{theirs}")) == (404, None)
    assert delegated.post("/sessions/end", {"ids": [theirs]}).get_json() == {"ended": 0}
    assert delegated.post("/sessions/end", {"ids": [mine, theirs]}).get_json() == {"ended": 1}
    assert living(own + others) == [False, True]


@pytest.mark.shows("a higher role is out of reach")
def test_the_session_of_who_may_do_more_is_theirs(
    application: Application, world: Scim, admin: Admin
) -> None:
    boss, sessions = opened(application, world)
    give(admin, boss, SUPER)
    user, own = opened(application, world)
    id = session_of(sessions[0])
    _, lower = with_role(application, world, ADMINISTRATOR)
    assert problem(lower.delete(f"/sessions/{id}")) == (403, None)
    assert problem(lower.post("/sessions/end", {"ids": [session_of(own[0]), id]})) == (403, None)
    assert living(sessions + own) == [True, True]
    assert lower.delete(f"/users/{user}/sessions").status_code == 200
    _, equal = with_role(application, world, SUPER)
    assert equal.delete(f"/sessions/{id}").status_code == 204


@pytest.mark.shows("a higher role is out of reach")
def test_the_key_of_who_may_do_more_is_theirs(
    application: Application, world: Scim, admin: Admin
) -> None:
    _, boss = with_role(application, world, SUPER)
    [key] = admin.get("/keys").get_json()["keys"]
    _, lower = with_role(application, world, ADMINISTRATOR)
    assert problem(lower.delete(f"/keys/{key['id']}")) == (403, None)
    assert boss.get("/users").status_code == 200
    assert boss.delete(f"/keys/{key['id']}").status_code == 204
