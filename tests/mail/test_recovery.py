"""Who has lost a password gets back in by mail, and nobody else does (security rule 20)."""

import pytest

from scim_server.directory.worker import Worker
from tests.application import Application, Scim, problem
from tests.mail.people import NEW, age, ask, choose, reader
from tests.post import Postbox, text_of
from tests.signing import OTHER, PASSWORD, Signing, allow, sign_in, signed_in
from tests.statements import watched


@pytest.mark.shows("recovery link mailed")
def test_a_mailed_link_sets_a_password_and_ends_every_session(
    application: Application, world: Scim, box: Postbox, worker: Worker
) -> None:
    user, address = reader(world)
    session = signed_in(application, world, user["userName"])
    assert ask(application, world, userName=user["userName"]).status_code == 202
    worker.drain()
    [mail] = box.to(address)
    assert mail["Subject"] == "Set a new password"
    assert user["userName"] in text_of(mail)
    assert "10 minutes" in text_of(mail)
    answer = choose(application, box.token(address))
    assert (answer.status_code, answer.data) == (204, b"")
    assert problem(session.get("/session"))[0] == 401
    assert sign_in(application, world, user["userName"]).status_code == 401
    assert sign_in(application, world, user["userName"], NEW).status_code == 200


def test_it_is_asked_by_address_and_goes_to_the_primary_one(
    application: Application, world: Scim, box: Postbox, worker: Worker
) -> None:
    first, second = (f"{name}@mail.example" for name in (world.name(), world.name()))
    emails = [{"value": first, "type": "home"}, {"value": second, "primary": True}]
    reader(world, emails=emails)
    ask(application, world, email=first.upper())
    worker.drain()
    assert box.to(first) == []
    assert len(box.to(second)) == 1


def test_without_a_primary_address_it_goes_to_the_first(
    application: Application, world: Scim, box: Postbox, worker: Worker
) -> None:
    first, second = (f"{name}-{world.tenant}@mail.example" for name in ("one", "two"))
    user, _ = reader(world, emails=[{"value": first}, {"value": second}])
    ask(application, world, userName=user["userName"])
    worker.drain()
    assert (len(box.to(first)), box.to(second)) == (1, [])


def test_what_looks_like_an_address_is_not_it(
    application: Application, world: Scim, box: Postbox, worker: Worker
) -> None:
    _, address = reader(world)
    # The dotless i folds to another letter than i, the full-width one to the same.
    for typed in (address.replace("i", "\u0131"), f"{address},evil@mail.example", f" {address}"):
        assert ask(application, world, email=typed).status_code == 202
    worker.drain()
    assert box.to(address) == []
    ask(application, world, email=address.replace("m", "\uff4d", 1))
    worker.drain()
    assert [message["To"] for message in box.to(address)] == [address]


def nobody(world: Scim, application: Application) -> list[dict[str, str]]:
    """Who may not recover, and why."""
    no_password, no_password_address = reader(world)
    world_admin = application.admin(world.tenant)
    done = world_admin.post(f"/users/{no_password['id']}/password", {"mode": "remove"})
    assert done.status_code == 200, done.text
    suspended, _ = reader(world, active=False)
    no_address, _ = reader(world, emails=[])
    odd, _ = reader(world, emails=[{"value": "a@b.example\r\nBcc: c@d.example"}])
    elsewhere, _ = reader(application.scim())
    return [
        {"userName": "nobody-there"},
        {"email": "nobody@there.example"},
        {"userName": no_password["userName"]},
        {"email": no_password_address},
        {"userName": suspended["userName"]},
        {"userName": no_address["userName"]},
        {"userName": odd["userName"]},
        {"userName": elsewhere["userName"]},
        {"userName": "\ufdfa" * 320},
    ]


def test_who_has_no_way_to_get_in_is_answered_alike_and_gets_no_link(
    application: Application, world: Scim, box: Postbox, worker: Worker
) -> None:
    allow(application, world, noticeMails=False)
    user, address = reader(world)
    others = nobody(world, application)
    good = ask(application, world, userName=user["userName"])
    answers = [ask(application, world, **who) for who in others]
    assert {(a.status_code, a.data) for a in (good, *answers)} == {(202, b"")}
    box.arrived.clear()
    worker.drain()
    assert [message["To"] for message in box.arrived] == [address]


def test_the_same_is_done_for_a_name_that_there_is_and_one_that_there_is_not(
    application: Application, world: Scim
) -> None:
    """So that it takes the same: the database is asked the very same statements."""
    user, _ = reader(world)
    with watched(application) as statements:
        ask(application, world, userName=user["userName"])
        known = list(statements)
        statements.clear()
        ask(application, world, userName="nobody-there")
        assert list(statements) == known
    assert [text for text in known if "recovery_request" in text] == known[-1:]


