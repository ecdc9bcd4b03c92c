"""What two do at once with one secret, and tries beyond those that a policy allows."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from werkzeug.test import TestResponse

from tests.application import Application, Scim
from tests.mail.people import choose
from tests.security.belongings import equipped
from tests.security.hashing import hashing, long
from tests.signing import OTHER, Signing, allow, sign_in, tenant_name
from tests.web.person import PASSWORD, Person, person

REPEATED = pytest.mark.parametrize("_round", range(5))
TRIES = 6
"""At once: fewer than the connections that a server may open."""


@pytest.fixture(autouse=True)
def long_hashes(application: Application, other: Application) -> Iterator[None]:
    with hashing(application, long), hashing(other, long):
        yield


def at_once(*requests: Callable[[], TestResponse]) -> list[TestResponse]:
    """All of them, sent at the same moment."""
    ready = Barrier(len(requests))

    def send(request: Callable[[], TestResponse]) -> TestResponse:
        ready.wait()
        return request()

    with ThreadPoolExecutor(len(requests)) as pool:
        return list(pool.map(send, requests))


def outcomes(answers: list[TestResponse]) -> Counter[int]:
    return Counter(answer.status_code for answer in answers)


def begun(application: Application, somebody: Person) -> str:
    """The challenge of a new sign-in."""
    body = {"tenant": somebody.tenant_name(), "userName": somebody.name, "password": PASSWORD}
    challenge: str = Signing(application).post("/sign-in", body).get_json()["challenge"]
    return challenge


def second(application: Application, challenge: str, **proof: str) -> TestResponse:
    return Signing(application).post("/sign-in/second", {"challenge": challenge, "proof": proof})


@pytest.mark.parametrize("kind", ["totp", "recovery"])
@REPEATED
def test_of_one_code_shown_twice_at_once_one_counts(
    application: Application, other: Application, world: Scim, kind: str, _round: int
) -> None:
    somebody = person(application, world)
    codes = somebody.enrol()
    made = somebody.post("/authenticators/recovery-codes").get_json()["codes"]
    code = codes.now() if kind == "totp" else made[0]
    challenges = [begun(application, somebody) for _ in range(2)]
    places = (application, other)
    answers = at_once(
        *(
            lambda place=place, each=each: second(place, each, kind=kind, code=code)
            for place, each in zip(places, challenges, strict=True)
        )
    )
    assert outcomes(answers) == {200: 1, 401: 1}


@REPEATED
def test_of_one_challenge_answered_twice_at_once_one_counts(
    application: Application, other: Application, world: Scim, _round: int
) -> None:
    somebody = person(application, world)
    somebody.enrol()
    codes = somebody.post("/authenticators/recovery-codes").get_json()["codes"]
    challenge = begun(application, somebody)
    answers = at_once(
        lambda: second(application, challenge, kind="recovery", code=codes[0]),
        lambda: second(other, challenge, kind="recovery", code=codes[1]),
    )
    assert outcomes(answers) == {200: 1, 401: 1}


@REPEATED
def test_of_one_link_used_twice_at_once_one_counts(
    application: Application, other: Application, world: Scim, _round: int
) -> None:
    admin = application.admin(world.tenant)
    user = world.user(password=PASSWORD)
    link = admin.post(f"/users/{user['id']}/recovery-link", {}).get_json()["link"]
    token, chosen = link.rpartition("/")[2], (f"{OTHER} one", f"{OTHER} two")
    answers = at_once(
        lambda: choose(application, token, chosen[0]), lambda: choose(other, token, chosen[1])
    )
    assert outcomes(answers) == {204: 1, 404: 1}
    opens = [sign_in(application, world, user["userName"], each) for each in chosen]
    assert [each.status_code == 200 for each in opens] == [
        each.status_code == 204 for each in answers
    ]


@REPEATED
def test_of_one_temporary_password_changed_twice_at_once_one_counts(
    application: Application, other: Application, world: Scim, _round: int
) -> None:
    admin = application.admin(world.tenant)
    user = world.user(password=PASSWORD)
    path = f"/users/{user['id']}/password"
    given = admin.post(path, {"mode": "temporary"}).get_json()["password"]
    challenges = [
        sign_in(place, world, user["userName"], given).get_json()["challenge"]
        for place in (application, other)
    ]
    answers = at_once(
        *(
            lambda place=place, each=each: Signing(place).post(
                "/sign-in/password", {"challenge": each, "password": f"{OTHER} {each[-4:]}"}
            )
            for place, each in zip((application, other), challenges, strict=True)
        )
    )
    assert outcomes(answers) == {200: 1, 401: 1}


def tries_before(application: Application, world: Scim, user: str, action: str) -> int | None:
    """How often a try failed before the action; None: it did not happen."""
    found = application.admin(world.tenant).get(f"/users/{user}/events", count=1000)
    told = [event["action"] for event in found.get_json()["events"]][::-1]
    return told[: told.index(action)].count("failed sign-in") if action in told else None


@REPEATED
def test_of_tries_at_once_no_more_count_than_the_policy_allows(
    application: Application, other: Application, world: Scim, _round: int
) -> None:
    allow(application, world, lockAfter=2)
    tenant = tenant_name(application, world.tenant)
    user = world.user(password=PASSWORD)

    def guess(password: str, place: Application) -> Callable[[], TestResponse]:
        body = {"tenant": tenant, "userName": user["userName"], "password": password}
        return lambda: Signing(place).post("/sign-in", body)

    wrong = [guess(OTHER, place) for place in (application, other)] * (TRIES // 2)
    answers = at_once(*wrong, guess(PASSWORD, application))
    assert outcomes(answers).keys() <= {200, 401}
    before = tries_before(application, world, user["id"], "sign in")
    assert (before is None) == (answers[-1].status_code == 401)
    assert before is None or before < 2


def locking(other: Application, world: Scim, name: str) -> Callable[[], None]:
    """What a stranger does once, while somebody else's password is being hashed."""
    done: list[bool] = []

    def lock() -> None:
        if not done:
            done.append(True)
            assert sign_in(other, world, name, OTHER).status_code == 401

    return lock


