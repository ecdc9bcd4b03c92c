"""What a link is good for, and what it dies of (security rule 28)."""

from collections.abc import Callable
from typing import Any

import pytest

from scim_server.directory import tokens
from scim_server.directory.worker import Worker
from tests.application import ACCOUNT, Application, Scim, problem
from tests.mail.people import NEW, activate, ask, choose, reader
from tests.post import Postbox
from tests.signing import PASSWORD, Signing, sign_in, signed_in

Deed = Callable[[Application, Scim, dict[str, Any]], object]


def shown(application: Application, world: Scim, user: str, path: str = "recovery-link") -> str:
    """The token of a link that an administrator is shown."""
    answer = application.admin(world.tenant).post(f"/users/{user}/{path}")
    assert answer.status_code == 200, answer.text
    assert answer.get_json()["expires"].endswith("Z")
    return str(answer.get_json()["link"].rpartition("/")[2])


def step(event: str) -> Deed:
    def take(application: Application, world: Scim, user: dict[str, Any]) -> object:
        admin = application.admin(world.tenant)
        return admin.post(f"/users/{user['id']}/status", {"event": event})

    return take


def patch(*operations: dict[str, Any]) -> Deed:
    def send(application: Application, world: Scim, user: dict[str, Any]) -> object:
        return world.patch(f"/Users/{user['id']}", *operations)

    return send


def put(application: Application, world: Scim, user: dict[str, Any]) -> object:
    body = {"schemas": user["schemas"], "userName": user["userName"]}
    return world.put(f"/Users/{user['id']}", body)


def bulk(application: Application, world: Scim, user: dict[str, Any]) -> object:
    operations = [{"op": "replace", "path": "active", "value": False}]
    data = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations}
    return world.bulk({"method": "PATCH", "path": f"/Users/{user['id']}", "data": data})


def delete(application: Application, world: Scim, user: dict[str, Any]) -> object:
    return world.delete(f"/Users/{user['id']}")


def change_password(application: Application, world: Scim, user: dict[str, Any]) -> object:
    own = signed_in(application, world, user["userName"])
    return own.post("/password", {"current": PASSWORD, "new": NEW})


def reset(mode: str) -> Deed:
    def send(application: Application, world: Scim, user: dict[str, Any]) -> object:
        admin = application.admin(world.tenant)
        return admin.post(f"/users/{user['id']}/password", {"mode": mode})

    return send


def sign_out_everywhere(application: Application, world: Scim, user: dict[str, Any]) -> object:
    return application.admin(world.tenant).delete(f"/users/{user['id']}/sessions")


ENDS: dict[str, Deed] = {
    "PATCH active": patch({"op": "replace", "path": "active", "value": False}),
    "PATCH active, as Entra": patch({"op": "Replace", "value": {"active": "False"}}),
    "Bulk": bulk,
    "DELETE": delete,
    "suspend": step("suspend"),
    "deprovision": step("deprovision"),
    "PATCH password": patch({"op": "replace", "path": "password", "value": NEW}),
    "change of password": change_password,
    "temporary password": reset("temporary"),
    "removal of the password": reset("remove"),
    "another link": reset("mail"),
    "sign out everywhere": sign_out_everywhere,
    "PATCH emails": patch(
        {"op": "replace", "path": "emails", "value": [{"value": "new@mail.example"}]}
    ),
    "PATCH an email": patch(
        {"op": "add", "path": "emails", "value": [{"value": "n@mail.example", "primary": True}]}
    ),
    "PUT without emails": put,
    "the address is no longer primary": patch(
        {
            "op": "replace",
            "path": "emails",
            "value": [{"value": "n@mail.example"}, {"value": "m@mail.example", "primary": True}],
        }
    ),
}


@pytest.mark.parametrize("deed", ENDS.values(), ids=ENDS)
@pytest.mark.shows("who leaves Active is out at once: sessions, keys, links")
def test_a_link_that_is_shown_dies_with(application: Application, world: Scim, deed: Deed) -> None:
    user, _ = reader(world)
    token = shown(application, world, user["id"])
    deed(application, world, user)
    assert problem(choose(application, token)) == (404, None)
    assert sign_in(application, world, user["userName"], NEW).status_code in (
        (200,) if deed in (change_password, ENDS["PATCH password"]) else (401,)
    )


