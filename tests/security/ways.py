"""The ways to switch a user off, in every spelling: each returns whether it was done."""

from collections.abc import Callable
from typing import Any

from werkzeug.test import TestResponse

from tests.application import ACCOUNT, MESSAGES, USER, Application, Scim
from tests.cli.operator import Operator
from tests.security.belongings import Somebody
from tests.signing import tenant_name

Way = Callable[[Application, Somebody], bool]
OFF = {"op": "replace", "path": "active", "value": False}


def done(answer: TestResponse) -> bool:
    """Of a Bulk job, whether its one operation was."""
    assert answer.status_code in (200, 204), answer.text
    told = answer.get_json(force=True) if answer.data else {}
    return all(each["status"] in ("200", "204") for each in told.get("Operations", ()))


def patch(*operations: dict[str, Any]) -> Way:
    """A PATCH by the identity provider."""
    return lambda _, b: done(b.world.patch(f"/Users/{b.id}", *operations))


def whole(somebody: Somebody, **attributes: Any) -> dict[str, Any]:
    """The user as a client sends it back."""
    kept = {name: somebody.user[name] for name in ("userName", "emails")}
    return {"schemas": [USER], **kept, **attributes}


def put(active: object) -> Way:
    return lambda _, b: done(b.world.put(f"/Users/{b.id}", whole(b, active=active)))


def bulk(method: str, make: Callable[[Somebody], Any] = lambda _: None) -> Way:
    def send(_: Application, somebody: Somebody) -> bool:
        operation = {"method": method, "path": f"/Users/{somebody.id}"}
        data = make(somebody)
        return done(somebody.world.bulk(operation | ({"data": data} if data else {})))

    return send


def by_account_scope(status: str) -> Way:
    """By a client that may write the status itself."""

    def send(application: Application, somebody: Somebody) -> bool:
        scopes = ("*:write", "accounts:write")
        writer = application.scim(tenant=somebody.world.tenant, scopes=scopes)
        operation = {"op": "replace", "path": f"{ACCOUNT}:status", "value": status}
        return done(writer.patch(f"/Users/{somebody.id}", operation))

    return send


def me(method: str) -> Way:
    """By the client that acts as the user."""

    def send(application: Application, somebody: Somebody) -> bool:
        own = Scim(application, somebody.world.tenant, somebody.client)
        match method:
            case "PATCH":
                return done(own.patch("/Me", OFF))
            case "PUT":
                return done(own.put("/Me", whole(somebody, active=False)))
            case _:
                return done(own.delete("/Me"))

    return send


def admin(method: str, path: str, make: Callable[[Somebody], Any] = lambda _: None) -> Way:
    def send(application: Application, somebody: Somebody) -> bool:
        administrator = application.admin(somebody.world.tenant)
        place = path.format(id=somebody.id)
        return done(administrator.send(method, place, make(somebody)))

    return send


def imported(column: str, cell: str) -> Way:
    """A line of a file that says so."""

    def send(application: Application, somebody: Somebody) -> bool:
        text = f"userName,{column}\n{somebody.user['userName']},{cell}\n"
        answer = application.admin(somebody.world.tenant).send(
            "POST",
            "/users/import",
            data=text.encode(),
            content_type="text/csv",
            query_string={"update": "true"},
        )
        assert answer.status_code == 200, answer.text
        return bool(answer.get_json()["updated"] == 1)

    return send


def command(*words: str) -> Way:
    def run(application: Application, somebody: Somebody) -> bool:
        operator = Operator(SCIM_DATABASE_URL=application.config.database_url)
        tenant = tenant_name(application, somebody.world.tenant)
        name = str(somebody.user["userName"])
        answer = operator("user", words[0], name, "--tenant", tenant, *words[1:])
        return answer.exit_code == 0

    return run


def operations(*given: dict[str, Any]) -> Callable[[Somebody], Any]:
    return lambda _: {"schemas": [MESSAGES + "PatchOp"], "Operations": list(given)}


SUSPENDING: dict[str, Way] = {
    "PATCH false": patch(OFF),
    "PATCH 'False'": patch({"op": "Replace", "path": "active", "value": "False"}),
    "PATCH 'false' as an addition": patch({"op": "add", "path": "active", "value": "false"}),
    "PATCH with the URN in the path": patch(
        {"op": "replace", "path": f"{USER}:active", "value": False}
    ),
    "PATCH with another letter case": patch({"op": "REPLACE", "path": "Active", "value": False}),
    "PATCH without a path": patch({"op": "replace", "value": {"active": False}}),
    "PATCH without a path, as text": patch({"op": "Replace", "value": {"active": "False"}}),
    "PATCH among others": patch(
        {"op": "replace", "path": "title", "value": "Dr"},
        OFF,
        {"op": "replace", "path": "nickName", "value": "x"},
    ),
    "PATCH on and off": patch({"op": "replace", "path": "active", "value": True}, OFF),
    "PUT false": put(False),
    "PUT 'False'": put("False"),
    "Bulk PATCH": bulk("PATCH", operations(OFF)),
    "Bulk PUT": bulk("PUT", lambda b: whole(b, active=False)),
    "PATCH /Me": me("PATCH"),
    "PUT /Me": me("PUT"),
    "PATCH the status": by_account_scope("Suspended"),
    "suspend": admin("POST", "/users/{id}/status", lambda _: {"event": "suspend"}),
    "suspend many by id": admin(
        "POST", "/users/status", lambda b: {"event": "suspend", "ids": [b.id]}
    ),
    "suspend many by filter": admin(
        "POST",
        "/users/status",
        lambda b: {"event": "suspend", "filter": f'userName eq "{b.user["userName"]}"'},
    ),
    "import": imported("status", "Suspended"),
    "command": command("suspend"),
}
ENDING: dict[str, Way] = {
    "DELETE": lambda _, b: done(b.world.delete(f"/Users/{b.id}")),
    "Bulk DELETE": bulk("DELETE"),
    "DELETE /Me": me("DELETE"),
    "PATCH the status to Deprovisioned": by_account_scope("Deprovisioned"),
    "deprovision": admin("POST", "/users/{id}/status", lambda _: {"event": "deprovision"}),
    "deprovision many": admin(
        "POST", "/users/status", lambda b: {"event": "deprovision", "ids": [b.id]}
    ),
    "admin DELETE": admin("DELETE", "/users/{id}"),
    "delete many": admin("POST", "/users/delete", lambda b: {"ids": [b.id]}),
    "command deprovision": command("deprovision"),
    "command delete": command("delete", "--yes"),
}