def test_a_lock_stops_the_tries_that_are_under_way(
    application: Application, other: Application, world: Scim
) -> None:
    allow(application, world, lockAfter=1)
    somebody = person(application, world)
    with hashing(application, locking(other, world, somebody.name)):
        answer = sign_in(application, world, somebody.name, PASSWORD)
    assert answer.status_code == 401


def test_a_lock_stops_a_change_of_the_password_that_is_under_way(
    application: Application, other: Application, world: Scim
) -> None:
    allow(application, world, lockAfter=1)
    somebody = person(application, world)
    with hashing(application, locking(other, world, somebody.name)):
        answer = somebody.post("/password", current=PASSWORD, new=f"{OTHER} new")
    assert answer.status_code == 401
    path = f"/users/{somebody.id}/status"
    application.admin(world.tenant).post(path, {"event": "unlock"})
    assert sign_in(application, world, somebody.name, PASSWORD).status_code == 200


@pytest.mark.parametrize("path", ["totp/begin", "webauthn/begin", "recovery-codes"])
def test_a_lock_stops_a_new_authenticator_that_is_under_way(
    application: Application, other: Application, world: Scim, path: str
) -> None:
    allow(application, world, lockAfter=1)
    somebody = person(application, world)
    somebody.grow_old()
    with hashing(application, locking(other, world, somebody.name)):
        answer = somebody.post(f"/authenticators/{path}", password=PASSWORD)
    assert answer.status_code == 401


def test_a_suspension_stops_a_recovery_that_is_under_way(
    application: Application, other: Application, world: Scim
) -> None:
    user = equipped(application, world)
    off = {"op": "replace", "path": "active", "value": False}

    def suspend() -> None:
        Scim(other, world.tenant, world.bearer).patch(f"/Users/{user.id}", off)

    with hashing(application, suspend):
        assert choose(application, user.recovery).status_code == 404
    assert user.opening(other) == []