@pytest.mark.parametrize("deed", ENDS.values(), ids=ENDS)
def test_a_link_that_waits_is_not_mailed_after(
    application: Application, world: Scim, box: Postbox, worker: Worker, deed: Deed
) -> None:
    user, address = reader(world)
    application.admin(world.tenant).post(f"/users/{user['id']}/recovery-link", {"mail": "send"})
    deed(application, world, user)
    worker.drain()
    mailed = [m for m in box.arrived if m["Subject"] == "Set a new password"]
    assert [m["To"] for m in mailed] == ([address] if deed is ENDS["another link"] else [])


@pytest.mark.parametrize("name", ["PATCH active", "suspend"])
def test_no_link_comes_back_with_the_account(
    application: Application, world: Scim, name: str
) -> None:
    user, _ = reader(world)
    token = shown(application, world, user["id"])
    ENDS[name](application, world, user)
    step("reactivate")(application, world, user)
    assert problem(choose(application, token))[0] == 404


def another_type(address: str) -> list[dict[str, Any]]:
    return [{"value": address, "primary": True, "type": "work"}]


def said_not_to_be_primary(address: str) -> list[dict[str, Any]]:
    second = {"value": f"second-{address}", "type": "home", "primary": False}
    return [{"value": address, "primary": True}, second]


def another_order(address: str) -> list[dict[str, Any]]:
    return said_not_to_be_primary(address)[::-1]


def another_letter_case(address: str) -> list[dict[str, Any]]:
    return [{"value": address.upper(), "primary": True}]


@pytest.mark.parametrize(
    "emails", [another_type, said_not_to_be_primary, another_order, another_letter_case]
)
def test_what_leaves_the_addresses_as_they_are_ends_nothing(
    application: Application, world: Scim, emails: Callable[[str], list[dict[str, Any]]]
) -> None:
    user, address = reader(world)
    token = shown(application, world, user["id"])
    own = signed_in(application, world, user["userName"])
    operation = {"op": "replace", "path": "emails", "value": emails(address)}
    changed = world.patch(f"/Users/{user['id']}", operation).get_json(force=True)
    assert changed["meta"]["version"] != user["meta"]["version"]
    assert own.get("/session").status_code == 200
    assert choose(application, token).status_code == 204


def test_an_address_that_is_taken_away_ends_them_though_mail_goes_elsewhere(
    application: Application, world: Scim
) -> None:
    emails = [{"value": f"{name}@mail.example", "primary": name == "a"} for name in ("a", "b")]
    user, _ = reader(world, emails=emails)
    token = shown(application, world, user["id"])
    own = signed_in(application, world, user["userName"])
    gone = {"op": "remove", "path": 'emails[value eq "b@mail.example"]'}
    assert world.patch(f"/Users/{user['id']}", gone).status_code == 200
    assert problem(own.get("/session"))[0] == 401
    assert problem(choose(application, token))[0] == 404


def test_another_address_ends_sessions_too(application: Application, world: Scim) -> None:
    user, _ = reader(world)
    own = signed_in(application, world, user["userName"])
    ENDS["PATCH emails"](application, world, user)
    assert problem(own.get("/session"))[0] == 401


@pytest.mark.shows("recovery link works once, and expires", "recovery link shown once")
def test_a_link_works_once(application: Application, world: Scim) -> None:
    user, _ = reader(world)
    token = shown(application, world, user["id"])
    assert choose(application, token).status_code == 204
    assert problem(choose(application, token, PASSWORD))[0] == 404
    assert sign_in(application, world, user["userName"], NEW).status_code == 200


def test_a_link_is_for_one_purpose(application: Application, world: Scim) -> None:
    user, _ = reader(world)
    token = shown(application, world, user["id"])
    assert problem(activate(application, token))[0] == 404
    verification = {"token": token, "password": NEW}
    assert problem(Signing(application).post("/verification", verification))[0] == 404
    assert choose(application, token).status_code == 204


@pytest.mark.parametrize("text", ["x", "scimlnk_", "scimlnk_%00", "scimlnk_\u00e9", "scimses_AAAA"])
def test_what_is_no_link_is_answered_as_a_dead_one(application: Application, text: str) -> None:
    assert problem(choose(application, text)) == (404, None)


def test_a_forged_link_is_answered_as_a_dead_one(application: Application, world: Scim) -> None:
    user, _ = reader(world)
    said = tokens.parse(shown(application, world, user["id"]))
    for tenant in (said.tenant, 2**31 - 1, -1):
        assert problem(choose(application, tokens.remake(said.use, tenant, said.id)))[0] == 404


