"""Second factors that really authenticate: enrolled, asked for at the sign-in, lost, replaced."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import pyotp
import pytest
from sqlalchemy import text

from scim_server.store.check.invariants import violations
from tests.application import ORIGIN, Application, Scim, problem
from tests.software_key import SoftwareKey
from tests.web.person import LONG_AGO, PASSWORD, REFUSED, Person, person, registered


def test_without_a_factor_the_password_is_enough(anna: Person) -> None:
    assert anna.get("/authenticators").get_json() == {"authenticators": [], "recoveryCodes": 0}
    assert "token" in anna.begin().get_json()


def test_an_application_is_enrolled_and_asked_for(anna: Person) -> None:
    codes = anna.enrol()
    shown = anna.get("/authenticators").get_json()["authenticators"]
    assert [(each["kind"], each["name"]) for each in shown] == [("totp", "phone")]
    begun = anna.begin()
    assert begun.get_json()["kinds"] == ["totp"]
    assert "token" not in begun.get_json()
    answer = anna.sign_in(kind="totp", code=codes.now())
    assert answer.status_code == 200, answer.text
    assert answer.get_json()["session"]["methods"] == ["pwd", "otp"]
    assert anna.get("/authenticators").get_json()["authenticators"][0]["used"].endswith("Z")


def test_the_secret_is_shown_once_and_lies_encrypted(anna: Person) -> None:
    begun = anna.post("/authenticators/totp/begin").get_json()
    assert ElementTree.fromstring(begun["qrCode"]).tag.endswith("svg")
    assert begun["secret"] in begun["uri"]
    answer = anna.post(
        "/authenticators/totp",
        enrolment=begun["enrolment"],
        code=pyotp.TOTP(begun["secret"]).now(),
    )
    assert begun["secret"] not in answer.text + anna.get("/authenticators").text
    with anna.application.parts.database.reading() as connection:
        rows = connection.exec_driver_sql("SELECT secret FROM authenticator").scalars().all()
        contents = connection.exec_driver_sql("SELECT content FROM challenge").scalars().all()
    assert rows and begun["secret"] not in "".join([*rows, *contents])


def test_a_code_signs_in_once(anna: Person) -> None:
    codes = anna.enrol()
    code = codes.now()
    assert anna.sign_in(kind="totp", code=code).status_code == 200
    assert problem(anna.sign_in(kind="totp", code=code)) == REFUSED


def test_the_code_of_the_enrolment_signs_in_no_more(anna: Person) -> None:
    begun = anna.post("/authenticators/totp/begin").get_json()
    code = pyotp.TOTP(begun["secret"]).now()
    anna.post("/authenticators/totp", enrolment=begun["enrolment"], code=code)
    assert problem(anna.sign_in(kind="totp", code=code)) == REFUSED


def test_an_enrolment_without_its_code_counts_for_nothing(anna: Person) -> None:
    begun = anna.post("/authenticators/totp/begin").get_json()
    body = {"enrolment": begun["enrolment"], "code": "000000"}
    if pyotp.TOTP(begun["secret"]).verify("000000", valid_window=2):
        body["code"] = "000001"
    assert problem(anna.post("/authenticators/totp", **body)) == (400, "invalidValue")
    assert anna.names() == []
    assert "token" in anna.begin().get_json()


def test_an_enrolment_is_finished_once_in_time_and_by_its_user(
    application: Application, scim: Scim, anna: Person
) -> None:
    ben = person(application, scim)
    begun = anna.post("/authenticators/totp/begin").get_json()
    body = {"enrolment": begun["enrolment"], "code": pyotp.TOTP(begun["secret"]).now()}
    assert problem(ben.post("/authenticators/totp", **body))[0] == 400
    anna.execute("UPDATE challenge SET expires = :then WHERE tenant = :tenant", then=LONG_AGO)
    assert problem(anna.post("/authenticators/totp", **body))[0] == 400
    anna.enrol()
    assert problem(anna.post("/authenticators/totp", **body))[0] == 409
    assert (anna.names(), ben.names()) == (["phone"], [])


@pytest.mark.parametrize("enrolment", ["x", "!", "Ω", "A" * 43, "A" * 44])
def test_an_enrolment_that_there_is_not_is_refused(anna: Person, enrolment: str) -> None:
    answer = anna.post("/authenticators/totp", enrolment=enrolment, code="123456")
    assert problem(answer) == (400, "invalidValue")


def test_there_is_one_application_and_a_new_one_after_its_end(anna: Person) -> None:
    anna.enrol()
    assert problem(anna.post("/authenticators/totp/begin"))[0] == 409
    [each] = anna.get("/authenticators").get_json()["authenticators"]
    assert anna.delete(f"/authenticators/{each['id']}").status_code == 204
    anna.enrol()


@pytest.mark.parametrize(
    "proof",
    [
        {},
        {"kind": "totp"},
        {"kind": "totp", "code": 123456},
        {"kind": "totp", "code": ["1"]},
        {"kind": "totp", "code": "\u0661" * 6},
        {"kind": "sms", "code": "1"},
        {"kind": "recovery", "code": ""},
        {"kind": "recovery", "code": "aaaa-aaaa-aaaa-aaaa"},
        {"kind": ["totp"], "code": "1"},
        {"kind": "webauthn", "credential": {}},
        {"kind": "webauthn", "credential": "x"},
        {"kind": "webauthn", "credential": {"response": {"clientDataJSON": "e30"}}},
        {"kind": "webauthn", "credential": {"response": {"clientDataJSON": "\u00e9"}}},
    ],
)
def test_what_is_no_proof_opens_nothing(anna: Person, proof: dict[str, Any]) -> None:
    anna.enrol()
    challenge = anna.begin().get_json()["challenge"]
    assert problem(anna.post("/sign-in/second", challenge=challenge, proof=proof)) == REFUSED


def test_nobody_removes_what_is_anothers(
    application: Application, scim: Scim, anna: Person
) -> None:
    ben = person(application, scim)
    anna.enrol()
    [each] = anna.get("/authenticators").get_json()["authenticators"]
    assert problem(ben.delete(f"/authenticators/{each['id']}"))[0] == 404
    assert anna.names() == ["phone"]


BEGINNINGS = ("totp/begin", "webauthn/begin", "recovery-codes")


@pytest.mark.parametrize("path", BEGINNINGS)
def test_an_old_session_needs_the_password(anna: Person, path: str) -> None:
    registered(anna, SoftwareKey(ORIGIN))
    anna.grow_old()
    assert problem(anna.post(f"/authenticators/{path}"))[0] == 403
    assert problem(anna.post(f"/authenticators/{path}", password="wrong"))[0] == 403
    assert anna.post(f"/authenticators/{path}", password=PASSWORD).status_code == 200


def test_an_old_session_removes_nothing(anna: Person) -> None:
    anna.enrol()
    [each] = anna.get("/authenticators").get_json()["authenticators"]
    anna.grow_old()
    assert problem(anna.delete(f"/authenticators/{each['id']}"))[0] == 403
    assert anna.names() == ["phone"]


def test_passwords_are_not_guessed_with_a_session(anna: Person) -> None:
    anna.grow_old()
    for _ in range(10):
        anna.post("/authenticators/totp/begin", password="wrong")
    answer = anna.post("/authenticators/totp/begin", password=PASSWORD)
    assert answer.status_code == 401, answer.text


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", ""), ("DELETE", "/1"), *(("POST", f"/{path}") for path in BEGINNINGS)],
)
def test_it_takes_a_session(application: Application, scim: Scim, method: str, path: str) -> None:
    nobody = Person(application, scim.tenant, "", "")
    body: dict[str, str] | None = {} if method == "POST" else None
    assert nobody.send(method, f"/authenticators{path}", body).status_code == 401
    nobody.token = application.token(scim.tenant, user=scim.user()["id"])
    assert nobody.send(method, f"/authenticators{path}", body).status_code == 401


def test_suspension_ends_what_has_begun(scim: Scim, anna: Person) -> None:
    begun = anna.post("/authenticators/totp/begin").get_json()
    path = f"/Users/{anna.id}"
    scim.patch(path, {"op": "replace", "path": "active", "value": False})
    scim.patch(path, {"op": "replace", "path": "active", "value": True})
    anna.sign_in()
    code = pyotp.TOTP(begun["secret"]).now()
    answer = anna.post("/authenticators/totp", enrolment=begun["enrolment"], code=code)
    assert problem(answer)[0] == 400


def test_a_reset_lets_the_user_in_by_password_again(
    application: Application, scim: Scim, anna: Person
) -> None:
    codes = anna.enrol()
    challenge = anna.begin().get_json()["challenge"]
    reset = application.admin(scim.tenant).post(f"/users/{anna.id}/authenticators/reset")
    assert reset.get_json()["authenticators"] == 1
    proof = {"kind": "totp", "code": codes.now()}
    assert problem(anna.post("/sign-in/second", challenge=challenge, proof=proof)) == REFUSED
    assert anna.sign_in().status_code == 200


def test_what_happened_is_told_without_secrets(
    application: Application, scim: Scim, anna: Person
) -> None:
    begun = anna.enrol()
    made = anna.post("/authenticators/recovery-codes").get_json()["codes"]
    anna.sign_in(kind="recovery", code=made[0])
    told = application.admin(scim.tenant).get(f"/users/{anna.id}/events")
    actions = [event["action"] for event in told.get_json()["events"]]
    for action in ("add authenticator", "make recovery codes", "use recovery code"):
        assert action in actions
    assert begun.secret not in told.text
    assert not [code for code in made if code in told.text]


def test_a_secret_whose_key_is_gone_opens_nothing(
    application: Application, scim: Scim, anna: Person
) -> None:
    codes = anna.enrol()
    other = "1." + "A" * 100
    anna.execute("UPDATE authenticator SET secret = :other WHERE tenant = :tenant", other=other)
    assert problem(anna.sign_in(kind="totp", code=codes.now())) == REFUSED


def test_a_wrong_code_counts_as_a_failed_sign_in(anna: Person) -> None:
    codes = anna.enrol()
    now = datetime.now(UTC)
    right = {codes.at(now + timedelta(seconds=30 * step)) for step in range(-2, 4)}
    wrong = next(code for code in map(str, range(100_000, 100_010)) if code not in right)
    for _ in range(10):
        assert problem(anna.sign_in(kind="totp", code=wrong)) == REFUSED
    assert anna.begin().status_code == 401


def test_with_the_user_everything_goes(application: Application, scim: Scim, anna: Person) -> None:
    key = SoftwareKey(ORIGIN)
    registered(anna, key)
    anna.post("/authenticators/recovery-codes")
    anna.post("/authenticators/totp/begin")
    assert scim.delete(f"/Users/{anna.id}").status_code == 204
    for table in ("authenticator", "recovery_code", "challenge"):
        with application.parts.database.reading() as connection:
            counted = text(f"SELECT count(*) FROM {table} WHERE tenant = :tenant")
            found = connection.execute(counted, {"tenant": scim.tenant})
            assert found.scalar_one() == 0, table
    registered(person(application, scim), key)


def test_what_is_stored_violates_nothing(alone: Application) -> None:
    anna = person(alone, alone.scim())
    anna.enrol()
    registered(anna, SoftwareKey(ORIGIN))
    made = anna.post("/authenticators/recovery-codes").get_json()["codes"]
    anna.sign_in(kind="recovery", code=made[0])
    found = violations(alone.parts.database, alone.parts.registry)
    assert [str(each) for each in found] == []


@pytest.mark.parametrize("kind", ["totp", "recovery"])
def test_of_many_with_the_same_code_at_once_one_comes_in(anna: Person, kind: str) -> None:
    codes = anna.enrol()
    made = anna.post("/authenticators/recovery-codes").get_json()["codes"]
    proof = {"kind": kind, "code": codes.now() if kind == "totp" else made[0]}
    challenges = [anna.begin().get_json()["challenge"] for _ in range(8)]

    def second(challenge: str) -> int:
        return anna.post("/sign-in/second", challenge=challenge, proof=proof).status_code

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(second, challenges)) == [200] + [401] * 7
