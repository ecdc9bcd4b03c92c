"""Recovery codes: each stands in for a second factor once."""

from tests.application import ORIGIN, problem
from tests.software_key import SoftwareKey
from tests.web.person import REFUSED, Person, registered


def test_a_recovery_code_stands_in_once(anna: Person) -> None:
    anna.enrol()
    made = anna.post("/authenticators/recovery-codes").get_json()["codes"]
    assert len(made) == len(set(made)) == 10
    assert anna.begin().get_json()["kinds"] == ["totp", "recovery"]
    typed = made[0].upper().replace("-", " ")
    answer = anna.sign_in(kind="recovery", code=typed)
    assert answer.status_code == 200, answer.text
    assert answer.get_json()["session"]["methods"] == ["pwd", "otp"]
    assert anna.get("/authenticators").get_json()["recoveryCodes"] == 9
    assert problem(anna.sign_in(kind="recovery", code=made[0])) == REFUSED
    assert anna.sign_in(kind="recovery", code=made[1]).status_code == 200


def test_new_recovery_codes_end_the_old_ones(anna: Person) -> None:
    anna.enrol()
    old = anna.post("/authenticators/recovery-codes").get_json()["codes"]
    new = anna.post("/authenticators/recovery-codes").get_json()["codes"]
    assert problem(anna.sign_in(kind="recovery", code=old[0])) == REFUSED
    assert anna.sign_in(kind="recovery", code=new[0]).status_code == 200


def test_recovery_codes_stand_in_for_something(anna: Person) -> None:
    assert problem(anna.post("/authenticators/recovery-codes"))[0] == 409


def test_with_the_last_authenticator_the_codes_go(anna: Person) -> None:
    anna.enrol()
    registered(anna, SoftwareKey(ORIGIN))
    anna.post("/authenticators/recovery-codes")
    first, second = anna.get("/authenticators").get_json()["authenticators"]
    anna.delete(f"/authenticators/{first['id']}")
    assert anna.get("/authenticators").get_json()["recoveryCodes"] == 10
    anna.delete(f"/authenticators/{second['id']}")
    assert anna.get("/authenticators").get_json() == {"authenticators": [], "recoveryCodes": 0}
    assert "token" in anna.begin().get_json()