def test_a_tenant_that_there_is_not_is_answered_alike(
    application: Application, world: Scim
) -> None:
    body = {"tenant": "no such tenant", "userName": "somebody"}
    answer = Signing(application).post("/recovery", body)
    assert (answer.status_code, answer.data) == (202, b"")


def test_asking_often_mails_once_a_minute(
    application: Application, world: Scim, box: Postbox, worker: Worker
) -> None:
    user, address = reader(world)
    for _ in range(3):
        ask(application, world, userName=user["userName"])
        ask(application, world, email=address)
        worker.drain()
    assert len(box.to(address)) == 1


def test_one_address_of_two_accounts_gets_both_links(
    application: Application, world: Scim, box: Postbox, worker: Worker
) -> None:
    one, address = reader(world)
    two, _ = reader(world, emails=[{"value": address}])
    ask(application, world, email=address)
    worker.drain()
    texts = [text_of(message) for message in box.to(address)]
    assert sorted(any(user["userName"] in text for text in texts) for user in (one, two)) == [
        True,
        True,
    ]
    assert len(texts) == 2


def test_who_is_not_known_takes_no_link_away(
    application: Application, world: Scim, box: Postbox, worker: Worker
) -> None:
    """Else whoever knows a name could keep its user out by asking every minute."""
    user, address = reader(world)
    ask(application, world, userName=user["userName"])
    worker.drain()
    mailed = box.token(address)
    admin = application.admin(world.tenant)
    shown = admin.post(f"/users/{user['id']}/recovery-link").get_json()["link"]
    assert problem(choose(application, mailed))[0] == 404
    for _ in range(2):
        age(application, world, "link", "created")
        ask(application, world, userName=user["userName"])
        worker.drain()
    assert len(box.to(address)) == 3
    assert choose(application, shown.rpartition("/")[2]).status_code == 204
    for text in (mailed, box.token(address)):
        assert problem(choose(application, text, PASSWORD))[0] == 404


def test_the_first_of_two_mails_still_works(
    application: Application, world: Scim, box: Postbox, worker: Worker
) -> None:
    user, address = reader(world)
    ask(application, world, userName=user["userName"])
    worker.drain()
    first = box.token(address)
    age(application, world, "link", "created")
    ask(application, world, userName=user["userName"])
    worker.drain()
    assert choose(application, first).status_code == 204
    assert problem(choose(application, box.token(address), PASSWORD))[0] == 404


def test_those_who_may_not_recover_leave_room_for_one_who_may(
    application: Application, world: Scim, box: Postbox, worker: Worker
) -> None:
    address = f"family-{world.tenant}@mail.example"
    emails = [{"value": address, "primary": True}]
    for _ in range(6):
        reader(world, emails=emails, active=False)
        reader(world, emails=emails, password=None)
    user, _ = reader(world, emails=emails)
    ask(application, world, email=address)
    worker.drain()
    [mail] = box.to(address)
    assert user["userName"] in text_of(mail)


def test_a_password_that_is_too_weak_leaves_the_link_as_it_is(
    application: Application, world: Scim, box: Postbox, worker: Worker
) -> None:
    user, address = reader(world)
    ask(application, world, userName=user["userName"])
    worker.drain()
    token = box.token(address)
    for weak in ("short", user["userName"], "x" * 1025, "a\u0000bcdefghijklmnopqrs"):
        assert problem(choose(application, token, weak))[0] == 400
    assert choose(application, token).status_code == 204


def test_who_was_locked_is_unlocked(
    application: Application, world: Scim, box: Postbox, worker: Worker
) -> None:
    allow(application, world, lockAfter=2, lockSeconds=3600)
    user, address = reader(world)
    for _ in range(2):
        sign_in(application, world, user["userName"], OTHER)
    assert sign_in(application, world, user["userName"]).status_code == 401
    ask(application, world, userName=user["userName"])
    worker.drain()
    assert choose(application, box.token(address)).status_code == 204
    assert sign_in(application, world, user["userName"], NEW).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"userName": "a", "email": "b@c.example"},
        {"userName": ""},
        {"userName": 7},
        {"userName": "x" * 321},
        {"userName": "a", "password": PASSWORD},
        [],
    ],
)
def test_what_is_no_request_is_refused(application: Application, body: object) -> None:
    assert problem(Signing(application).post("/recovery", body))[0] == 400
