"""Administrators see what has become of mail, and let it be sent again or not at all."""

from typing import Any

import pytest

from scim_server.directory.worker import Worker
from tests.application import Admin, Application, Scim, problem
from tests.mail.people import reader
from tests.post import Postbox, tidy
from tests.web.event_log import actions
from tests.web.people import with_role

pytestmark = pytest.mark.usefixtures("nothing_waits")


@pytest.fixture
def admin(application: Application, world: Scim) -> Admin:
    return application.admin(world.tenant)


def invite(admin: Admin, world: Scim, **attributes: Any) -> tuple[str, str]:
    """A user's id and address; their invitation waits."""
    user, address = reader(world, **{"password": None} | attributes)
    answer = admin.post(f"/users/{user['id']}/invitation", {"mail": "send"})
    assert answer.status_code == 200, answer.text
    return user["id"], address


def mails(admin: Admin, **query: str) -> list[dict[str, Any]]:
    answer = admin.get("/mails", **query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.get_json()["mails"]
    return found


@pytest.mark.shows("mail that waits, was sent or has failed")
def test_a_mail_is_shown_from_its_making_on(
    admin: Admin, world: Scim, worker: Worker, box: Postbox
) -> None:
    user, address = invite(admin, world)
    [waiting] = mails(admin)
    name = world.get(f"/Users/{user}").get_json(force=True)["userName"]
    assert waiting == {
        "id": waiting["id"],
        "user": user,
        "userName": name,
        "template": "invitation",
        "address": address,
        "state": "waiting",
        "created": waiting["created"],
        "due": waiting["created"],
        "ended": None,
        "attempts": 0,
        "fault": None,
    }
    worker.drain()
    [sent] = mails(admin, state="sent")
    assert (sent["id"], sent["attempts"], sent["due"]) == (waiting["id"], 1, None)
    assert sent["ended"] >= sent["created"]
    assert box.token(address) not in admin.get("/mails").text


@pytest.mark.shows("mail that waits, was sent or has failed")
def test_lists_are_narrowed_and_paged(admin: Admin, world: Scim, worker: Worker) -> None:
    people = [invite(admin, world)[0] for _ in range(3)]
    first = admin.get("/mails", count=2).get_json()
    second = admin.get("/mails", count=2, cursor=first["next"]).get_json()
    assert [each["user"] for page in (first, second) for each in page["mails"]] == people[::-1]
    assert (first["total"], second.get("next")) == (3, None)
    assert [each["user"] for each in mails(admin, user=people[1])] == [people[1]]
    assert (len(mails(admin, state="waiting")), mails(admin, state="sent")) == (3, [])


@pytest.mark.shows("mail that waits, was sent or has failed", "mail sent again, or not at all")
def test_one_that_failed_says_why_and_is_sent_again(
    application: Application, admin: Admin, world: Scim, worker: Worker, box: Postbox
) -> None:
    user, address = reader(world)
    admin.post(f"/users/{user['id']}/password", {"mode": "remove"})
    box.refusals[address] = "550 No such user"
    worker.drain()
    [failed] = mails(admin, state="failed")
    assert (failed["fault"], failed["due"]) == ("550 No such user", None)
    box.refusals.clear()
    answer = admin.post(f"/mails/{failed['id']}/retry")
    assert (answer.status_code, answer.get_json()["state"]) == (200, "waiting")
    worker.drain()
    assert [each["state"] for each in mails(admin)] == ["sent"]
    assert len(box.to(address)) == 1
    assert actions(world, user["id"])[-2:] == ["mail failed", "retry mail"]


def test_one_that_was_put_off_is_sent_at_once_with_a_link_that_works(
    admin: Admin, world: Scim, worker: Worker, box: Postbox
) -> None:
    _, address = invite(admin, world)
    box.refusals[address] = "451 Try again"
    worker.drain()
    box.refusals.clear()
    [delayed] = mails(admin, state="waiting")
    assert (delayed["fault"], delayed["attempts"]) == ("451 Try again", 1)
    assert delayed["due"] > delayed["created"]
    assert admin.post(f"/mails/{delayed['id']}/retry").status_code == 200
    worker.drain()
    assert box.token(address)


@pytest.mark.shows("mail sent again, or not at all")
def test_one_is_discarded_and_its_link_ends(
    application: Application, admin: Admin, world: Scim, worker: Worker, box: Postbox
) -> None:
    user, address = invite(admin, world)
    [waiting] = mails(admin)
    assert admin.delete(f"/mails/{waiting['id']}").status_code == 204
    worker.drain()
    assert (box.to(address), mails(admin)) == ([], [])
    assert actions(world, user)[-1] == "discard mail"


def test_what_cannot_be_done_is_told(
    admin: Admin, world: Scim, worker: Worker, box: Postbox
) -> None:
    user, address = invite(admin, world)
    [waiting] = mails(admin)
    assert problem(admin.post(f"/mails/{waiting['id']}/retry")) == (409, None)
    box.refusals[address] = "550 No such user"
    worker.drain()
    over = admin.post(f"/mails/{waiting['id']}/retry")
    assert "link of this mail is over" in over.get_json()["detail"]
    box.refusals.clear()
    admin.post(f"/users/{user}/invitation", {"mail": "send"})
    worker.drain()
    [sent] = mails(admin, state="sent")
    assert problem(admin.delete(f"/mails/{sent['id']}")) == (409, None)
    for method, path in (("POST", "/mails/none/retry"), ("DELETE", "/mails/none")):
        assert problem(admin.send(method, path)) == (404, None)


def test_one_that_a_worker_has_in_hand_stays_there(
    application: Application, admin: Admin, world: Scim, worker: Worker, box: Postbox
) -> None:
    invite(admin, world)
    [waiting] = mails(admin)
    with application.parts.database.writing() as connection:
        connection.exec_driver_sql("UPDATE mail SET attempts = 1")
    for method, path in (("POST", "/retry"), ("DELETE", "")):
        assert problem(admin.send(method, f"/mails/{waiting['id']}{path}")) == (409, None)


def test_what_was_sent_is_forgotten_after_a_month(
    application: Application, admin: Admin, world: Scim, worker: Worker
) -> None:
    invite(admin, world)
    worker.drain()
    with application.parts.database.writing() as connection:
        connection.exec_driver_sql("UPDATE mail SET ended = '2026-01-01T00:00:00'")
    tidy(worker)
    assert mails(admin) == []


def test_it_needs_its_permission(application: Application, admin: Admin, world: Scim) -> None:
    invite(admin, world)
    [waiting] = mails(admin)
    stranger = application.admin(world.tenant, ["admin:events:read"])
    assert stranger.get("/mails").status_code == 403
    assert stranger.post(f"/mails/{waiting['id']}/retry").status_code == 403
    assert stranger.delete(f"/mails/{waiting['id']}").status_code == 403
    other = application.admin(application.tenant())
    assert mails(other) == []
    assert other.delete(f"/mails/{waiting['id']}").status_code == 404


def test_the_mail_of_who_may_do_more_is_theirs(
    application: Application, admin: Admin, world: Scim
) -> None:
    user, _ = invite(admin, world)
    admin.post("/grants", {"holder": user, "role": "Super Admin"})
    _, administrator = with_role(application, world, "Administrator")
    [waiting] = mails(administrator)
    assert administrator.delete(f"/mails/{waiting['id']}").status_code == 403
