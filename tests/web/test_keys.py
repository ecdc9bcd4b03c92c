"""API keys: what they open, what they never do, and when they end (security rules 12 and 21)."""

import pytest

from scim_server.directory import tokens
from scim_server.store.models import API_KEY
from tests.application import Admin, Application, Scim, error, problem
from tests.statements import watched
from tests.web.people import ADMINISTRATOR, SUPER, acting, give, key_of, with_role
from tests.web.person import person as signed_in

SYSTEM = {"name": "nightly", "scopes": ["users:read"]}


@pytest.mark.shows("API keys of the system")
def test_a_system_s_key_opens_what_its_scopes_say(application: Application, scim: Scim) -> None:
    admin = application.admin(scim.tenant)
    made = admin.post("/keys", SYSTEM)
    assert made.status_code == 201, made.text
    key = Scim(application, scim.tenant, made.get_json()["token"])
    assert key.get("/Users").status_code == 200
    assert error(key.get("/Groups"))[0] == 403
    assert error(key.post("/Users", {}))[0] == 403
    assert problem(Admin(application, key.bearer).get("/keys"))[0] == 403


@pytest.mark.parametrize("where", ["/keys", "/users/{user}/keys"])
@pytest.mark.shows("API keys of the system", "API keys of users")
def test_a_key_is_shown_once_and_listed_without_its_secret(
    application: Application, scim: Scim, where: str
) -> None:
    path, admin = where.format(user=scim.user()["id"]), application.admin(scim.tenant)
    made = [admin.post(path, SYSTEM).get_json() for _ in range(3)]
    listed = admin.get(path, count=2)
    rest = admin.get(path, count=2, cursor=listed.get_json()["next"])
    found = listed.get_json()["keys"] + rest.get_json()["keys"]
    assert {each["id"] for each in found} == {each["id"] for each in made}
    assert listed.get_json()["total"] == 3 and "next" not in rest.get_json()
    for each in made:
        assert each["token"].startswith("scimkey_") and tokens.is_token(each["token"])
        assert each["expires"].endswith("Z") and each["used"] is None
        assert each["token"] not in listed.text + rest.text
        assert tokens.digest(each["token"]) not in listed.text + rest.text


def test_no_secret_is_stored_or_told(application: Application, scim: Scim) -> None:
    admin = application.admin(scim.tenant)
    made = admin.post("/keys", SYSTEM).get_json()
    with application.parts.database.reading() as connection:
        rows = connection.execute(API_KEY.select().where(API_KEY.c.id == made["id"])).all()
    assert made["token"] not in str(rows)
    events = admin.get("/events").text
    assert made["id"] in events and made["token"] not in events
    assert tokens.digest(made["token"]) not in events


@pytest.mark.parametrize("where", ["/keys", "/users/{user}/keys", "/keys of the user"])
@pytest.mark.shows("API keys of the system", "API keys of users")
def test_a_revoked_key_opens_nothing(application: Application, scim: Scim, where: str) -> None:
    user, admin = scim.user()["id"], application.admin(scim.tenant)
    give(admin, user, ADMINISTRATOR)
    path = where.format(user=user) if where != "/keys of the user" else f"/users/{user}/keys"
    made = admin.post(path, SYSTEM).get_json()
    key = Scim(application, scim.tenant, made["token"])
    assert key.get("/Users").status_code == 200
    end = f"/keys/{made['id']}" if where == "/keys of the user" else f"{path}/{made['id']}"
    assert admin.delete(end).status_code == 204
    assert error(key.get("/Users"))[0] == 401
    assert problem(admin.delete(end))[0] == 404


def test_a_key_of_somebody_else_is_not_there(application: Application, scim: Scim) -> None:
    one, other, admin = scim.user()["id"], scim.user()["id"], application.admin(scim.tenant)
    made = admin.post(f"/users/{one}/keys", SYSTEM).get_json()
    assert problem(admin.delete(f"/users/{other}/keys/{made['id']}"))[0] == 404
    stranger = application.admin(application.tenant())
    assert problem(stranger.delete(f"/keys/{made['id']}"))[0] == 404
    assert problem(stranger.post(f"/users/{one}/keys", SYSTEM))[0] == 404


