"""Who is switched off is out, at once and everywhere (security rule 12, V-08).

Every spelling and every way in; after the answer nothing opens anything, at any worker, and who is
let in again gets nothing of it back.
"""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import httpx2
import pytest

from scim_server.config import ADMIN_PATH, AUTH_PATH
from tests.application import ACCOUNT, Application, Scim
from tests.live import http, live
from tests.post import Postbox, worker_for
from tests.security.belongings import DOORS, equipped, invited
from tests.security.hashing import hashing, long
from tests.security.ways import ENDING, OFF, SUSPENDING
from tests.signing import Signing, people, sign_in
from tests.web.people import key_of
from tests.web.person import PASSWORD

ON = {"op": "replace", "path": "active", "value": True}
ROUNDS = 30
BY_ONESELF = ("PATCH /Me", "PUT /Me", "DELETE /Me")
IN_SPITE_OF_PENDING = [way for way in SUSPENDING if way not in (*BY_ONESELF, "PATCH on and off")]
"""Whose account is Pending has no token that works, and is not made active by SCIM."""


def test_all_of_it_opens_before(application: Application, other: Application, world: Scim) -> None:
    assert equipped(application, world).opening(other) == [*DOORS]
    assert invited(application, world).may_begin(other)


@pytest.mark.parametrize("way", [*SUSPENDING, *ENDING])
def test_nothing_opens_after(
    application: Application, other: Application, world: Scim, way: str
) -> None:
    user = equipped(application, world)
    assert (SUSPENDING | ENDING)[way](application, user)
    assert user.opening(other) == []
    assert user.opening(application) == []
    again = sign_in(other, world, user.user["userName"], PASSWORD)
    assert again.status_code == 401


@pytest.mark.parametrize(
    "way", [*IN_SPITE_OF_PENDING, *(way for way in ENDING if way not in BY_ONESELF)]
)
def test_no_invitation_outlives_it(
    application: Application, other: Application, world: Scim, way: str
) -> None:
    user = invited(application, world)
    assert (SUSPENDING | ENDING)[way](application, user)
    assert not user.may_begin(other)
    if way in SUSPENDING:
        assert world.patch(f"/Users/{user.id}", ON).status_code == 200
        assert not user.may_begin(other)


@pytest.mark.parametrize("way", ["PATCH false", "PUT 'False'", "suspend", "import", "command"])
def test_who_comes_back_gets_nothing_back(
    application: Application, other: Application, world: Scim, way: str
) -> None:
    user = equipped(application, world)
    assert SUSPENDING[way](application, user)
    assert world.patch(f"/Users/{user.id}", ON).status_code == 200
    assert user.opening(other) == []
    again = sign_in(other, world, user.user["userName"], PASSWORD)
    assert again.status_code == 200, "the password is the user's still"
    assert again.get_json().keys() == {"challenge", "kinds", "options"}


@pytest.mark.parametrize("active", [{}, {"active": None}])
def test_a_replacement_that_does_not_say_it_ends_nothing(
    application: Application, world: Scim, active: dict[str, Any]
) -> None:
    user = equipped(application, world)
    kept = {name: user.user[name] for name in ("schemas", "userName", "emails")}
    answer = world.put(f"/Users/{user.id}", kept | active)
    assert answer.status_code == 200, answer.text
    assert answer.get_json(force=True)["active"] is True
    assert user.is_signed_in(application) and user.administers(application)


@pytest.mark.parametrize("way", ["PATCH false", "Bulk PATCH", "suspend many by id", "DELETE"])
def test_no_mail_with_a_link_leaves_any_more(
    application: Application, world: Scim, way: str
) -> None:
    user = equipped(application, world)
    admin = application.admin(world.tenant)
    answer = admin.post(f"/users/{user.id}/recovery-link", {"mail": "send"})
    assert answer.status_code == 200, answer.text
    assert (SUSPENDING | ENDING)[way](application, user)
    if way != "DELETE":
        assert world.patch(f"/Users/{user.id}", ON).status_code == 200
    box = Postbox()
    with box.open():
        worker_for(application, box).drain()
    assert [mail for mail in box.to(user.address) if "/auth/links/" in mail.as_string()] == []


def test_of_a_job_what_is_refused_ends_nothing(application: Application, world: Scim) -> None:
    user = equipped(application, world)
    taken = world.user()["userName"]
    data = {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [OFF, {"op": "replace", "path": "userName", "value": taken}],
    }
    answer = world.bulk({"method": "PATCH", "path": f"/Users/{user.id}", "data": data})
    [outcome] = answer.get_json(force=True)["Operations"]
    assert outcome["status"] == "409"
    assert user.is_signed_in(application) and user.administers(application)


def test_a_sign_in_beside_it_leaves_no_session(
    application: Application, other: Application, world: Scim
) -> None:
    users = [world.user(password=PASSWORD) for _ in range(ROUNDS)]
    off = Scim(other, world.tenant, world.bearer)

    def race(user: dict[str, Any]) -> str | None:
        """The token of the sign-in, where that was first."""
        both = Barrier(2)

        def come_in() -> Any:
            both.wait()
            return sign_in(application, world, user["userName"], PASSWORD)

        with ThreadPoolExecutor(1) as pool:
            coming = pool.submit(come_in)
            both.wait()
            assert off.patch(f"/Users/{user['id']}", OFF).status_code == 200
            answer = coming.result()
        assert answer.status_code in (200, 401), answer.text
        token: str | None = answer.get_json().get("token")
        return token

    with hashing(application, long):
        tokens = list(map(race, users))
    for token in filter(None, tokens):
        assert Signing(other, token).get("/session").status_code == 401
    shown = world.get("/Users", query={"attributes": f"{ACCOUNT}:status", "count": 100})
    statuses = {user[ACCOUNT]["status"] for user in shown.get_json(force=True)["Resources"]}
    assert statuses == {"Suspended"}


def test_every_process_of_a_server_knows_at_once(database_url: str) -> None:
    with live(database_url, workers=2, threads=2) as server:
        world = people(server.application)
        user = world.user(password=PASSWORD)
        session = sign_in(server.application, world, user["userName"], PASSWORD).get_json()["token"]
        key = key_of(server.application, world.tenant, user["id"])

        def answers(token: str, path: str) -> set[int]:
            """Each request comes by a connection of its own, to one worker or the other."""
            bearer = {"Authorization": f"Bearer {token}"}
            limits = httpx2.Limits(max_keepalive_connections=0)
            with http(headers=bearer, limits=limits, timeout=30) as client:
                return {client.get(server.url + path).status_code for _ in range(20)}

        own, administration = AUTH_PATH + "/session", ADMIN_PATH + "/roles"
        assert (answers(session, own), answers(key, administration)) == ({200}, {403})
        with server.client(world.tenant) as client:
            off = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"]}
            answer = client.patch(f"/Users/{user['id']}", json=off | {"Operations": [OFF]})
            assert answer.status_code == 200, answer.text
        assert (answers(session, own), answers(key, administration)) == ({401}, {401})
