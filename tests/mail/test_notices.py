"""Whoever has the address of an account is told of each change to how its user signs in."""

from collections.abc import Callable
from typing import Any

import pyotp
import pytest

from scim_server.directory.worker import Worker
from tests.application import Application, Scim
from tests.mail.people import NEW, activate, choose, reader
from tests.mail.test_links import made, shown
from tests.post import Postbox, text_of
from tests.signing import PASSWORD, Signing, allow, sign_in, signed_in

CHANGED = "Your password was changed"
Deed = Callable[[Application, Scim, dict[str, Any]], object]


def by_the_user(application: Application, world: Scim, user: dict[str, Any]) -> None:
    own = signed_in(application, world, user["userName"])
    own.post("/password", {"current": PASSWORD, "new": NEW})


def by_a_link(application: Application, world: Scim, user: dict[str, Any]) -> None:
    choose(application, shown(application, world, user["id"]))


def by_scim(_application: Application, world: Scim, user: dict[str, Any]) -> None:
    world.patch(f"/Users/{user['id']}", {"op": "replace", "path": "password", "value": NEW})


DEEDS: dict[str, Deed] = {"the user": by_the_user, "a link": by_a_link, "SCIM": by_scim}


@pytest.mark.parametrize("deed", DEEDS.values(), ids=DEEDS)
def test_a_change_of_the_password_is_told(
    application: Application, world: Scim, box: Postbox, worker: Worker, deed: Deed
) -> None:
    user, address = reader(world)
    deed(application, world, user)
    assert sign_in(application, world, user["userName"], NEW).status_code == 200
    worker.drain()
    [mail] = box.to(address)
    assert mail["Subject"] == CHANGED
    assert user["userName"] in text_of(mail)
    assert NEW not in text_of(mail)


def test_what_did_not_change_is_not_told(
    application: Application, world: Scim, box: Postbox, worker: Worker
) -> None:
    user, _ = reader(world)
    own = signed_in(application, world, user["userName"])
    assert own.post("/password", {"current": NEW, "new": NEW}).status_code == 403
    assert own.post("/password", {"current": PASSWORD, "new": "short"}).status_code == 400
    invited, _ = made(application, world, "Inactive")
    first = shown(application, world, invited["id"], "invitation")
    assert activate(application, first).status_code == 204
    worker.drain()
    assert box.arrived == []


def test_a_tenant_may_do_without(
    application: Application, world: Scim, box: Postbox, worker: Worker
) -> None:
    allow(application, world, noticeMails=False)
    user, _ = reader(world)
    by_the_user(application, world, user)
    worker.drain()
    assert box.arrived == []


def test_what_users_do_to_their_own_authenticators_is_told(
    application: Application, world: Scim, box: Postbox, worker: Worker
) -> None:
    user, address = reader(world)
    own = signed_in(application, world, user["userName"])
    own.delete(f"/authenticators/{enrolled(own, 'phone')}")
    worker.drain()
    told = [(mail["Subject"], "phone" in text_of(mail)) for mail in box.to(address)]
    assert told == [
        ("An authenticator was added", True),
        ("An authenticator was removed", True),
    ]


def enrolled(own: Signing, name: str) -> str:
    """The id of a new authenticator application."""
    begun = own.post("/authenticators/totp/begin").get_json()
    code = pyotp.TOTP(begun["secret"]).now()
    body = {"enrolment": begun["enrolment"], "code": code, "name": name}
    answer = own.post("/authenticators/totp", body)
    assert answer.status_code == 201, answer.text
    return str(answer.get_json()["id"])