@pytest.mark.parametrize("change", ["cut", "longer", "other secret", "other prefix", "twice"])
def test_what_is_no_key_opens_nothing(application: Application, scim: Scim, change: str) -> None:
    user, token = scim.user()["id"], ""
    give(application.admin(scim.tenant), user, ADMINISTRATOR)
    token = key_of(application, scim.tenant, user)
    other = tokens.make(tokens.Use.KEY, scim.tenant)[0]
    shown = {
        "cut": token[:-1],
        "longer": token + "A",
        "other secret": other,
        "other prefix": token.replace("scimkey_", "scim_"),
        "twice": f"{token} {token}",
    }[change]
    assert Scim(application, scim.tenant, token).get("/Users").status_code == 200
    assert error(Scim(application, scim.tenant, shown).get("/Users"))[0] == 401


@pytest.mark.parametrize(
    "end", ["active false", "suspend", "deprovision", "delete", "clear sessions"]
)
@pytest.mark.shows("API keys die with their user")
def test_keys_die_with_their_user(application: Application, scim: Scim, end: str) -> None:
    user, as_user = with_role(application, scim, ADMINISTRATOR)
    admin = application.admin(scim.tenant)
    assert as_user.get("/sessions").status_code == 200
    match end:
        case "active false":
            off = {"op": "replace", "path": "active", "value": False}
            assert scim.patch(f"/Users/{user}", off).status_code == 200
        case "delete":
            assert scim.delete(f"/Users/{user}").status_code == 204
        case "clear sessions":
            assert admin.delete(f"/users/{user}/sessions").status_code == 200
        case _:
            assert admin.post(f"/users/{user}/status", {"event": end}).status_code == 200
    assert problem(as_user.get("/sessions"))[0] == 401
    assert error(Scim(application, scim.tenant, as_user.bearer or "").get("/Users"))[0] == 401
    assert admin.get("/keys").get_json()["total"] == 0


@pytest.mark.parametrize(
    ("scopes", "path", "status"),
    [
        (["admin:sessions:read"], "/sessions", 200),
        (["admin:sessions:read"], "/keys", 403),
        (["users:read"], "/sessions", 403),
        (["admin"], "/policy", 200),
    ],
)
def test_a_user_s_key_does_no_more_than_its_scopes(
    application: Application, scim: Scim, scopes: list[str], path: str, status: int
) -> None:
    user, _ = with_role(application, scim, SUPER)
    assert acting(application, scim, user, scopes).get(path).status_code == status


def test_a_user_s_key_does_no_more_than_its_user(application: Application, scim: Scim) -> None:
    as_user = acting(application, scim, scim.user()["id"])
    assert problem(as_user.get("/sessions"))[0] == 403
    assert error(Scim(application, scim.tenant, as_user.bearer or "").get("/Users"))[0] == 403


@pytest.mark.parametrize("scope", ["admin", "admin:roles:write", "*:write", "bulk"])
def test_nobody_makes_a_system_key_that_does_more_than_they(
    application: Application, scim: Scim, scope: str
) -> None:
    some = application.admin(scim.tenant, ["admin:keys:write", "admin:users:read"])
    assert problem(some.post("/keys", {"name": "more", "scopes": [scope]}))[0] == 403
    assert some.post("/keys", SYSTEM).status_code == 201


@pytest.mark.parametrize(
    "body",
    [
        {"name": "", "scopes": ["users:read"]},
        {"name": "k" * 101, "scopes": ["users:read"]},
        {"name": "k", "scopes": []},
        {"name": "k", "scopes": ["introspect"]},
        {"name": "k", "scopes": ["shoes:write"]},
        {"name": "k", "scopes": ["users:read"], "expiresDays": 0},
        {"name": "k", "scopes": ["users:read"], "expiresDays": 4000},
        {"name": "k", "scopes": ["users:read"], "expiresDays": 1.9},
        {"name": "k", "scopes": ["users:read"], "expiresDays": "5"},
        {"name": " \n\t", "scopes": ["users:read"]},
        {"name": "k", "scopes": ["users:read"], "user": "me"},
    ],
)
def test_what_is_no_key_is_not_made(
    application: Application, scim: Scim, body: dict[str, object]
) -> None:
    admin = application.admin(scim.tenant)
    assert problem(admin.post("/keys", body))[0] == 400
    assert problem(admin.post(f"/users/{scim.user()['id']}/keys", body))[0] == 400


