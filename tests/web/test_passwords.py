"""Passwords: changed, temporary, sent over SCIM, and beside a second factor."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pyotp
import pytest

from tests.application import MESSAGES, USER, Application, Scim, error, problem
from tests.signing import OTHER, PASSWORD, Signing, allow, sign_in, signed_in
from tests.statements import watched

WEAK = "short"


def change(own: Signing, current: str = PASSWORD, new: str = OTHER) -> Any:
    return own.post("/password", {"current": current, "new": new})


def opens(application: Application, scim: Scim, user: dict[str, Any], password: str) -> bool:
    return sign_in(application, scim, user["userName"], password).status_code == 200


def test_a_change_ends_the_old_one_and_every_other_session(
    application: Application, world: Scim, user: dict[str, Any], own: Signing
) -> None:
    other = signed_in(application, world, user["userName"])
    assert change(own).status_code == 204
    assert own.get("/session").status_code == 200
    assert other.get("/session").status_code == 401
    assert not opens(application, world, user, PASSWORD)
    assert opens(application, world, user, OTHER)


def test_a_change_needs_the_current_one_and_a_wrong_one_counts(
    application: Application, world: Scim, user: dict[str, Any], own: Signing
) -> None:
    allow(application, world, lockAfter=2)
    assert problem(change(own, current=OTHER))[0] == 403
    assert opens(application, world, user, PASSWORD)
    assert problem(change(own, current=OTHER))[0] == 403
    assert problem(change(own, current=OTHER))[0] == 403
    assert not opens(application, world, user, PASSWORD)


@pytest.mark.parametrize("new", [WEAK, "a" * 20, "passwordpassword", "x" * 1025, "\x07" * 20])
def test_a_change_to_a_weak_one_changes_nothing(
    application: Application, world: Scim, user: dict[str, Any], own: Signing, new: str
) -> None:
    assert problem(change(own, new=new))[0] == 400
    assert opens(application, world, user, PASSWORD)


def test_what_a_password_lacks_is_all_told(own: Signing, user: dict[str, Any]) -> None:
    answer = change(own, new=user["userName"])
    assert problem(answer) == (400, "invalidValue")
    detail = answer.get_json()["detail"]
    assert "at least 15 characters" in detail
    assert "the user's name or address" in detail
    assert user["userName"] not in detail


def temporary(application: Application, scim: Scim, user: dict[str, Any]) -> str:
    admin = application.admin(scim.tenant)
    answer = admin.post(f"/users/{user['id']}/password", {"mode": "temporary"})
    assert answer.status_code == 200, answer.text
    password: str = answer.get_json()["password"]
    return password


def required(answer: Any) -> str:
    """The challenge for another password."""
    assert problem(answer) == (403, "passwordChangeRequired")
    challenge: str = answer.get_json()["challenge"]
    return challenge


def test_a_temporary_one_must_be_changed(
    application: Application, world: Scim, user: dict[str, Any]
) -> None:
    given = temporary(application, world, user)
    assert not opens(application, world, user, PASSWORD)
    challenge = required(sign_in(application, world, user["userName"], given))
    anyone = Signing(application)
    for password in (given, WEAK):
        body = {"challenge": challenge, "password": password}
        assert problem(anyone.post("/sign-in/password", body))[0] == 400
    body = {"challenge": challenge, "password": OTHER}
    answer = anyone.post("/sign-in/password", body)
    assert answer.status_code == 200, answer.text
    assert Signing(application, answer.get_json()["token"]).get("/session").status_code == 200
    assert problem(anyone.post("/sign-in/password", body))[0] == 401
    assert opens(application, world, user, OTHER)
    assert not opens(application, world, user, given)


def test_the_challenge_dies_with_the_account(
    application: Application, world: Scim, user: dict[str, Any]
) -> None:
    given = temporary(application, world, user)
    challenge = required(sign_in(application, world, user["userName"], given))
    world.patch(f"/Users/{user['id']}", {"op": "replace", "path": "active", "value": False})
    world.patch(f"/Users/{user['id']}", {"op": "replace", "path": "active", "value": True})
    body = {"challenge": challenge, "password": OTHER}
    assert problem(Signing(application).post("/sign-in/password", body))[0] == 401


@pytest.mark.parametrize("path", ["/sign-in/second", "/sign-in/password"])
@pytest.mark.parametrize("challenge", ["x", "scimstp_", "scimses_" + "A" * 54])
def test_a_challenge_that_is_none_is_401(
    application: Application, own: Signing, path: str, challenge: str
) -> None:
    for text in (challenge, own.bearer):
        body = {"challenge": text, "password": OTHER, "proof": {"kind": "totp", "code": "1"}}
        body.pop("proof" if path.endswith("password") else "password")
        assert problem(Signing(application).post(path, body))[0] == 401


def enrol(own: Signing) -> pyotp.TOTP:
    begun = own.post("/authenticators/totp/begin").get_json()
    codes = pyotp.parse_uri(begun["uri"])
    assert isinstance(codes, pyotp.TOTP)
    body = {"enrolment": begun["enrolment"], "code": codes.now(), "name": "phone"}
    assert own.post("/authenticators/totp", body).status_code == 201
    return codes


def fresh(codes: pyotp.TOTP) -> str:
    """A code after the one that has enrolled it."""
    return codes.at(datetime.now(UTC) + timedelta(seconds=30))


def second(application: Application, challenge: str, code: str) -> Any:
    proof = {"kind": "totp", "code": code}
    return Signing(application).post("/sign-in/second", {"challenge": challenge, "proof": proof})


def test_a_second_factor_is_asked_for_and_makes_a_short_password_do(
    application: Application, world: Scim, user: dict[str, Any], own: Signing
) -> None:
    codes = enrol(own)
    assert change(own, new="ab7!xq2k").status_code == 204
    begun = sign_in(application, world, user["userName"], "ab7!xq2k").get_json()
    assert begun.keys() == {"challenge", "kinds", "options"}
    answer = second(application, begun["challenge"], fresh(codes))
    assert answer.status_code == 200, answer.text
    assert answer.get_json()["session"]["methods"] == ["pwd", "otp"]
    again = second(application, begun["challenge"], fresh(codes))
    assert problem(again)[0] == 401


SHORT = "ab7!xq2k"


def with_short_one(application: Application, own: Signing) -> None:
    """Who has a second factor chooses a password that is enough beside it."""
    enrol(own)
    assert change(own, new=SHORT).status_code == 204


def remove_factor(application: Application, world: Scim, user: str, own: Signing) -> None:
    [factor] = own.get("/authenticators").get_json()["authenticators"]
    assert own.delete(f"/authenticators/{factor['id']}").status_code == 204


def reset_factors(application: Application, world: Scim, user: str, own: Signing) -> None:
    path = f"/users/{user}/authenticators/reset"
    assert application.admin(world.tenant).post(path).status_code == 200


@pytest.mark.parametrize("end", [remove_factor, reset_factors])
def test_a_short_one_must_be_changed_when_its_second_factor_has_gone(
    application: Application, world: Scim, user: dict[str, Any], own: Signing, end: Any
) -> None:
    with_short_one(application, own)
    end(application, world, user["id"], own)
    answer = sign_in(application, world, user["userName"], SHORT)
    body = {"challenge": required(answer), "password": OTHER}
    assert "shorter" in answer.get_json()["detail"]
    for weak in (SHORT, "cd8!zw3m"):
        refused = Signing(application).post("/sign-in/password", body | {"password": weak})
        assert problem(refused)[0] == 400
    assert Signing(application).post("/sign-in/password", body).status_code == 200
    assert opens(application, world, user, OTHER)


def test_one_must_be_changed_when_the_policy_asks_for_more(
    application: Application, world: Scim, user: dict[str, Any], own: Signing
) -> None:
    codes = enrol(own)
    assert change(own, new=SHORT).status_code == 204
    allow(application, world, passwordLength=30, passwordLengthWithFactor=20)
    begun = sign_in(application, world, user["userName"], SHORT).get_json()
    required(second(application, begun["challenge"], fresh(codes)))
    other = world.user(password=PASSWORD * 2)
    allow(application, world, passwordLength=60)
    required(sign_in(application, world, other["userName"], PASSWORD * 2))


def test_wrong_codes_lock_however_often_the_password_is_right(
    application: Application, world: Scim, user: dict[str, Any], own: Signing
) -> None:
    enrol(own)
    allow(application, world, lockAfter=3)
    for _ in range(3):
        begun = sign_in(application, world, user["userName"]).get_json()
        assert problem(second(application, begun["challenge"], "000000"))[0] == 401
    assert sign_in(application, world, user["userName"]).status_code == 401


def test_a_temporary_password_does_not_stand_in_for_the_second_factor(
    application: Application, world: Scim, user: dict[str, Any], own: Signing
) -> None:
    codes = enrol(own)
    given = temporary(application, world, user)
    begun = sign_in(application, world, user["userName"], given).get_json()
    answer = second(application, begun["challenge"], fresh(codes))
    body = {"challenge": required(answer), "password": OTHER}
    session = Signing(application).post("/sign-in/password", body).get_json()["session"]
    assert session["methods"] == ["pwd", "otp"]


# Passwords that SCIM sends (security rule 16).


def test_by_default_one_from_scim_opens_nothing(application: Application, scim: Scim) -> None:
    user = scim.user(password=PASSWORD)
    assert not opens(application, scim, user, PASSWORD)


SENT: dict[str, Any] = {
    "PUT": lambda scim, user, text: scim.put(
        f"/Users/{user['id']}",
        {"schemas": [USER], "userName": user["userName"], "Password": text},
    ),
    "PATCH path": lambda scim, user, text: scim.patch(
        f"/Users/{user['id']}", {"op": "replace", "path": "password", "value": text}
    ),
    "PATCH whole path": lambda scim, user, text: scim.patch(
        f"/Users/{user['id']}", {"op": "Replace", "path": f"{USER}:password", "value": text}
    ),
    "PATCH object": lambda scim, user, text: scim.patch(
        f"/Users/{user['id']}", {"op": "add", "value": {"password": text}}
    ),
}


@pytest.mark.parametrize("way", SENT)
def test_one_from_scim_replaces_the_old_one(
    application: Application, world: Scim, user: dict[str, Any], own: Signing, way: str
) -> None:
    answer = SENT[way](world, user, OTHER)
    assert answer.status_code == 200, answer.text
    assert OTHER not in answer.text
    assert not opens(application, world, user, PASSWORD)
    assert opens(application, world, user, OTHER)
    assert own.get("/session").status_code == 401


@pytest.mark.parametrize("way", SENT)
def test_one_from_scim_obeys_the_policy(
    application: Application, world: Scim, user: dict[str, Any], way: str
) -> None:
    assert error(SENT[way](world, user, WEAK)) == (400, "invalidValue")
    assert opens(application, world, user, PASSWORD)


@pytest.mark.parametrize("way", SENT)
def test_the_same_one_again_ends_nothing(
    world: Scim, user: dict[str, Any], own: Signing, way: str
) -> None:
    assert SENT[way](world, user, PASSWORD).status_code == 200
    assert own.get("/session").status_code == 200


@pytest.mark.parametrize("way", SENT)
def test_who_is_deprovisioned_gets_none(
    application: Application, world: Scim, user: dict[str, Any], way: str
) -> None:
    path = f"/users/{user['id']}/status"
    application.admin(world.tenant).post(path, {"event": "deprovision"})
    assert error(SENT[way](world, user, OTHER))[0] == 409
    with application.parts.database.reading() as connection:
        kept = f"SELECT count(*) FROM login WHERE tenant = {world.tenant}"
        assert connection.exec_driver_sql(kept).scalar_one() == 0


def test_a_creation_with_a_weak_one_leaves_no_trace(world: Scim) -> None:
    body = {"schemas": [USER], "userName": "somebody", "password": WEAK}
    assert error(world.post("/Users", body)) == (400, "invalidValue")
    assert world.found("/Users", 'userName eq "somebody"') == []


def test_each_operation_of_a_job_has_its_own(
    application: Application, world: Scim, user: dict[str, Any]
) -> None:
    names = [world.name() for _ in range(3)]
    posts = [
        {
            "method": "POST",
            "path": "/Users",
            "bulkId": name,
            "data": {"schemas": [USER], "userName": name, "password": password},
        }
        for name, password in zip(names, (OTHER, WEAK, PASSWORD), strict=True)
    ]
    operations = [{"op": "replace", "path": "password", "value": OTHER}]
    data = {"schemas": [MESSAGES + "PatchOp"], "Operations": operations}
    patch = {"method": "PATCH", "path": f"/Users/{user['id']}", "data": data}
    answer = world.bulk(*posts, patch)
    statuses = [one["status"] for one in answer.get_json(force=True)["Operations"]]
    assert statuses == ["201", "400", "201", "200"]
    assert opens(application, world, {"userName": names[0]}, OTHER)
    assert opens(application, world, {"userName": names[2]}, PASSWORD)
    assert opens(application, world, user, OTHER)


def test_scim_sets_no_password_of_an_administrator(
    application: Application, world: Scim, user: dict[str, Any]
) -> None:
    admin = application.admin(world.tenant)
    granted = admin.post("/grants", {"holder": user["id"], "role": "Super Admin"})
    assert granted.status_code == 201, granted.text
    client = application.scim(tenant=world.tenant, scopes=("*:write",))
    assert error(SENT["PATCH path"](client, user, OTHER))[0] == 403
    assert opens(application, world, user, PASSWORD)


def test_a_request_without_one_costs_no_statement_more(world: Scim, user: dict[str, Any]) -> None:
    named = {"op": "replace", "path": "displayName", "value": "Ann"}
    with watched(world.application) as statements:
        world.get("/Users")
        statements.clear()
        world.patch(f"/Users/{user['id']}", named)
        assert [text for text in statements if "policy" in text or "login" in text] == []
