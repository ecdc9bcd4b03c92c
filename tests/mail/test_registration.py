"""People who make themselves an account, where the tenant has it."""

from typing import Any

import pytest
from werkzeug.test import TestResponse

from scim_server.directory.worker import Worker
from tests.application import ACCOUNT, Application, Scim, problem
from tests.mail.people import NEW, age
from tests.post import Postbox, text_of, tidy
from tests.signing import Signing, allow, sign_in, tenant_name
from tests.web.event_log import events


@pytest.fixture
def open_world(application: Application, world: Scim) -> Scim:
    allow(application, world, selfRegistration=True)
    return world


def register(application: Application, world: Scim, **told: Any) -> TestResponse:
    body = {"tenant": tenant_name(application, world.tenant), **told}
    return Signing(application).post("/registration", body)


def verify(application: Application, token: str, **told: str) -> TestResponse:
    return Signing(application).post("/verification", {"token": token, **told})


def standing(world: Scim, name: str) -> tuple[str, str]:
    """Status and source of the user with that name."""
    asked = {"filter": f'userName eq "{name}"', "attributes": f"{ACCOUNT}:status,{ACCOUNT}:source"}
    [user] = world.get("/Users", query=asked).get_json(force=True)["Resources"]
    return user[ACCOUNT]["status"], user[ACCOUNT]["source"]


@pytest.mark.shows(
    "pending, until the address is verified or an administrator approves",
    "self-registration, off by default",
)
def test_who_registers_chooses_a_password_with_the_mail(
    application: Application, open_world: Scim, box: Postbox, worker: Worker
) -> None:
    address = f"new-{open_world.tenant}@mail.example"
    told = {"userName": "newcomer", "email": address, "displayName": "Visit evil.example"}
    answer = register(application, open_world, **told)
    assert (answer.status_code, answer.data) == (202, b"")
    assert standing(open_world, "newcomer") == ("Pending", "Local")
    worker.drain()
    [mail] = box.to(address)
    assert mail["Subject"] == "Confirm your e-mail address"
    assert "evil" not in text_of(mail)
    token = box.token(address)
    assert problem(verify(application, token))[0] == 400
    assert standing(open_world, "newcomer")[0] == "Pending"
    assert verify(application, token, password=NEW).status_code == 204
    assert standing(open_world, "newcomer")[0] == "Active"
    assert sign_in(application, open_world, "newcomer", NEW).status_code == 200
    assert problem(verify(application, token, password=NEW))[0] == 404


@pytest.mark.shows("self-registration, off by default")
def told(world: Scim, name: str) -> dict[str, str]:
    """What somebody registers with."""
    return {"userName": name, "email": f"{name}-{world.tenant}@mail.example"}


def test_a_mail_says_nothing_that_a_stranger_has_chosen(
    application: Application, open_world: Scim, box: Postbox, worker: Worker
) -> None:
    address = f"reader-{open_world.tenant}@mail.example"
    name = "You have won: http://evil.example"
    assert register(application, open_world, userName=name, email=address).status_code == 202
    worker.drain()
    [mail] = box.to(address)
    assert "evil" not in mail.as_string()


def test_who_is_approved_first_chooses_a_password_with_the_mail_all_the_same(
    application: Application, open_world: Scim, box: Postbox, worker: Worker
) -> None:
    asked = told(open_world, "early")
    register(application, open_world, **asked)
    worker.drain()
    [id] = open_world.found("/Users", 'userName eq "early"')
    admin = application.admin(open_world.tenant)
    assert admin.post(f"/users/{id}/status", {"event": "approve"}).status_code == 200
    token = box.token(asked["email"])
    assert verify(application, token, password=NEW).status_code == 204
    assert sign_in(application, open_world, "early", NEW).status_code == 200


def test_who_registers_again_gets_another_mail_and_both_links_work(
    application: Application, open_world: Scim, box: Postbox, worker: Worker
) -> None:
    asked = told(open_world, "patient")
    register(application, open_world, **asked)
    worker.drain()
    first = box.token(asked["email"])
    again = asked | {"email": asked["email"].upper()}
    assert register(application, open_world, **again).status_code == 202
    worker.drain()
    assert len(box.to(asked["email"])) == 1  # not twice within a minute
    age(application, open_world, "link", "created")
    assert register(application, open_world, **again).status_code == 202
    worker.drain()
    assert len(box.to(asked["email"])) == 2
    other = register(application, open_world, **asked | {"email": "other@mail.example"})
    assert problem(other) == (409, "uniqueness")
    assert verify(application, first, password=NEW).status_code == 204
    assert problem(register(application, open_world, **asked)) == (409, "uniqueness")