def test_who_may_not_sign_in_gets_no_key(application: Application, scim: Scim) -> None:
    user = scim.user(active=False)["id"]
    answer = application.admin(scim.tenant).post(f"/users/{user}/keys", SYSTEM)
    assert problem(answer)[0] == 409


def test_an_expired_key_opens_nothing_and_is_not_listed(
    application: Application, scim: Scim
) -> None:
    admin = application.admin(scim.tenant)
    made = admin.post("/keys", SYSTEM | {"expiresDays": 1}).get_json()
    with application.parts.database.writing() as connection:
        mine = API_KEY.c.id == made["id"]
        connection.execute(API_KEY.update().where(mine).values(expires="2026-01-01T00:00:00"))
    assert error(Scim(application, scim.tenant, made["token"]).get("/Users"))[0] == 401
    assert admin.get("/keys").get_json()["total"] == 0


def test_the_use_is_noted(application: Application, scim: Scim) -> None:
    admin = application.admin(scim.tenant)
    made = admin.post("/keys", SYSTEM).get_json()
    Scim(application, scim.tenant, made["token"]).get("/Users")
    [key] = admin.get("/keys").get_json()["keys"]
    assert key["used"].endswith("Z")


@pytest.mark.parametrize(("owner", "number"), [("system", 2), ("user", 3)])
def test_a_key_takes_so_many_statements(
    application: Application, scim: Scim, owner: str, number: int
) -> None:
    user, admin = scim.user()["id"], application.admin(scim.tenant)
    give(admin, user, ADMINISTRATOR)
    path = "/keys" if owner == "system" else f"/users/{user}/keys"
    token = admin.post(path, SYSTEM).get_json()["token"]
    key = Scim(application, scim.tenant, token)
    key.get(f"/Users/{user}")
    with watched(application) as statements:
        key.get("/Users?count=0")
        statements.clear()
        assert key.get(f"/Users/{user}").status_code == 200
        assert len(statements) == number, "\n\n".join(statements)


def test_a_user_s_own_keys_with_a_session(application: Application, scim: Scim) -> None:
    person = signed_in(application, scim)
    made = person.post("/keys", name="mine", scopes=["admin:sessions:read"])
    assert made.status_code == 201, made.text
    as_user = Admin(application, made.get_json()["token"])
    assert problem(as_user.get("/sessions"))[0] == 403
    give(application.admin(scim.tenant), person.id, ADMINISTRATOR)
    assert as_user.get("/sessions").status_code == 200
    [listed] = person.get("/keys").get_json()["keys"]
    assert listed["id"] == made.get_json()["id"] and "token" not in listed
    other = application.admin(scim.tenant).post("/keys", SYSTEM).get_json()
    assert problem(person.delete(f"/keys/{other['id']}"))[0] == 404
    assert person.delete(f"/keys/{listed['id']}").status_code == 204
    assert problem(as_user.get("/sessions"))[0] == 401


def test_a_key_makes_no_keys(application: Application, scim: Scim) -> None:
    user, _ = with_role(application, scim, SUPER)
    client = application.flask.test_client()
    bearer = f"Bearer {key_of(application, scim.tenant, user)}"
    answer = client.post("/auth/v1/keys", json=SYSTEM, headers={"Authorization": bearer})
    assert problem(answer)[0] == 401


def test_a_session_has_its_user_s_roles_at_once(application: Application, scim: Scim) -> None:
    person = signed_in(application, scim)
    as_user = Admin(application, person.token)
    assert problem(as_user.get("/sessions"))[0] == 403
    grant = give(application.admin(scim.tenant), person.id, ADMINISTRATOR)
    assert as_user.get("/sessions").status_code == 200
    application.admin(scim.tenant).delete(f"/grants/{grant}")
    assert problem(as_user.get("/sessions"))[0] == 403
    over_scim = Scim(application, scim.tenant, person.token or "")
    assert error(over_scim.get("/Users"))[0] == 401