def test_only_its_digest_is_stored(application: Application, world: Scim) -> None:
    user, _ = reader(world)
    token = shown(application, world, user["id"])
    invited, _ = made(application, world, "Pending")
    application.admin(world.tenant).post(f"/users/{invited['id']}/invitation", {"mail": "send"})
    with application.parts.database.snapshot() as connection:
        for table in ("link", "mail", "event", "resource", "recovery_request"):
            rows = connection.exec_driver_sql(f'SELECT * FROM "{table}"').all()
            assert token not in repr(rows)
            assert "scimlnk_" not in repr(rows)


@pytest.mark.shows("invitations that expire", "recovery link works once, and expires")
def test_an_expired_link_is_dead(application: Application, world: Scim) -> None:
    user, _ = reader(world)
    token = shown(application, world, user["id"])
    with application.parts.database.writing() as connection:
        connection.exec_driver_sql("UPDATE link SET expires = '2026-01-01T00:00:00'")
    assert problem(choose(application, token))[0] == 404


def made(application: Application, world: Scim, status: str) -> tuple[dict[str, Any], str]:
    """A user of a status, without a password."""
    writer = application.scim(tenant=world.tenant, scopes=("*:write", "accounts:write"))
    address = f"{writer.name()}-{status}-{world.tenant}@mail.example"
    schemas = ["urn:ietf:params:scim:schemas:core:2.0:User", ACCOUNT]
    account = {ACCOUNT: {"status": status}}
    name = address.partition("@")[0]
    user = writer.user(schemas=schemas, userName=name, emails=[{"value": address}], **account)
    return user, address


@pytest.mark.parametrize("status", ["Pending", "Inactive", "Active"])
@pytest.mark.shows("invitations that expire")
def test_an_invitation_activates_and_sets_a_password(
    application: Application, world: Scim, box: Postbox, worker: Worker, status: str
) -> None:
    user, address = made(application, world, status)
    sent = application.admin(world.tenant).post(f"/users/{user['id']}/invitation", {"mail": "send"})
    assert sent.get_json() == {"address": address}
    worker.drain()
    [mail] = box.to(address)
    assert mail["Subject"] == "You are invited"
    assert "7 days" in str(mail.get_body())
    assert sign_in(application, world, user["userName"], NEW).status_code == 401
    assert activate(application, box.token(address)).status_code == 204
    assert sign_in(application, world, user["userName"], NEW).status_code == 200


@pytest.mark.parametrize("status", ["Pending", "Inactive", "Suspended"])
def test_who_is_not_active_has_nothing_to_recover(
    application: Application, world: Scim, status: str
) -> None:
    user, _ = made(application, world, status)
    admin = application.admin(world.tenant)
    assert problem(admin.post(f"/users/{user['id']}/recovery-link"))[0] == 409
    assert problem(admin.post(f"/users/{user['id']}/password", {"mode": "temporary"}))[0] == 409


@pytest.mark.parametrize("mail", [{}, {"mail": "send"}])
def test_who_has_a_password_is_not_invited(
    application: Application, world: Scim, mail: dict[str, str]
) -> None:
    """An invitation lives a week, and would set another one."""
    user, _ = reader(world)
    answer = application.admin(world.tenant).post(f"/users/{user['id']}/invitation", mail)
    assert problem(answer)[0] == 409
    assert "has a password" in answer.get_json()["detail"]


def test_who_is_suspended_is_not_invited(application: Application, world: Scim) -> None:
    user, _ = made(application, world, "Suspended")
    admin = application.admin(world.tenant)
    assert problem(admin.post(f"/users/{user['id']}/invitation"))[0] == 409


def test_without_an_address_nothing_is_mailed(application: Application, world: Scim) -> None:
    user, _ = reader(world, emails=[])
    admin = application.admin(world.tenant)
    for body in ({"mode": "mail"}, {"mode": "mail", "signOutEverywhere": True}):
        assert problem(admin.post(f"/users/{user['id']}/password", body))[0] == 409
    assert sign_in(application, world, user["userName"]).status_code == 200


def test_asking_for_a_link_keeps_the_session(application: Application, world: Scim) -> None:
    user, _ = reader(world)
    own = signed_in(application, world, user["userName"])
    ask(application, world, userName=user["userName"])
    assert own.get("/session").status_code == 200
