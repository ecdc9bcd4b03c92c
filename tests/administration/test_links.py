"""Links that administrators make, and passwords that they reset."""

from datetime import timedelta
from typing import Any

import pytest

from tests.application import Admin, Application, Scim, problem
from tests.signing import OTHER, PASSWORD, Signing, in_time, sign_in, signed_in


@pytest.fixture
def user(world: Scim) -> str:
    """The id of Ada, who signs in with PASSWORD."""
    emails = [{"value": "ada@example.com", "primary": True}]
    id: str = world.user(userName="ada", password=PASSWORD, emails=emails)["id"]
    return id


def link(admin: Admin, user: str, purpose: str) -> dict[str, Any]:
    """The token of a new one, in place of its URL, and when it expires."""
    answer = admin.post(f"/users/{user}/{purpose}")
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.get_json()
    return told | {"link": told["link"].rpartition("/")[2]}


def choose(application: Application, path: str, token: str) -> int:
    body = {"token": token, "password": OTHER}
    return Signing(application).post(path, body).status_code


@pytest.mark.shows("recovery link shown once", "recovery link works once, and expires")
def test_a_recovery_link_is_shown_once_and_works_once(
    application: Application, world: Scim, admin: Admin, user: str
) -> None:
    made = link(admin, user, "recovery-link")
    for path in (f"/users/{user}", f"/users/{user}/overview", f"/users/{user}/events", "/mails"):
        assert made["link"] not in admin.get(path).text
    assert choose(application, "/recovery/password", made["link"]) == 204
    assert sign_in(application, world, "ada", OTHER).status_code == 200
    assert choose(application, "/recovery/password", made["link"]) == 404


@pytest.mark.shows("invitations that expire", "recovery link works once, and expires")
@pytest.mark.parametrize(
    ("has", "purpose", "path", "alive", "dead"),
    [
        (
            {"password": PASSWORD},
            *("recovery-link", "/recovery/password"),
            *(timedelta(minutes=9), timedelta(minutes=11)),
        ),
        ({}, "invitation", "/activation", timedelta(days=6), timedelta(days=8)),
    ],
    ids=["recovery", "invitation"],
)
def test_a_link_is_over_when_its_time_is(
    application: Application,
    world: Scim,
    admin: Admin,
    has: dict[str, str],
    purpose: str,
    path: str,
    alive: timedelta,
    dead: timedelta,
) -> None:
    token = link(admin, world.user(**has)["id"], purpose)["link"]
    with in_time(application, dead) as later:
        assert choose(later, path, token) == 404
    with in_time(application, alive) as soon:
        assert choose(soon, path, token) == 204


@pytest.mark.shows("recovery link mailed", "mail that waits, was sent or has failed")
def test_a_recovery_link_is_mailed_and_shown_to_no_administrator(admin: Admin, user: str) -> None:
    answer = admin.post(f"/users/{user}/recovery-link", {"mail": "send"})
    assert answer.get_json() == {"address": "ada@example.com"}
    [mail] = admin.get("/mails", user=user, state="waiting").get_json()["mails"]
    assert (mail["template"], mail["address"]) == ("recovery", "ada@example.com")


@pytest.mark.shows('each with "sign out everywhere"')
@pytest.mark.parametrize("mode", ["mail", "temporary", "remove"])
@pytest.mark.parametrize("everywhere", [False, True])
def test_each_reset_may_sign_out_everywhere(
    application: Application, world: Scim, admin: Admin, user: str, mode: str, everywhere: bool
) -> None:
    own = signed_in(application, world, "ada")
    made = admin.post(f"/users/{user}/keys", {"name": "own", "scopes": ["admin"]})
    key = Admin(application, made.get_json()["token"])
    body = {"mode": mode, "signOutEverywhere": everywhere}
    answer = admin.post(f"/users/{user}/password", body)
    assert answer.status_code == 200, answer.text
    keeps_session = mode == "mail" and not everywhere
    assert own.get("/session").status_code == (200 if keeps_session else 401)
    assert problem(key.get("/users"))[0] == (401 if everywhere else 403)
