"""Sessions: how long they live, who ends them, and that they are out everywhere at once."""

import base64
import binascii
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import cycle
from typing import Any

import pytest

from scim_server.directory import tokens
from scim_server.directory.callers import system
from scim_server.directory.change import Change
from scim_server.directory.signing import session_tokens
from scim_server.directory.signing.session_tokens import Origin
from tests.application import Admin, Application, Scim, problem
from tests.signing import OTHER, PASSWORD, Signing, allow, in_time, sign_in, signed_in
from tests.statements import watched


def is_live(own: Signing) -> bool:
    answer = own.get("/session")
    assert answer.status_code in (200, 401), answer.text
    return answer.status_code == 200


def test_signing_out_ends_this_session_only(
    application: Application, world: Scim, user: dict[str, Any], own: Signing
) -> None:
    other = signed_in(application, world, user["userName"])
    assert own.post("/sign-out").status_code == 204
    assert not is_live(own)
    assert is_live(other)


def test_ones_own_sessions_are_listed_newest_first_in_pages(
    application: Application, world: Scim, user: dict[str, Any], own: Signing
) -> None:
    for _ in range(2):
        signed_in(application, world, user["userName"])
    somebody = world.user(password=PASSWORD)
    signed_in(application, world, somebody["userName"])
    first = own.get("/sessions", count=2).get_json()
    second = own.get("/sessions", count=2, cursor=first["next"]).get_json()
    listed = first["sessions"] + second["sessions"]
    assert first["total"] == 3
    assert "next" not in second
    assert [one["created"] for one in listed] == sorted(
        (one["created"] for one in listed), reverse=True
    )
    assert {one["user"] for one in listed} == {user["id"]}
    assert listed[2] == own.get("/session").get_json()


def test_ones_own_session_is_ended_by_its_id(
    application: Application, world: Scim, user: dict[str, Any], own: Signing
) -> None:
    other = signed_in(application, world, user["userName"])
    id = other.get("/session").get_json()["id"]
    assert own.delete(f"/sessions/{id}").status_code == 204
    assert not is_live(other)
    assert problem(own.delete(f"/sessions/{id}"))[0] == 404


def test_somebody_elses_session_is_none(
    application: Application, world: Scim, own: Signing
) -> None:
    somebody = world.user(password=PASSWORD)
    other = signed_in(application, world, somebody["userName"])
    id = other.get("/session").get_json()["id"]
    assert problem(own.delete(f"/sessions/{id}"))[0] == 404
    assert is_live(other)


@pytest.mark.parametrize("id", ["x", "%00", "a" * 500, "%F0%9F%98%80"])
def test_a_session_that_there_is_not_is_404(own: Signing, id: str) -> None:
    assert problem(own.delete(f"/sessions/{id}"))[0] == 404


def test_a_session_ends_when_it_is_not_used(
    application: Application, world: Scim, user: dict[str, Any]
) -> None:
    allow(application, world, sessionIdleSeconds=300)
    own = signed_in(application, world, user["userName"])
    for minutes, lives in ((4, True), (8, True), (14, False)):
        with in_time(application, timedelta(minutes=minutes)) as worker:
            assert is_live(Signing(worker, own.bearer)) is lives


def test_a_session_ends_however_much_it_is_used(
    application: Application, world: Scim, user: dict[str, Any]
) -> None:
    allow(application, world, sessionIdleSeconds=300, sessionSeconds=600)
    own = signed_in(application, world, user["userName"])
    for minutes, lives in ((4, True), (8, True), (9.9, True), (10.1, False)):
        with in_time(application, timedelta(minutes=minutes)) as worker:
            assert is_live(Signing(worker, own.bearer)) is lives


def test_a_use_is_noted_once_a_minute(application: Application, world: Scim, own: Signing) -> None:
    with in_time(application, timedelta(minutes=2)) as worker, watched(worker) as statements:
        later = Signing(worker, own.bearer)
        later.get("/session")
        statements.clear()
        later.get("/session")
        assert [text for text in statements if text.startswith("UPDATE")] == []
        used = later.get("/session").get_json()["used"]
    assert used > own.get("/session").get_json()["created"]


def forged(token: str) -> str:
    """Another secret under the same id, with a checksum that is right."""
    said = tokens.parse(token)
    payload = tokens.LAYOUT.pack(said.tenant, bytes.fromhex(said.id), b"x" * 24)
    checked = payload + binascii.crc32(payload).to_bytes(4)
    return said.use + base64.urlsafe_b64encode(checked).decode().rstrip("=")


@pytest.mark.parametrize(
    "change",
    [forged, lambda text: text[:20], lambda text: text + "x", lambda text: text.upper()],
)
def test_a_token_that_is_not_to_the_letter_opens_nothing(
    own: Signing, change: Callable[[str], str]
) -> None:
    assert not is_live(Signing(own.application, change(own.bearer or "")))


def test_an_administrator_sees_and_ends_it(
    application: Application, world: Scim, user: dict[str, Any], own: Signing
) -> None:
    admin = application.admin(world.tenant)
    [listed] = admin.get("/sessions", user=user["id"]).get_json()["sessions"]
    assert listed == own.get("/session").get_json()
    assert admin.delete(f"/sessions/{listed['id']}").status_code == 204
    assert not is_live(own)


