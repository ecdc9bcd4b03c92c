"""The page that a link leads to: a form without a script, which only its use uses up."""

import pytest
from werkzeug.test import TestResponse

from scim_server.config import LINK_PATH, Config
from scim_server.directory.signing import passwords
from scim_server.directory.worker import Worker
from tests.application import Application, Scim
from tests.mail.people import NEW, ask, reader
from tests.mail.test_links import made, shown
from tests.post import Postbox, worker_for
from tests.signing import sign_in


def got(application: Application, path: str) -> TestResponse:
    return application.flask.test_client().get(path)


def posted(application: Application, path: str, **form: str) -> TestResponse:
    return application.flask.test_client().post(path, data=form)


def test_the_mailed_link_leads_to_a_form_that_sets_the_password(
    application: Application, world: Scim, box: Postbox, worker: Worker
) -> None:
    user, address = reader(world)
    ask(application, world, userName=user["userName"])
    worker.drain()
    link = box.link(address)
    base = "https://scim.example.com"
    assert link.startswith(f"{base}{LINK_PATH}/recovery/")
    path = link.removeprefix(base)
    for _ in range(2):
        page = got(application, path)
        assert page.status_code == 200
        assert "Set a new password" in page.text
        assert user["userName"] in page.text
    assert link.rpartition("/")[2] not in page.text
    differ = posted(application, path, password=NEW, again=NEW + "x")
    assert (differ.status_code, "differ" in differ.text) == (400, True)
    weak = posted(application, path, password="short", again="short")
    assert (weak.status_code, "at least" in weak.text, "<form" in weak.text) == (400, True, True)
    assert posted(application, path, password=NEW, again=NEW).status_code == 200
    assert sign_in(application, world, user["userName"], NEW).status_code == 200
    over = posted(application, path, password=NEW, again=NEW)
    assert (over.status_code, "<form" in over.text) == (404, False)


def test_no_other_site_learns_of_it_and_nothing_is_run_or_framed(application: Application) -> None:
    page = got(application, f"{LINK_PATH}/recovery/x")
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "script" not in page.text
    assert "script-src" not in policy


@pytest.mark.parametrize("status", ["Pending", "Inactive"])
def test_an_invitation_is_taken_on_the_page(
    application: Application, world: Scim, status: str
) -> None:
    user, _ = made(application, world, status)
    token = shown(application, world, user["id"], "invitation")
    path = f"{LINK_PATH}/invitation/{token}"
    assert posted(application, path, password=NEW, again=NEW).status_code == 200
    assert sign_in(application, world, user["userName"], NEW).status_code == 200


@pytest.mark.parametrize("token", ["x", "%00", "%E2%80%A8", "<script>", "x" * 1000])
def test_what_is_no_link_is_told_so(application: Application, token: str) -> None:
    path = f"{LINK_PATH}/recovery/{token}"
    for answer in (got(application, path), posted(application, path, password=NEW, again=NEW)):
        assert (answer.status_code, "<form" in answer.text) == (404, False)
        assert "<script>" not in answer.text


@pytest.mark.parametrize("purpose", ["invitation", "verification", "activation"])
def test_a_link_for_something_else_is_told_so(
    application: Application, world: Scim, purpose: str
) -> None:
    user, _ = reader(world)
    token = shown(application, world, user["id"])
    page = got(application, f"{LINK_PATH}/{purpose}/{token}")
    assert (page.status_code, user["userName"] in page.text) == (404, False)


def test_a_page_that_is_too_busy_says_when_to_come_again(
    application: Application, world: Scim, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "PATIENCE", 0.01)
    user, _ = reader(world)
    path = f"{LINK_PATH}/recovery/{shown(application, world, user['id'])}"
    turns = application.parts.passwords._turns
    for _ in range(passwords.AT_ONCE):
        turns.acquire()
    busy = posted(application, path, password=NEW, again=NEW)
    turns.release(passwords.AT_ONCE)
    assert (busy.status_code, busy.headers["Retry-After"], "<form" in busy.text) == (503, "1", True)
    assert posted(application, path, password=NEW, again=NEW).status_code == 200


def test_what_is_no_purpose_is_not_there(application: Application) -> None:
    assert got(application, f"{LINK_PATH}/sudo/x").status_code == 404


def test_a_body_that_is_no_form_is_told_so(application: Application) -> None:
    client = application.flask.test_client()
    assert client.post(f"{LINK_PATH}/recovery/x", json={}).status_code == 415


def test_links_may_lead_to_the_application(
    application: Application, world: Scim, box: Postbox
) -> None:
    user, address = reader(world)
    ask(application, world, userName=user["userName"])
    worker_for(application, box, link_url="https://app.example.com/account").drain()
    assert box.link(address).startswith(
        "https://app.example.com/account#purpose=recovery&token=scimlnk_"
    )


def test_a_link_begins_with_the_public_url() -> None:
    config = Config(public_url="https://scim.example.com/directory/scim/v2")
    assert (
        config.link("recovery", "t") == "https://scim.example.com/directory/auth/links/recovery/t"
    )
