"""Signing in over /auth/v1: who comes in, who does not, and what that is told."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from scim_server.working import worker
from tests.application import ACCOUNT, Admin, Application, Scim, problem
from tests.security.hashing import hashing, long
from tests.signing import (
    OTHER,
    PASSWORD,
    Signing,
    allow,
    in_time,
    people,
    sign_in,
    signed_in,
    tenant_name,
)
from tests.statements import watched


def test_a_password_opens_a_session(application: Application, world: Scim) -> None:
    user = world.user(password=PASSWORD)
    answer = sign_in(application, world, user["userName"], headers={"User-Agent": "Browser/1"})
    assert answer.status_code == 200, answer.text
    body = answer.get_json()
    assert body.keys() == {"token", "session"}
    session = body["session"]
    assert session["user"] == user["id"]
    assert session["userName"] == user["userName"]
    assert session["methods"] == ["pwd"]
    assert session["device"] == "Browser/1"
    assert session["address"] == "127.0.0.1"
    assert all(session[name].endswith("Z") for name in ("created", "used", "idleEnds", "ends"))
    own = Signing(application, body["token"]).get("/session")
    assert own.get_json() == session


def test_a_name_is_the_same_in_another_letter_case(application: Application, world: Scim) -> None:
    user = world.user(password=PASSWORD)
    assert sign_in(application, world, user["userName"].upper()).status_code == 200


def test_the_last_sign_in_shows_and_moves_no_version(application: Application, world: Scim) -> None:
    user = world.user(password=PASSWORD)
    signed_in(application, world, user["userName"])
    asked = {"attributes": f"{ACCOUNT}:lastSignIn,meta"}
    after = world.get(f"/Users/{user['id']}", query=asked).get_json(force=True)
    assert after["meta"] == user["meta"]
    assert after[ACCOUNT]["lastSignIn"].endswith("Z")


def answers(application: Application, world: Scim) -> set[str]:
    """What is answered to those who may not come in."""
    names = {why: world.name() for why in ("wrong", "none", "suspended", "locked")}
    world.user(userName=names["wrong"], password=PASSWORD)
    world.user(userName=names["none"])
    world.user(userName=names["suspended"], password=PASSWORD, active=False)
    world.user(userName=names["locked"], password=PASSWORD)
    for _ in range(2):
        sign_in(application, world, names["locked"], OTHER)
    tries = [
        sign_in(application, world, names["wrong"], OTHER),
        sign_in(application, world, names["none"]),
        sign_in(application, world, names["suspended"]),
        sign_in(application, world, names["locked"]),
        sign_in(application, world, "nobody"),
        Signing(application).post(
            "/sign-in", {"tenant": "none", "userName": "nobody", "password": PASSWORD}
        ),
    ]
    assert [problem(answer) for answer in tries] == [(401, None)] * len(tries)
    return {answer.text for answer in tries}


def test_whoever_may_not_come_in_learns_nothing_of_why(
    application: Application, world: Scim
) -> None:
    allow(application, world, lockAfter=2)
    assert len(answers(application, world)) == 1


@pytest.mark.parametrize(
    "body",
    [
        {"userName": "x"},
        {"userName": "", "password": "y"},
        {"userName": "x", "password": ""},
        {"userName": "x" * 1001, "password": "y"},
        {"userName": "x", "password": "y" * 1025},
        {"userName": "x", "password": "y", "remember": True},
        {"userName": 1, "password": "y"},
    ],
)
def test_a_malformed_request_is_400(application: Application, body: dict[str, object]) -> None:
    assert problem(Signing(application).post("/sign-in", body))[0] == 400


@pytest.mark.parametrize("text", ["\x07", "\u200b", "\u0378", "\U0010ffff"])
def test_what_no_password_can_be_is_not_right(
    application: Application, world: Scim, text: str
) -> None:
    user = world.user(password=PASSWORD)
    assert problem(sign_in(application, world, user["userName"], PASSWORD + text))[0] == 401


def actions(application: Application, world: Scim, user: str) -> list[str]:
    found = application.admin(world.tenant).get(f"/users/{user}/events", count=1000)
    return [event["action"] for event in found.get_json()["events"]]


def test_each_try_is_an_event(application: Application, world: Scim) -> None:
    user = world.user(password=PASSWORD)
    sign_in(application, world, user["userName"], OTHER)
    signed_in(application, world, user["userName"]).post("/sign-out")
    told = actions(application, world, user["id"])
    assert told == ["sign out", "sign in", "failed sign-in", "set password", "create"]


def test_a_try_at_an_unknown_name_is_an_event_without_the_name(
    application: Application, world: Scim
) -> None:
    sign_in(application, world, "surely-nobody")
    [event] = [
        event
        for event in application.admin(world.tenant).get("/events").get_json()["events"]
        if event["action"] == "failed sign-in"
    ]
    assert "surely-nobody" not in str(event)


def failures(admin: Admin, **query: str) -> list[dict[str, Any]]:
    """What is told of failed sign-ins, the newest first."""
    found = admin.get("/events", action="failed sign-in", **query)
    return [event["changes"] for event in found.get_json()["events"]]


def test_a_failed_try_tells_the_device_and_what_was_wrong(
    application: Application, world: Scim
) -> None:
    user, device = world.user(password=PASSWORD), {"User-Agent": "Browser/1"}
    sign_in(application, world, user["userName"], OTHER, headers=device)
    world.patch(f"/Users/{user['id']}", {"op": "replace", "path": "active", "value": False})
    for password in (OTHER, PASSWORD):
        sign_in(application, world, user["userName"], password, headers=device)
    assert failures(application.admin(world.tenant)) == [
        {"status": "Suspended", "device": "Browser/1"},
        {"proof": "password", "device": "Browser/1"},
        {"proof": "password", "device": "Browser/1"},
    ]


def test_a_wrong_password_within_a_session_tells_the_device(
    application: Application, world: Scim
) -> None:
    user = world.user(password=PASSWORD)
    own = signed_in(application, world, user["userName"])
    body = {"current": OTHER, "new": OTHER}
    own.post("/password", body, headers={"User-Agent": "Browser/2"})
    [told] = failures(application.admin(world.tenant))
    assert told == {"proof": "password", "device": "Browser/2"}


def at(application: Application, tenant: str = "no such tenant") -> Any:
    body = {"tenant": tenant, "userName": "nobody-there", "password": PASSWORD}
    return Signing(application).post("/sign-in", body)


def test_a_try_at_a_tenant_that_there_is_not_is_in_nobodys_history(database_url: str) -> None:
    application = Application(database_url)
    assert problem(at(application))[0] == 401
    [first] = application.parts.clients.tenants().values()
    assert application.admin(first).get("/events").get_json()["total"] == 0
    worker(application.parts).drain()
    with application.parts.database.reading() as connection:
        count = "SELECT count(*) FROM recovery_request"
        assert connection.exec_driver_sql(count).scalar_one() == 0
    application.parts.database.close()


def test_a_try_at_a_tenant_that_there_is_not_takes_as_many_statements(
    application: Application, world: Scim
) -> None:
    name = tenant_name(application, world.tenant)
    with watched(application) as statements:
        at(application)
        asked = [text.split()[0] for text in statements]
        statements.clear()
        at(application, name)
        assert [text.split()[0] for text in statements] == asked
    assert "INSERT" in asked


def test_the_right_temporary_password_is_no_failure_of_the_address(database_url: str) -> None:
    application = Application(database_url, failures_per_minute=1)
    world = people(application)
    user = world.user(password=PASSWORD)
    path = f"/users/{user['id']}/password"
    made = application.admin(world.tenant).post(path, {"mode": "temporary"}).get_json()
    for _ in range(2):
        answer = sign_in(application, world, user["userName"], made["password"])
        assert problem(answer) == (403, "passwordChangeRequired")
    application.parts.database.close()


def status(scim: Scim, user: str) -> str:
    shown = scim.get(f"/Users/{user}", query={"attributes": f"{ACCOUNT}:status"})
    found: str = shown.get_json(force=True)[ACCOUNT]["status"]
    return found


def fail(application: Application, world: Scim, name: str, times: int) -> None:
    for _ in range(times):
        assert sign_in(application, world, name, OTHER).status_code == 401


@pytest.mark.shows("unlocked by time")
def test_failures_lock_and_time_unlocks(application: Application, world: Scim) -> None:
    allow(application, world, lockAfter=3)
    user = world.user(password=PASSWORD)
    fail(application, world, user["userName"], 2)
    assert status(world, user["id"]) == "Active"
    fail(application, world, user["userName"], 1)
    assert status(world, user["id"]) == "Locked"
    assert sign_in(application, world, user["userName"]).status_code == 401
    with in_time(application, timedelta(seconds=61)) as worker:
        assert sign_in(worker, world, user["userName"]).status_code == 200
    assert status(world, user["id"]) == "Active"
    told = actions(application, world, user["id"])
    assert told[:4] == ["sign in", "unlock", "failed sign-in", "lock"]


@pytest.mark.parametrize(("seconds", "answer"), [(90, 401), (121, 200)])
@pytest.mark.shows("locked after failed sign-ins, each time for longer")
def test_the_next_lock_takes_twice_as_long(
    application: Application, world: Scim, seconds: int, answer: int
) -> None:
    allow(application, world, lockAfter=3)
    user = world.user(password=PASSWORD)
    fail(application, world, user["userName"], 3)
    with in_time(application, timedelta(seconds=61)) as worker:
        fail(worker, world, user["userName"], 1)
        assert status(world, user["id"]) == "Locked"
    with in_time(application, timedelta(seconds=61 + seconds)) as worker:
        assert sign_in(worker, world, user["userName"]).status_code == answer


def test_a_lock_is_never_longer_than_the_policy_says(application: Application, world: Scim) -> None:
    allow(application, world, lockAfter=1, lockSeconds=60, lockSecondsMost=90)
    user = world.user(password=PASSWORD)
    for lock in range(4):
        with in_time(application, timedelta(seconds=91 * lock)) as worker:
            fail(worker, world, user["userName"], 1)
    with in_time(application, timedelta(seconds=91 * 4)) as worker:
        assert sign_in(worker, world, user["userName"]).status_code == 200


def test_a_sign_in_forgets_the_failures_before_it(application: Application, world: Scim) -> None:
    allow(application, world, lockAfter=3)
    user = world.user(password=PASSWORD)
    for _ in range(2):
        fail(application, world, user["userName"], 2)
        signed_in(application, world, user["userName"])
    assert status(world, user["id"]) == "Active"


@pytest.mark.shows("unlocked by an administrator")
def test_an_administrator_unlocks_and_that_forgets_the_failures(
    application: Application, world: Scim
) -> None:
    allow(application, world, lockAfter=3)
    user = world.user(password=PASSWORD)
    fail(application, world, user["userName"], 3)
    path = f"/users/{user['id']}/status"
    assert application.admin(world.tenant).post(path, {"event": "unlock"}).status_code == 200
    fail(application, world, user["userName"], 2)
    assert sign_in(application, world, user["userName"]).status_code == 200


def test_a_lock_ends_every_session(application: Application, world: Scim) -> None:
    allow(application, world, lockAfter=3)
    user = world.user(password=PASSWORD)
    own = signed_in(application, world, user["userName"])
    fail(application, world, user["userName"], 3)
    assert problem(own.get("/session"))[0] == 401


def test_locks_that_are_over_are_ended_by_whoever_looks(
    application: Application, world: Scim
) -> None:
    allow(application, world, lockAfter=1)
    user = world.user(password=PASSWORD)
    fail(application, world, user["userName"], 1)
    assert application.parts.sign_in.unlock_due(world.tenant) == 0
    with in_time(application, timedelta(seconds=61)) as worker:
        assert worker.parts.sign_in.unlock_due(world.tenant) == 1
        assert worker.parts.sign_in.unlock_due(world.tenant) == 0
    assert status(world, user["id"]) == "Active"


def test_who_has_no_password_is_not_locked_by_strangers(
    application: Application, world: Scim
) -> None:
    allow(application, world, lockAfter=1)
    user = world.user()
    fail(application, world, user["userName"], 2)
    assert status(world, user["id"]) == "Active"


def test_an_address_that_fails_too_often_is_429_and_a_good_password_too(
    database_url: str,
) -> None:
    application = Application(database_url, failures_per_minute=2)
    world = people(application)
    user = world.user(password=PASSWORD)
    fail(application, world, user["userName"], 2)
    for password in (OTHER, PASSWORD):
        answer = sign_in(application, world, user["userName"], password)
        assert problem(answer)[0] == 429
        assert int(answer.headers["Retry-After"]) > 0
    application.parts.database.close()


def test_twenty_sign_ins_at_once_count_every_failure(application: Application, world: Scim) -> None:
    allow(application, world, lockAfter=20)
    user = world.user(password=PASSWORD)
    with hashing(application, long), ThreadPoolExecutor(4) as pool:
        tries = [
            pool.submit(sign_in, application, world, user["userName"], OTHER) for _ in range(20)
        ]
        assert {each.result().status_code for each in tries} == {401}
    assert status(world, user["id"]) == "Locked"


def test_a_session_opens_nothing_of_scim(application: Application, world: Scim) -> None:
    user = world.user(password=PASSWORD)
    own = signed_in(application, world, user["userName"])
    for path in ("/Users", "/Me", f"/Users/{user['id']}"):
        assert world.get(path, token=own.bearer).status_code == 401
    assert Admin(application, own.bearer).get("/policy").status_code == 403


def test_a_client_opens_nothing_of_ones_own(application: Application, world: Scim) -> None:
    own = Signing(application, world.bearer)
    for path in ("/session", "/sessions"):
        assert problem(own.get(path))[0] == 401
    assert problem(own.post("/sign-out"))[0] == 401
