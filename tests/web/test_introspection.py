"""RFC 7662: what an application learns of a token, and in how many statements."""

import base64
from datetime import timedelta
from typing import Any

import pytest

from tests.application import Application, Scim, problem
from tests.signing import PASSWORD, Signing, in_time, people, signed_in
from tests.statements import watched
from tests.web.people import ADMINISTRATOR, DELEGATED, give, key_of

OFF = {"active": False}


@pytest.fixture
def asking(application: Application, world: Scim) -> Signing:
    """An application that may ask."""
    return Signing(application, application.token(world.tenant, scopes=["introspect"]))


def told(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    body: dict[str, Any] = answer.get_json()
    return body


def test_a_live_session_is_told(own: Signing, asking: Signing) -> None:
    session = own.get("/session").get_json()
    body = told(asking.introspect(own.bearer or ""))
    assert body["active"] is True
    assert body["sub"] == session["user"]
    assert body["username"] == session["userName"]
    assert body["amr"] == ["pwd"]
    assert body["sid"] == session["id"]
    assert body["exp"] - body["iat"] == 1800


def test_what_opens_nothing_is_not_active_and_no_more_is_told(
    application: Application, world: Scim, own: Signing, asking: Signing
) -> None:
    stranger = people(application)
    foreign = signed_in(application, stranger, stranger.user(password=PASSWORD)["userName"])
    token = own.bearer or ""
    own.post("/sign-out")
    texts = [token, foreign.bearer or "", world.bearer, asking.bearer or "", "x", "", "\u00e9" * 9]
    assert [told(asking.introspect(text)) for text in texts] == [OFF] * len(texts)


def test_a_session_whose_time_is_over_is_not_active(own: Signing, asking: Signing) -> None:
    with in_time(asking.application, timedelta(minutes=31)) as worker:
        assert told(Signing(worker, asking.bearer).introspect(own.bearer or "")) == OFF


def test_a_suspended_users_session_is_not_active(
    world: Scim, own: Signing, asking: Signing
) -> None:
    id = own.get("/session").get_json()["user"]
    world.patch(f"/Users/{id}", {"op": "replace", "path": "active", "value": False})
    assert told(asking.introspect(own.bearer or "")) == OFF


def test_asking_is_a_use(own: Signing, asking: Signing) -> None:
    for minutes in (20, 40, 60):
        with in_time(asking.application, timedelta(minutes=minutes)) as worker:
            assert told(Signing(worker, asking.bearer).introspect(own.bearer or ""))["active"]


def basic(name: str, token: str | None) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{token}".encode()).decode()}


def test_basic_authentication_names_the_client(
    application: Application, own: Signing, asking: Signing
) -> None:
    client = application.parts.credentials.authenticate(asking.bearer or "")
    for name in (client.id, client.name):
        nobody = Signing(application)
        answer = nobody.introspect(own.bearer or "", **basic(name, asking.bearer))
        assert told(answer)["active"] is True
    refused = Signing(application).introspect(own.bearer or "", **basic("else", asking.bearer))
    assert problem(refused)[0] == 401


@pytest.mark.parametrize(
    "header", ["Basic", "Basic x", "Basic Og==", "Basic //8=", "Bearer", "Digest a=b", ""]
)
def test_a_malformed_credential_is_401(application: Application, own: Signing, header: str) -> None:
    answer = Signing(application).introspect(own.bearer or "", Authorization=header)
    assert problem(answer)[0] == 401


@pytest.mark.parametrize("scopes", [["admin"], ["*:write", "bulk"], ["users:read"]])
def test_it_needs_its_scope(
    application: Application, world: Scim, own: Signing, scopes: list[str]
) -> None:
    other = Signing(application, application.token(world.tenant, scopes=scopes))
    assert problem(other.introspect(own.bearer or ""))[0] == 403


def test_a_session_may_not_ask(own: Signing) -> None:
    assert problem(own.introspect(own.bearer or ""))[0] == 401


@pytest.mark.parametrize(
    ("form", "media", "status"),
    [
        ("token=x", "application/json", 415),
        ("", "application/x-www-form-urlencoded", 400),
        ("hint=x", "application/x-www-form-urlencoded", 400),
        ("token=x&token=y", "application/x-www-form-urlencoded", 400),
        ("token=%FF", "application/x-www-form-urlencoded", 400),
        (b"token=\xff", "application/x-www-form-urlencoded", 400),
        ("token=a%00b", "application/x-www-form-urlencoded", 400),
        ("&".join(f"a{n}=1" for n in range(200)), "application/x-www-form-urlencoded", 400),
        ("token=x&token_type_hint=y&more=z", "application/x-www-form-urlencoded", 200),
    ],
)
def test_the_form_is_to_be_one(asking: Signing, form: str | bytes, media: str, status: int) -> None:
    answer = asking.send("POST", "/introspect", data=form, content_type=media)
    assert answer.status_code == status, answer.text


def test_it_takes_two_statements(own: Signing, asking: Signing) -> None:
    with watched(asking.application) as statements:
        asking.introspect(own.bearer or "")
        statements.clear()
        assert told(asking.introspect(own.bearer or ""))["active"]
        assert len(statements) == 2, statements


def test_a_user_s_key_is_told_with_the_scopes_that_count(
    application: Application, world: Scim, asking: Signing
) -> None:
    user = world.user()
    scopes = ["users:read", "users:write", "admin:sessions:read", "admin:policy:write"]
    admin = application.admin(world.tenant)
    made = admin.post(f"/users/{user['id']}/keys", {"name": "k", "scopes": scopes}).get_json()
    assert told(asking.introspect(made["token"]))["scope"] == ""
    give(admin, user["id"], ADMINISTRATOR)
    key = key_of(application, world.tenant, user["id"], scopes)
    body = told(asking.introspect(key))
    assert body["active"] is True and body["sub"] == user["id"]
    assert body["username"] == user["userName"]
    assert body["scope"] == "admin:sessions:read users:read users:write"
    assert body["exp"] - body["iat"] == 365 * 24 * 3600
    [listed] = [
        each
        for each in admin.get(f"/users/{user['id']}/keys").get_json()["keys"]
        if each["id"] == body["client_id"]
    ]
    assert listed["used"] is not None


def test_who_is_limited_opens_nothing_of_scim_with_a_key(
    application: Application, world: Scim, asking: Signing
) -> None:
    user = world.user()["id"]
    give(application.admin(world.tenant), user, DELEGATED, folder="/emea")
    key = key_of(application, world.tenant, user, ["users:read", "admin:users:read", "admin"])
    assert told(asking.introspect(key))["scope"] == "admin admin:users:read"


def test_a_key_that_opens_nothing_is_not_active(
    application: Application, world: Scim, asking: Signing
) -> None:
    stranger, admin = people(application), application.admin(world.tenant)
    suspended, revoked = world.user()["id"], world.user()["id"]
    keys = [key_of(application, world.tenant, user) for user in (suspended, revoked)]
    keys.append(key_of(application, stranger.tenant, stranger.user()["id"]))
    keys.append(admin.post("/keys", {"name": "k", "scopes": ["users:read"]}).get_json()["token"])
    off = {"op": "replace", "path": "active", "value": False}
    world.patch(f"/Users/{suspended}", off)
    [key] = admin.get(f"/users/{revoked}/keys").get_json()["keys"]
    assert admin.delete(f"/users/{revoked}/keys/{key['id']}").status_code == 204
    assert [told(asking.introspect(each)) for each in keys] == [OFF] * 4


def test_an_expired_key_is_not_active(
    application: Application, world: Scim, asking: Signing
) -> None:
    key = key_of(application, world.tenant, world.user()["id"])
    with in_time(application, timedelta(days=366)) as worker:
        later = Signing(worker, worker.token(world.tenant, scopes=["introspect"]))
        assert told(later.introspect(key)) == OFF


def test_of_a_key_it_takes_three_statements(
    application: Application, world: Scim, asking: Signing
) -> None:
    key = key_of(application, world.tenant, world.user()["id"])
    with watched(application) as statements:
        asking.introspect(key)
        statements.clear()
        assert told(asking.introspect(key))["active"]
        assert len(statements) == 3, statements
