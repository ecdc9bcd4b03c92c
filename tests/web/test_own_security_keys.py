"""Keys that really sign in: their own site only, each proof once, and a copy is noticed."""

from dataclasses import replace

import pytest

from tests.application import ORIGIN, Application, Scim, problem
from tests.software_key import COPIED, PRESENT, VERIFIED, SoftwareKey
from tests.web.person import LONG_AGO, REFUSED, Person, person, registered, with_key


def test_a_key_is_registered_and_asked_for(anna: Person) -> None:
    key = SoftwareKey(ORIGIN)
    registered(anna, key)
    begun = anna.begin().get_json()
    assert begun["kinds"] == ["webauthn"]
    [allowed] = begun["options"]["publicKey"]["allowCredentials"]
    answer = with_key(anna, key)
    assert answer.status_code == 200, answer.text
    assert answer.get_json()["session"]["methods"] == ["pwd", "hwk"]
    assert allowed["id"] == key.get(begun["options"]["publicKey"])["id"]


def test_a_key_that_is_copied_among_devices_is_told_apart(anna: Person) -> None:
    key = SoftwareKey(ORIGIN, flags=PRESENT | VERIFIED | COPIED)
    registered(anna, key)
    assert with_key(anna, key).get_json()["session"]["methods"] == ["pwd", "swk"]


def test_each_of_several_keys_opens(anna: Person) -> None:
    first, second = SoftwareKey(ORIGIN), SoftwareKey(ORIGIN)
    registered(anna, first, "first")
    registered(anna, second, "second")
    assert with_key(anna, second).status_code == 200
    assert with_key(anna, first).status_code == 200


def test_another_key_opens_nothing(application: Application, scim: Scim, anna: Person) -> None:
    ben, mine, his = person(application, scim), SoftwareKey(ORIGIN), SoftwareKey(ORIGIN)
    registered(anna, mine)
    registered(ben, his)
    assert problem(with_key(anna, his)) == REFUSED
    forged = SoftwareKey(ORIGIN, id=mine.id, counter=5)
    assert problem(with_key(anna, forged)) == REFUSED


@pytest.mark.parametrize("origin", ["https://evil.example", "https://scim.example.com:444"])
def test_a_proof_for_another_site_opens_nothing(anna: Person, origin: str) -> None:
    key = SoftwareKey(ORIGIN)
    registered(anna, key)
    key.origin = origin
    assert problem(with_key(anna, key)) == REFUSED


def test_a_copy_of_a_key_is_noticed_by_its_count(anna: Person) -> None:
    key = SoftwareKey(ORIGIN)
    registered(anna, key)
    assert with_key(anna, key).status_code == 200
    assert with_key(anna, key).status_code == 200
    key.counter = 1
    assert problem(with_key(anna, key)) == REFUSED


def test_a_key_that_counts_nothing_opens_again_and_again(anna: Person) -> None:
    key = SoftwareKey(ORIGIN)
    registered(anna, key)
    for _ in range(2):
        key.counter = -1
        assert with_key(anna, key).status_code == 200


def test_a_proof_opens_once(anna: Person) -> None:
    key = SoftwareKey(ORIGIN)
    registered(anna, key)
    begun = anna.begin().get_json()
    proof = {"kind": "webauthn", "credential": key.get(begun["options"]["publicKey"])}
    first = anna.post("/sign-in/second", challenge=begun["challenge"], proof=proof)
    assert first.status_code == 200
    again = anna.begin().get_json()["challenge"]
    assert problem(anna.post("/sign-in/second", challenge=again, proof=proof)) == REFUSED


def test_a_proof_that_comes_late_opens_nothing(anna: Person) -> None:
    key = SoftwareKey(ORIGIN)
    registered(anna, key)
    begun = anna.begin().get_json()
    anna.execute(
        "UPDATE challenge SET expires = :then WHERE tenant = :tenant AND purpose = 'assert'",
        then=LONG_AGO,
    )
    proof = {"kind": "webauthn", "credential": key.get(begun["options"]["publicKey"])}
    answer = anna.post("/sign-in/second", challenge=begun["challenge"], proof=proof)
    assert problem(answer) == REFUSED


@pytest.mark.parametrize("url", ["https://192.0.2.1", "http://intranet.example"])
def test_where_browsers_make_no_keys_registration_says_why(anna: Person, url: str) -> None:
    elsewhere = Application(anna.application.config.database_url, public_url=url)
    answer = replace(anna, application=elsewhere).post("/authenticators/webauthn/begin")
    elsewhere.parts.database.close()
    assert problem(answer) == (409, None)
    told = answer.get_json()["detail"]
    assert told.startswith("No security key can be registered here: browsers make security keys")
