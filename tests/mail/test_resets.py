"""What administrators do for users who cannot get in."""

from typing import Any

import pytest

from scim_server.directory.worker import Worker
from tests.application import Application, Scim, problem
from tests.mail.people import NEW, choose, reader
from tests.post import Postbox
from tests.signing import PASSWORD, Signing, allow, sign_in, signed_in
from tests.web.event_log import events


def reset(application: Application, world: Scim, user: str, **body: Any) -> dict[str, Any]:
    answer = application.admin(world.tenant).post(f"/users/{user}/password", body)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.get_json()
    return told


@pytest.mark.shows("password reset by mail")
def test_a_mailed_reset_keeps_the_password_until_another_is_chosen(
    application: Application, world: Scim, box: Postbox, worker: Worker
) -> None:
    user, address = reader(world)
    own = signed_in(application, world, user["userName"])
    assert reset(application, world, user["id"], mode="mail") == {"address": address}
    worker.drain()
    assert own.get("/session").status_code == 200
    assert sign_in(application, world, user["userName"]).status_code == 200
    assert choose(application, box.token(address)).status_code == 204
    assert sign_in(application, world, user["userName"]).status_code == 401
    assert problem(own.get("/session"))[0] == 401


@pytest.mark.shows('each with "sign out everywhere"')
def test_sign_out_everywhere_comes_with_it(
    application: Application, world: Scim, box: Postbox, worker: Worker
) -> None:
    user, address = reader(world)
    own = signed_in(application, world, user["userName"])
    key = application.scim(tenant=world.tenant, user=user["id"])
    reset(application, world, user["id"], mode="mail", signOutEverywhere=True)
    assert problem(own.get("/session"))[0] == 401
    assert key.get("/Users").status_code == 401
    worker.drain()
    assert choose(application, box.token(address)).status_code == 204


@pytest.mark.shows("password reset to a temporary one")
def test_a_temporary_password_must_be_changed(
    application: Application, world: Scim, box: Postbox, worker: Worker
) -> None:
    user, address = reader(world)
    own = signed_in(application, world, user["userName"])
    told = reset(application, world, user["id"], mode="temporary")
    assert len(told["password"]) >= 20
    assert told["expires"].endswith("Z")
    assert problem(own.get("/session"))[0] == 401
    assert sign_in(application, world, user["userName"]).status_code == 401
    answer = sign_in(application, world, user["userName"], told["password"])
    assert problem(answer) == (403, "passwordChangeRequired")
    changed = {"challenge": answer.get_json()["challenge"], "password": NEW}
    assert Signing(application).post("/sign-in/password", changed).status_code == 200
    assert sign_in(application, world, user["userName"], NEW).status_code == 200
    worker.drain()
    subjects = [mail["Subject"] for mail in box.to(address)]
    assert subjects == ["Your password was reset", "Your password was changed"]
    assert told["password"] not in repr(events(world))


def test_a_temporary_password_obeys_the_policy(application: Application, world: Scim) -> None:
    allow(application, world, passwordLength=40)
    user, _ = reader(world, password=PASSWORD * 3)
    assert len(reset(application, world, user["id"], mode="temporary")["password"]) == 40


@pytest.mark.shows("password removed")
def test_a_password_is_removed(
    application: Application, world: Scim, box: Postbox, worker: Worker
) -> None:
    user, address = reader(world)
    assert reset(application, world, user["id"], mode="remove") == {}
    assert sign_in(application, world, user["userName"]).status_code == 401
    worker.drain()
    assert [mail["Subject"] for mail in box.to(address)] == ["Your password was removed"]


def test_no_notice_is_mailed_where_the_policy_says_so(
    application: Application, world: Scim, box: Postbox, worker: Worker
) -> None:
    allow(application, world, noticeMails=False)
    user, _ = reader(world)
    reset(application, world, user["id"], mode="remove")
    worker.drain()
    assert box.arrived == []


def test_what_was_done_is_an_event_without_the_secret(
    application: Application, world: Scim
) -> None:
    user, _ = reader(world)
    admin = application.admin(world.tenant)
    link = admin.post(f"/users/{user['id']}/recovery-link").get_json()["link"]
    told = [e for e in events(world, user["id"]) if e.action == "make link"]
    assert [event.changes for event in told] == [{"purpose": "recovery"}]
    assert link.rpartition("/")[2] not in repr(events(world))


PATHS = ("recovery-link", "invitation", "password")


@pytest.mark.parametrize("path", PATHS)
def test_it_needs_the_permission(application: Application, world: Scim, path: str) -> None:
    user, _ = reader(world)
    for scope in ("admin:users:write", "*:write"):
        other = application.admin(world.tenant, [scope])
        assert problem(other.post(f"/users/{user['id']}/{path}", {}))[0] == 403
    allowed = application.admin(world.tenant, ["admin:credentials:write"])
    assert allowed.post(f"/users/{user['id']}/recovery-link").status_code == 200


@pytest.mark.parametrize("path", PATHS)
def test_another_tenants_user_is_not_there(
    application: Application, world: Scim, path: str
) -> None:
    elsewhere, _ = reader(application.scim())
    admin = application.admin(world.tenant)
    for id in (elsewhere["id"], "unknown"):
        body = {"mode": "temporary"} if path == "password" else {}
        assert problem(admin.post(f"/users/{id}/{path}", body))[0] == 404


@pytest.mark.parametrize(
    "body",
    [{}, {"mode": "x"}, {"mode": "mail", "signOutEverywhere": "yes"}, {"mode": "mail", "x": 1}, []],
)
def test_what_is_no_reset_is_refused(application: Application, world: Scim, body: object) -> None:
    user, _ = reader(world)
    admin = application.admin(world.tenant)
    assert problem(admin.post(f"/users/{user['id']}/password", body))[0] == 400
