"""Users' second factors over the administration API: seen, registered, removed, reset."""

from typing import Any

import pytest

from tests.application import ORIGIN, Admin, Application, Scim, problem
from tests.software_key import SoftwareKey
from tests.web.factors import actions, listed, mails, registered


@pytest.mark.shows("security key registered on behalf of a user")
def test_a_key_is_registered_on_a_users_behalf(
    application: Application, scim: Scim, admin: Admin
) -> None:
    user = scim.user(emails=[{"value": "anna@example.com"}])["id"]
    answer = registered(admin, user, SoftwareKey(ORIGIN))
    assert answer.status_code == 201, answer.text
    shown = answer.get_json()
    assert shown["kind"] == "webauthn" and shown["created"].endswith("Z")
    assert shown.keys() == {"id", "kind", "name", "created", "used"}
    assert listed(admin, user) == ["blue key"]
    assert "add authenticator" in actions(admin, user)
    assert mails(application, scim.tenant) == ["anna@example.com authenticator_added"]


def test_a_user_has_several_keys_and_no_key_twice(scim: Scim, admin: Admin) -> None:
    anna, ben = scim.user()["id"], scim.user()["id"]
    blue, red = SoftwareKey(ORIGIN), SoftwareKey(ORIGIN)
    assert registered(admin, anna, blue, "blue").status_code == 201
    assert registered(admin, anna, red, "red").status_code == 201
    assert problem(registered(admin, anna, red, "red again")) == (409, "uniqueness")
    assert problem(registered(admin, ben, blue, "stolen")) == (409, "uniqueness")
    assert (listed(admin, anna), listed(admin, ben)) == (["blue", "red"], [])


def test_a_key_that_the_user_has_is_told_to_the_browser(scim: Scim, admin: Admin) -> None:
    user, key = scim.user()["id"], SoftwareKey(ORIGIN)
    shown = registered(admin, user, key).get_json()
    begun = admin.post(f"/users/{user}/authenticators/webauthn/begin").get_json()["publicKey"]
    [excluded] = begun["excludeCredentials"]
    assert excluded["id"] == key.create(begun)["id"]
    assert begun["rp"]["id"] == "scim.example.com"
    assert begun["user"]["name"] == scim.get(f"/Users/{user}").get_json(force=True)["userName"]
    assert admin.delete(f"/users/{user}/authenticators/{shown['id']}").status_code == 204


def test_a_registration_is_answered_once(scim: Scim, admin: Admin) -> None:
    user, key = scim.user()["id"], SoftwareKey(ORIGIN)
    path = f"/users/{user}/authenticators/webauthn"
    options = admin.post(f"{path}/begin").get_json()["publicKey"]
    body = {"credential": key.create(options)}
    assert admin.post(path, body).status_code == 201
    assert problem(admin.post(path, {"credential": SoftwareKey(ORIGIN).create(options)}))[0] == 400
    assert len(listed(admin, user)) == 1


def test_a_registration_is_for_the_user_and_the_latest_challenge(scim: Scim, admin: Admin) -> None:
    anna, ben = scim.user()["id"], scim.user()["id"]
    paths = [f"/users/{user}/authenticators/webauthn" for user in (anna, ben)]
    older = admin.post(f"{paths[0]}/begin").get_json()["publicKey"]
    newer = admin.post(f"{paths[0]}/begin").get_json()["publicKey"]
    key = SoftwareKey(ORIGIN)
    assert problem(admin.post(paths[0], {"credential": key.create(older)}))[0] == 400
    assert problem(admin.post(paths[1], {"credential": key.create(newer)}))[0] == 400
    assert admin.post(paths[0], {"credential": key.create(newer)}).status_code == 201


@pytest.mark.parametrize(
    "key",
    [
        SoftwareKey("https://evil.example"),
        SoftwareKey("http://scim.example.com"),
        SoftwareKey(ORIGIN, flags=0),
        SoftwareKey(ORIGIN, id=b""),
    ],
    ids=["another site", "another scheme", "nobody there", "no id"],
)
def test_what_is_no_answer_registers_nothing(scim: Scim, admin: Admin, key: SoftwareKey) -> None:
    user = scim.user()["id"]
    assert problem(registered(admin, user, key)) == (400, "invalidValue")
    assert listed(admin, user) == []


