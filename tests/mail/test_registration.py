"""People who make themselves an account, where the tenant has it."""

from typing import Any

import pytest
from werkzeug.test import TestResponse

from scim_server.directory.worker import Worker
from tests.application import ACCOUNT, Application, Scim, problem
from tests.mail.people import NEW
from tests.post import Postbox, text_of
from tests.signing import Signing, allow, sign_in, tenant_name


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
