"""One write path for whoever writes (security rule 13, V-07).

Every endpoint that writes is told by an event; a refused request by none. What the schema keeps
from clients, no way in writes. That versions and events are one chain, the fixture of the database
checks.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

from scim_server.config import ADMIN_PATH, AUTH_PATH, BASE_PATH
from tests.application import ACCOUNT, USER, Application, Scim
from tests.security.endpoints import ADMINISTRATION, PROVISIONING, SIGNING_IN, Write
from tests.security.stage import Stage, bearer_for, staged
from tests.signing import people
from tests.web.event_log import events

SILENT = {
    (BASE_PATH, "POST /Me"): "clients make no user of themselves",
    (ADMIN_PATH, "POST /users/<id>/authenticators/webauthn"): "the example is no key",
    (ADMIN_PATH, "POST /users/<id>/authenticators/webauthn/begin"): "nothing has happened yet",
    (ADMIN_PATH, "POST /mails/<id>/retry"): "it waits as before",
    (ADMIN_PATH, "POST /users/<id>/invitation"): "whoever has a password needs none",
    (ADMIN_PATH, "PUT /users/<id>/applications/<application>"): "the user has it already",
}
"""What is no change, and why."""
CALLS = [(ADMIN_PATH, call) for call in ADMINISTRATION] + [
    (BASE_PATH, call) for call in PROVISIONING
]


@pytest.mark.parametrize(("api", "call"), [each for each in CALLS if each not in SILENT])
def test_what_is_done_is_told(application: Application, world: Scim, api: str, call: str) -> None:
    stage = staged(application, world)
    write = {ADMIN_PATH: ADMINISTRATION, BASE_PATH: PROVISIONING}[api][call]
    before = len(events(world))
    answer = stage.send(api, call, write, bearer_for(stage, api, call))
    assert answer.status_code in write.done, answer.text
    assert len(events(world)) > before


@pytest.fixture(scope="module")
def shared(application: Application) -> Stage:
    """One for all that is refused: each test sees that nothing has changed."""
    return staged(application, people(application))


@pytest.mark.parametrize(("api", "call"), CALLS)
def test_what_is_refused_leaves_no_trace(shared: Stage, api: str, call: str) -> None:
    write = {ADMIN_PATH: ADMINISTRATION, BASE_PATH: PROVISIONING}[api][call]
    before, told = len(events(shared.world)), shared.told()
    scopes = ["users:read", "groups:read", "admin:users:read"]
    reader = shared.application.token(shared.world.tenant, scopes=scopes, user=shared.id)
    answer = shared.send(api, call, write, reader)
    assert answer.status_code == 403 or (call == "POST /Me" and answer.status_code == 501)
    assert (len(events(shared.world)), shared.told()) == (before, told)


READ_ONLY: dict[str, Any] = {
    "id": "chosen",
    "meta": {"created": "2001-01-01T00:00:00Z", "version": 'W/"99"', "resourceType": "Group"},
    "groups": [{"value": "GROUP"}],
    ACCOUNT: {
        "status": "Deprovisioned",
        "role": "Super Admin",
        "source": "HR",
        "lastSignIn": "2001-01-01T00:00:00Z",
        "folder": "/boss",
    },
}
"""What a client without the scope for accounts writes none of."""


def posted(scim: Scim, name: str, kept: dict[str, Any]) -> TestResponse:
    return scim.post("/Users", {"schemas": [USER, ACCOUNT], "userName": name, **kept})


def put(scim: Scim, name: str, kept: dict[str, Any]) -> TestResponse:
    user = scim.user(userName=name)
    body = {"schemas": [USER, ACCOUNT], "userName": name, **kept}
    return scim.put(f"/Users/{user['id']}", body)


def patched(scim: Scim, name: str, kept: dict[str, Any]) -> TestResponse:
    user = scim.user(userName=name)
    return scim.patch(f"/Users/{user['id']}", {"op": "replace", "value": kept})


def patched_by_path(scim: Scim, name: str, kept: dict[str, Any]) -> TestResponse:
    user = scim.user(userName=name)
    for member, value in kept[ACCOUNT].items():
        operation = {"op": "replace", "path": f"{ACCOUNT}:{member}", "value": value}
        answer = scim.patch(f"/Users/{user['id']}", operation)
    return answer


def by_bulk(scim: Scim, name: str, kept: dict[str, Any]) -> TestResponse:
    data = {"schemas": [USER, ACCOUNT], "userName": name, **kept}
    return scim.bulk({"method": "POST", "path": "/Users", "bulkId": "q", "data": data})


def by_me(scim: Scim, name: str, kept: dict[str, Any]) -> TestResponse:
    user = scim.user(userName=name)
    token = scim.application.token(scim.tenant, user=user["id"])
    own = Scim(scim.application, scim.tenant, token)
    return own.put("/Me", {"schemas": [USER, ACCOUNT], "userName": name, **kept})


def imported(media: str, text: Callable[[str], str]) -> Callable[..., TestResponse]:
    def send(scim: Scim, name: str, _: dict[str, Any]) -> TestResponse:
        admin = scim.application.admin(scim.tenant, ["admin:users:write", "admin:users:read"])
        data = text(name).encode()
        return admin.send("POST", "/users/import", data=data, content_type=media)

    return send


COLUMNS = "userName,id,role,source,created,lastSignIn"
WAYS: dict[str, Callable[[Scim, str, dict[str, Any]], TestResponse]] = {
    "POST": posted,
    "PUT": put,
    "PATCH": patched,
    "PATCH by path": patched_by_path,
    "Bulk": by_bulk,
    "PUT /Me": by_me,
    "import of CSV": imported(
        "text/csv", lambda name: f"{COLUMNS}\n{name},chosen,Super Admin,HR,2001-01-01,2001-01-01\n"
    ),
    "import of lines": imported(
        "application/jsonl",
        lambda name: json.dumps(
            {"userName": name, "id": "chosen", "role": "Super Admin", "source": "HR"}
        ),
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_what_the_schema_keeps_nobody_writes(world: Scim, way: str) -> None:
    group, name = world.group()["id"], world.name()
    assert WAYS[way](world, name, READ_ONLY | {"groups": [{"value": group}]}).status_code < 500
    [id] = world.found("/Users", f'userName eq "{name}"')
    standing = [f"{ACCOUNT}:{member}" for member in READ_ONLY[ACCOUNT]]
    asked = {"attributes": ",".join(["meta", "groups", "active", *standing])}
    user = world.get(f"/Users/{id}", query=asked).get_json(force=True)
    account = user.get(ACCOUNT, {})
    assert user["id"] != "chosen" and user["active"] is True and "groups" not in user
    assert user["meta"]["created"] > "2026" and user["meta"]["resourceType"] == "User"
    assert account["status"] == "Active" and account["source"] in ("SCIM", "Local")
    assert account.keys() <= {"status", "source"}


@pytest.mark.parametrize("member", ["id", "source", "lastSignIn", "created", "status", "tenant"])
@pytest.mark.parametrize("call", ["POST /users", "PATCH /users/<id>"])
def test_the_administration_knows_no_such_member(shared: Stage, call: str, member: str) -> None:
    told = shared.told()
    method, _, path = call.partition(" ")
    body = {"userName": shared.world.name(), member: "x"}
    answer = shared.admin.send(method, shared.path(path), body)
    assert answer.status_code == 400, answer.text
    assert shared.told() == told


@pytest.mark.parametrize("member", ["role", "groups", "status", "active", "password", "folder"])
def test_a_registration_with_more_is_refused(
    application: Application, world: Scim, member: str
) -> None:
    stage = staged(application, world)
    assert stage.admin.patch("/policy", {"selfRegistration": True}).status_code == 200
    write = Write(SIGNING_IN["POST /registration"].body | {member: "x"})
    assert stage.send(AUTH_PATH, "POST /registration", write, None).status_code == 400
    assert world.found("/Users", f'userName eq "{stage.names["new"]}"') == []