GARBAGE: tuple[Any, ...] = (
    *(None, 7, "", "!", "A", "AAAA", "o2Nm", [], {}),
    *("n" * 70_000, "gYGBgYGB" * 5_000, "e30", "W10", "bnVsbA", "eyJjaGFsbGVuZ2UiOjd9"),
)
"""Among them deep CBOR, and JSON of other shapes."""


def garbled(credential: dict[str, Any]) -> list[Any]:
    """A good credential, spoilt in every place and manner."""
    response = credential["response"]
    found: list[Any] = [{}, {"id": 1}, {**credential, "response": []}]
    for name in response:
        for value in GARBAGE:
            found.append({**credential, "response": {**response, name: value}})
    for name in ("id", "rawId", "type"):
        for value in (*GARBAGE, "Ω"):
            found.append({**credential, name: value})
    return found


def test_a_garbled_credential_is_never_a_defect(scim: Scim, admin: Admin) -> None:
    user = scim.user()["id"]
    path = f"/users/{user}/authenticators/webauthn"
    options = admin.post(f"{path}/begin").get_json()["publicKey"]
    good = SoftwareKey(ORIGIN).create(options)
    for credential in garbled(good):
        answer = admin.post(path, {"credential": credential})
        assert answer.status_code == 400, (credential, answer.text)
    assert admin.post(path, {"credential": good}).status_code == 201


def test_other_tenants_users_are_not_found(application: Application, scim: Scim) -> None:
    user, other = scim.user()["id"], application.admin(application.tenant())
    key = SoftwareKey(ORIGIN)
    mine = application.admin(scim.tenant)
    id = registered(mine, user, key).get_json()["id"]
    assert problem(other.get(f"/users/{user}/authenticators"))[0] == 404
    assert problem(other.delete(f"/users/{user}/authenticators/{id}"))[0] == 404
    assert problem(other.post(f"/users/{user}/authenticators/reset"))[0] == 404
    assert problem(other.post(f"/users/{user}/authenticators/webauthn/begin"))[0] == 404
    asked = other.post("/authenticators/reset", {"users": [user]}).get_json()
    assert asked == {"users": 0, "authenticators": 0, "notFound": [user]}
    assert listed(mine, user) == ["blue key"]


@pytest.mark.parametrize("scope", ["*:write", "admin:users:read"])
def test_only_who_may_write_credentials_changes_any(
    application: Application, scim: Scim, scope: str
) -> None:
    user = scim.user()["id"]
    other = application.admin(scim.tenant, [scope])
    path = f"/users/{user}/authenticators"
    assert problem(other.delete(f"{path}/1"))[0] == 403
    assert problem(other.post(f"{path}/reset"))[0] == 403
    assert problem(other.post(f"{path}/webauthn/begin"))[0] == 403
    assert problem(other.post("/authenticators/reset", {"users": [user]}))[0] == 403


def test_who_is_suspended_gets_no_key(scim: Scim, admin: Admin) -> None:
    user = scim.user(active=False)["id"]
    assert problem(admin.post(f"/users/{user}/authenticators/webauthn/begin"))[0] == 409


def test_deprovisioning_takes_them_away(scim: Scim, admin: Admin) -> None:
    user = scim.user()["id"]
    registered(admin, user, SoftwareKey(ORIGIN))
    assert admin.post(f"/users/{user}/status", {"event": "deprovision"}).status_code == 200
    assert listed(admin, user) == []


def test_a_user_has_at_most_twenty(scim: Scim, admin: Admin) -> None:
    user = scim.user()["id"]
    for number in range(20):
        assert registered(admin, user, SoftwareKey(ORIGIN), f"{number}").status_code == 201
    assert problem(admin.post(f"/users/{user}/authenticators/webauthn/begin"))[0] == 409
