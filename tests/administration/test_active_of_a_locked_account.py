"""What SCIM does to an account that is Locked, by each of its verbs."""

from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.application import USER, Admin, Application, Scim
from tests.signing import PASSWORD, allow, sign_in

Body = dict[str, Any]
Send = Callable[[Scim, str, Body], TestResponse]


def put(scim: Scim, user: str, body: Body) -> TestResponse:
    return scim.put(f"/Users/{user}", body)


def patch(scim: Scim, user: str, body: Body) -> TestResponse:
    return scim.patch(f"/Users/{user}", *_replacing(body))


def patch_without_path(scim: Scim, user: str, body: Body) -> TestResponse:
    return scim.patch(f"/Users/{user}", {"op": "replace", "value": _members(body)})


def bulk_put(scim: Scim, user: str, body: Body) -> TestResponse:
    return _only(scim.bulk({"method": "PUT", "path": f"/Users/{user}", "data": body}))


def bulk_patch(scim: Scim, user: str, body: Body) -> TestResponse:
    data = {"Operations": _replacing(body)}
    return _only(scim.bulk({"method": "PATCH", "path": f"/Users/{user}", "data": data}))


def _members(body: Body) -> Body:
    return {name: value for name, value in body.items() if name not in ("schemas", "userName")}


def _replacing(body: Body) -> list[Body]:
    members = _members(body).items()
    return [{"op": "replace", "path": name, "value": value} for name, value in members]


def _only(answer: TestResponse) -> TestResponse:
    [operation] = answer.get_json(force=True)["Operations"]
    assert operation["status"] == "200", operation
    return answer


@pytest.fixture
def locked(application: Application, world: Scim) -> Body:
    """A user whom a failed sign-in has locked."""
    allow(application, world, lockAfter=1)
    user = world.user(password=PASSWORD)
    assert sign_in(application, world, user["userName"], "wrong").status_code == 401
    return user


@pytest.mark.shows("what `active` means in each status")
@pytest.mark.parametrize(
    ("said", "after"),
    [({}, "Locked"), ({"active": True}, "Locked"), ({"active": False}, "Suspended")],
    ids=["unsaid", "true", "false"],
)
@pytest.mark.parametrize("send", [put, patch, patch_without_path, bulk_put, bulk_patch])
def test_it_stays_locked_unless_it_is_suspended(
    world: Scim, admin: Admin, locked: Body, send: Send, said: Body, after: str
) -> None:
    body = {"schemas": [USER], "userName": locked["userName"], "title": "Dr"} | said
    answer = send(world, locked["id"], body)
    assert answer.status_code == 200, answer.text
    assert admin.get(f"/users/{locked['id']}").get_json()["status"] == after
    shown = world.get(f"/Users/{locked['id']}").get_json(force=True)
    assert (shown["title"], shown["active"]) == ("Dr", False)


@pytest.mark.shows("unlocked by an administrator", "what `active` means in each status")
def test_what_was_said_of_active_meanwhile_does_not_outlast_the_lock(
    application: Application, world: Scim, admin: Admin, locked: Body
) -> None:
    patch(world, locked["id"], {"active": True})
    assert admin.post(f"/users/{locked['id']}/status", {"event": "unlock"}).status_code == 200
    assert world.get(f"/Users/{locked['id']}").get_json(force=True)["active"] is True
    assert sign_in(application, world, locked["userName"]).status_code == 200