def begin(application: Application, scim: Scim, user: str, times: int) -> list[str]:
    """Tokens of new sessions, without a password hash for each."""

    def work(change: Change) -> list[str]:
        resource = change.store.lock(application.parts.users, user)
        policy, origin = change.store.policy.get(), Origin("192.0.2.1", "test")
        return [
            session_tokens.begin(change, resource, policy, ["pwd"], origin).token
            for _ in range(times)
        ]

    return application.parts.transactions.write(system(scim.tenant), work)


def keys(application: Application, scim: Scim, user: str, times: int) -> list[str]:
    """Texts of new API keys of a user, made by an administrator."""
    admin = application.admin(scim.tenant)
    made = [
        admin.post(f"/users/{user}/keys", {"name": f"key-{n}", "scopes": ["users:read"]})
        for n in range(times)
    ]
    assert {answer.status_code for answer in made} == {201}, made[0].text
    return [answer.get_json()["token"] for answer in made]


@contextmanager
def workers(application: Application) -> Iterator[tuple[Application, Application]]:
    """Two on its database, that count no failures."""
    with (
        in_time(application, failures_per_minute=0) as one,
        in_time(application, failures_per_minute=0) as other,
    ):
        yield one, other


SWITCH_OFF = {"op": "replace", "path": "active", "value": False}


@pytest.mark.shows("who leaves Active is out at once: sessions, keys, links")
def test_nobody_comes_in_with_anything_after_a_suspension_on_any_worker(
    application: Application, world: Scim, user: dict[str, Any], own: Signing
) -> None:
    opened = [own.bearer, *begin(application, world, user["id"], 999)]
    ones_keys = keys(application, world, user["id"], 100)
    with workers(application) as places:
        for place in places:
            assert is_live(Signing(place, opened[-1]))
            assert Admin(place, ones_keys[-1]).get("/policy").status_code == 403
        assert world.patch(f"/Users/{user['id']}", SWITCH_OFF).status_code == 200
        for place in places:
            assert sign_in(place, world, user["userName"]).status_code == 401
        in_turn = cycle(places)
        assert not any(is_live(Signing(next(in_turn), token)) for token in opened)
        answers = {Admin(next(in_turn), key).get("/policy").status_code for key in ones_keys}
        assert answers == {401}
    on = {"op": "replace", "path": "active", "value": True}
    assert world.patch(f"/Users/{user['id']}", on).status_code == 200
    assert not is_live(own)
    assert Admin(application, ones_keys[0]).get("/policy").status_code == 401


@pytest.mark.parametrize("spelling", [False, "False", "false"])
def test_each_spelling_of_false_ends_it(
    world: Scim, user: dict[str, Any], own: Signing, spelling: object
) -> None:
    off = {"op": "Replace", "path": "active", "value": spelling}
    assert world.patch(f"/Users/{user['id']}", off).status_code == 200
    assert not is_live(own)


def test_each_way_to_be_switched_off_ends_it(application: Application, world: Scim) -> None:
    for way, switch_off in WAYS.items():
        user = world.user(password=PASSWORD)
        own = signed_in(application, world, user["userName"])
        answer = switch_off(application, world, user)
        assert answer.status_code in (200, 204), (way, answer.text)
        assert not is_live(own), way


WAYS: dict[str, Any] = {
    "PUT": lambda _, scim, user: scim.put(
        f"/Users/{user['id']}", {k: user[k] for k in ("schemas", "userName")} | {"active": False}
    ),
    "DELETE": lambda _, scim, user: scim.delete(f"/Users/{user['id']}"),
    "Bulk": lambda _, scim, user: scim.bulk({"method": "DELETE", "path": f"/Users/{user['id']}"}),
    "Bulk PATCH": lambda _, scim, user: scim.bulk(
        {
            "method": "PATCH",
            "path": f"/Users/{user['id']}",
            "data": {
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
                "Operations": [SWITCH_OFF],
            },
        }
    ),
    "suspend": lambda application, scim, user: application.admin(scim.tenant).post(
        f"/users/{user['id']}/status", {"event": "suspend"}
    ),
    "deprovision": lambda application, scim, user: application.admin(scim.tenant).post(
        f"/users/{user['id']}/status", {"event": "deprovision"}
    ),
    "sign out everywhere": lambda application, scim, user: application.admin(scim.tenant).delete(
        f"/users/{user['id']}/sessions"
    ),
    "password": lambda _, scim, user: scim.patch(
        f"/Users/{user['id']}", {"op": "replace", "path": "password", "value": OTHER}
    ),
}


def test_what_a_suspension_costs_does_not_depend_on_how_much_it_ends(
    application: Application, world: Scim
) -> None:
    poor, rich = world.user(password=PASSWORD), world.user(password=PASSWORD)
    begin(application, world, rich["id"], 1000)
    keys(application, world, rich["id"], 100)
    counts = []
    with watched(application) as statements:
        world.get("/Users")
        for user in (poor, rich):
            statements.clear()
            assert world.patch(f"/Users/{user['id']}", SWITCH_OFF).status_code == 200
            counts.append(len(statements))
    assert counts[0] == counts[1]