def test_who_never_confirms_holds_no_name(
    application: Application, open_world: Scim, box: Postbox, worker: Worker
) -> None:
    asked = told(open_world, "careless")
    register(application, open_world, **asked)
    tidy(worker)
    assert standing(open_world, "careless")[0] == "Pending"
    age(application, open_world, "link", "expires")
    tidy(worker)
    assert open_world.found("/Users", 'userName eq "careless"') == []
    assert [(e.action, e.actor) for e in events(open_world)][-1] == ("delete", "system")
    register(application, open_world, **asked)
    worker.drain()
    token = box.token(asked["email"])
    assert verify(application, token, password=NEW).status_code == 204


def test_whose_mail_cannot_be_delivered_holds_no_name(
    application: Application, open_world: Scim, box: Postbox, worker: Worker
) -> None:
    asked = told(open_world, "mistyped")
    register(application, open_world, **asked)
    box.refusals[asked["email"]] = "550 No such user"
    worker.drain()
    tidy(worker)
    assert open_world.found("/Users", 'userName eq "mistyped"') == []


@pytest.mark.parametrize("event", ["approve", "suspend"])
def test_whom_an_administrator_has_looked_at_stays(
    application: Application, open_world: Scim, worker: Worker, event: str
) -> None:
    register(application, open_world, **told(open_world, "known"))
    tidy(worker)
    [id] = open_world.found("/Users", 'userName eq "known"')
    application.admin(open_world.tenant).post(f"/users/{id}/status", {"event": event})
    age(application, open_world, "link", "expires")
    tidy(worker)
    assert open_world.found("/Users", 'userName eq "known"') == [id]


def test_who_has_registered_is_kept_for_as_long_as_an_invitation_lives(
    application: Application, open_world: Scim, worker: Worker
) -> None:
    register(application, open_world, **told(open_world, "twice"))
    tidy(worker)
    [id] = open_world.found("/Users", 'userName eq "twice"')
    age(application, open_world, "link", "expires")
    application.admin(open_world.tenant).post(f"/users/{id}/invitation")
    tidy(worker)
    assert open_world.found("/Users", 'userName eq "twice"') == [id]
    age(application, open_world, "link", "expires")
    tidy(worker)
    assert open_world.found("/Users", 'userName eq "twice"') == []


def test_who_waits_for_an_administrators_link_stays(
    application: Application, world: Scim, box: Postbox, worker: Worker
) -> None:
    made = told(world, "invited") | {"activation": "pending"}
    assert application.admin(world.tenant).post("/users", made).status_code == 201
    worker.drain()
    age(application, world, "link", "expires")
    tidy(worker)
    assert standing(world, "invited")[0] == "Pending"


def test_it_is_off_by_default(application: Application, world: Scim) -> None:
    told = {"userName": "newcomer", "email": "new@mail.example"}
    assert problem(register(application, world, **told))[0] == 404
    assert world.found("/Users", 'userName eq "newcomer"') == []
    unknown = {"tenant": "no such tenant", **told}
    assert problem(Signing(application).post("/registration", unknown))[0] == 404


def test_a_name_that_somebody_has_is_refused(application: Application, open_world: Scim) -> None:
    user = open_world.user()
    told = {"userName": user["userName"], "email": "new@mail.example"}
    assert problem(register(application, open_world, **told)) == (409, "uniqueness")


@pytest.mark.parametrize(
    "told",
    [
        {"userName": "newcomer"},
        {"userName": "newcomer", "email": "nobody"},
        {"userName": "newcomer", "email": "a@["},
        {"userName": "newcomer", "email": "boss@corp.example]{/x"},
        {"userName": "newcomer", "email": "a@b.example\r\nBcc: c@d.example"},
        {"userName": "ab", "email": "a@b.example"},
        {"userName": "new\u202ecomer", "email": "a@b.example"},
        {"userName": "newcomer", "email": "a@b.example", "status": "Active"},
        {"userName": "newcomer", "email": "a@b.example", "role": "Super Admin"},
        {"userName": "newcomer", "email": "a@b.example", "password": NEW},
    ],
)
def test_what_is_no_registration_is_refused(
    application: Application, open_world: Scim, told: dict[str, str]
) -> None:
    assert problem(register(application, open_world, **told))[0] == 400
    assert open_world.found("/Users", "userName pr") == []


@pytest.mark.shows(
    "created active, pending with a mail, or inactive",
    "pending, until the address is verified or an administrator approves",
)
def test_an_account_that_an_administrator_makes_is_activated_by_mail(
    application: Application, world: Scim, box: Postbox, worker: Worker
) -> None:
    address = f"made-{world.tenant}@mail.example"
    told = {"userName": "made", "email": address, "activation": "pending"}
    answer = application.admin(world.tenant).post("/users", told)
    assert answer.status_code == 201, answer.text
    worker.drain()
    [mail] = box.to(address)
    assert mail["Subject"] == "Activate your account"
    activation = {"token": box.token(address), "password": NEW}
    assert Signing(application).post("/activation", activation).status_code == 204
    assert standing(world, "made") == ("Active", "Local")
    assert sign_in(application, world, "made", NEW).status_code == 200
