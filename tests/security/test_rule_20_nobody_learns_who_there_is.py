"""Whoever asks learns nothing of who there is: not by the answer, not by its time (rule 20).

Time is counted, not measured: hashes and statements. What a link is worth: rule 28.
"""

from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.application import Application, Scim, problem
from tests.mail.people import choose
from tests.post import Postbox, worker_for
from tests.security.belongings import equipped
from tests.security.effort import counted
from tests.signing import OTHER, PASSWORD, Signing, allow, sign_in, tenant_name


def known(world: Scim, **attributes: Any) -> str:
    """The name of a new user, with an address."""
    name = f"{world.name()}-{world.tenant}"
    address = {"value": f"{name}@mail.example", "primary": True}
    world.user(**{"userName": name, "emails": [address], "password": PASSWORD} | attributes)
    return name


def shown(answer: TestResponse) -> tuple[str, str]:
    """The whole answer, but for the number of the request."""
    headers = {name: text for name, text in answer.headers if name != "X-Request-Id"}
    return answer.text, str(headers)


def tried(application: Application, tenant: str, name: str, password: str) -> TestResponse:
    body = {"tenant": tenant, "userName": name, "password": password}
    return Signing(application).post("/sign-in", body)


def test_a_sign_in_that_fails_costs_the_same_whoever_is_named(
    application: Application, world: Scim
) -> None:
    tenant = tenant_name(application, world.tenant)
    locked = known(world)
    allow(application, world, lockAfter=2)
    for _ in range(2):
        sign_in(application, world, locked, OTHER)
    allow(application, world, lockAfter=100)
    tries = {
        "mistyped": (tenant, known(world), OTHER),
        "again": (tenant, known(world), OTHER),
        "without a password": (tenant, known(world, password=None), PASSWORD),
        "suspended": (tenant, known(world, active=False), PASSWORD),
        "suspended and mistyped": (tenant, known(world, active=False), OTHER),
        "locked": (tenant, locked, PASSWORD),
        "locked and mistyped": (tenant, locked, OTHER),
        "unknown": (tenant, "nobody", PASSWORD),
        "too long a name": (tenant, "n" * 1000, PASSWORD),
        "no name at all": (tenant, "\u200b", PASSWORD),
        "no password that can be": (tenant, known(world), "\x07"),
        "unknown tenant": ("nowhere", "nobody", PASSWORD),
        "somebody at an unknown tenant": ("nowhere", known(world), PASSWORD),
    }
    efforts, answers = {}, set()
    with counted(application) as effort:
        tried(application, tenant, "nobody", PASSWORD)
        for who, given in tries.items():
            effort.begin()
            answer = tried(application, *given)
            efforts[who] = effort.told()
            answers.add((*problem(answer), *shown(answer)))
    expected = efforts["mistyped"]
    assert expected[0] == 1
    assert {who: told for who, told in efforts.items() if told != expected} == {}
    assert len(answers) == 1


@pytest.mark.parametrize("way", ["userName", "email"])
def test_to_ask_for_a_link_costs_the_same_whoever_is_named(
    application: Application, world: Scim, way: str
) -> None:
    tenant, end = tenant_name(application, world.tenant), {"userName": "", "email": "@mail.example"}
    asked = {
        "known": (tenant, known(world)),
        "suspended": (tenant, known(world, active=False)),
        "without a password": (tenant, known(world, password=None)),
        "unknown": (tenant, world.name()),
        "too long": (tenant, "n" * 300),
        "unknown tenant": ("nowhere", world.name()),
        "known at an unknown tenant": ("nowhere", known(world)),
    }
    efforts, answers = {}, set()
    with counted(application) as effort:
        Signing(application).post("/recovery", {"tenant": tenant, way: "first"})
        for who, (where, name) in asked.items():
            effort.begin()
            body = {"tenant": where, way: name + end[way]}
            answer = Signing(application).post("/recovery", body)
            efforts[who] = effort.told()
            answers.add((answer.status_code, *shown(answer)))
    assert efforts["known"][0] == 0
    assert {who: told for who, told in efforts.items() if told != efforts["known"]} == {}
    assert len(answers) == 1


def test_what_is_asked_at_an_unknown_tenant_reaches_nobody(application: Application) -> None:
    """Not even somebody of that name at the first tenant, where it is kept until it is done."""
    first = application.scim(tenant=1)
    allow(application, first, passwordsByScim=True)
    name = known(first)
    box = Postbox()
    with box.open():
        worker = worker_for(application, box)
        worker.drain()
        for body in ({"userName": name}, {"email": f"{name}@mail.example"}):
            asked = Signing(application).post("/recovery", {"tenant": "nowhere", **body})
            assert asked.status_code == 202
        worker.drain()
        assert box.to(f"{name}@mail.example") == []
        Signing(application).post("/recovery", {"userName": name})
        worker.drain()
    assert len(box.to(f"{name}@mail.example")) == 1


def test_tries_at_an_unknown_tenant_fill_nobody_s_history(application: Application) -> None:
    before = application.admin(1).get("/events").get_json()["total"]
    for _ in range(3):
        assert tried(application, "nowhere", "surely-nobody", PASSWORD).status_code == 401
        body = {"tenant": "nowhere", "userName": "surely-nobody"}
        assert Signing(application).post("/recovery", body).status_code == 202
    assert application.admin(1).get("/events").get_json()["total"] == before


def register(application: Application, tenant: str, name: str, email: str) -> TestResponse:
    body = {"tenant": tenant, "userName": name, "email": email}
    return Signing(application).post("/registration", body)


def test_registration_that_is_off_costs_what_an_unknown_tenant_does(
    application: Application, world: Scim
) -> None:
    told, tenant = [], tenant_name(application, world.tenant)
    with counted(application) as effort:
        register(application, tenant, world.name(), "a@b.example")
        for where in (tenant, "nowhere"):
            effort.begin()
            answer = register(application, where, world.name(), "a@b.example")
            told.append((answer.status_code, answer.text, effort.told()))
    assert told[0] == told[1] and told[0][0] == 404


def test_to_register_tells_nobody_whose_address_it_is(
    application: Application, world: Scim
) -> None:
    allow(application, world, selfRegistration=True, uniqueEmail=True)
    tenant, name = tenant_name(application, world.tenant), known(world)
    address, fresh = f"{name}@mail.example", f"fresh-{world.tenant}@mail.example"
    answers = [
        register(application, tenant, world.name(), each) for each in (address, fresh, address)
    ]
    assert {(answer.status_code, answer.text) for answer in answers} == {(202, "")}
    assert len(world.found("/Users", f'emails.value eq "{address}"')) == 1
    box = Postbox()
    with box.open():
        worker = worker_for(application, box)
        worker.drain()
        worker.drain()
        token = box.token(address)
    assert len(box.to(fresh)) == 1
    assert choose(application, token).status_code == 204, "a way back in, for who has it"


def test_mail_goes_where_the_account_says_and_not_where_it_was_asked_for(
    application: Application, world: Scim
) -> None:
    user = equipped(application, world)
    box = Postbox()
    tenant = tenant_name(application, world.tenant)
    look_alike = user.address.upper()
    with box.open():
        worker = worker_for(application, box)
        worker.drain()
        for asked in (look_alike, f"x+{user.address}", f"{user.address},evil@mail.example"):
            Signing(application).post("/recovery", {"tenant": tenant, "email": asked})
        worker.drain()
    links = [mail for mail in box.arrived if "/auth/links/recovery" in mail.as_string()]
    assert {mail["To"] for mail in links} <= {user.address}
    assert all("evil" not in mail["To"] for mail in box.arrived)
