"""Every route of the server, and for each one that writes, a request that it takes.

A route that is not here fails test_endpoints.py: whoever adds one says here what it takes, and so
it is tried by every rule.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from werkzeug.routing import Rule

from scim_server.config import ADMIN_PATH, AUTH_PATH, BASE_PATH
from scim_server.web.auth import Access
from tests.application import GROUP, MESSAGES, USER, Application

LINKS = "/auth/links/"


@dataclass(frozen=True)
class Write:
    """What a route that writes takes; texts may name parts of a Stage, as ``{user}``.

    done: statuses of success
    """

    body: Any = None
    done: tuple[int, ...] = (200,)
    query: dict[str, str] = field(default_factory=dict)
    media: str = "application/json"


NEW_USER = {"userName": "{new}", "displayName": "New"}
PROFILE = {"displayName": "Other"}
OPERATION = {"op": "replace", "path": "displayName", "value": "Other"}
PATCH = {"schemas": [MESSAGES + "PatchOp"], "Operations": [OPERATION]}
WHOLE = {"schemas": [USER], "userName": "{name}", "displayName": "Other"}
SUSPEND = {"event": "suspend"}
MADE, TAKEN, GONE, BOTH = (201,), (202,), (204,), (200, 204)

ADMINISTRATION: dict[str, Write] = {
    "POST /users": Write(NEW_USER, MADE),
    "PATCH /users/<id>": Write(PROFILE),
    "DELETE /users/<id>": Write(),
    "POST /users/<id>/status": Write(SUSPEND),
    "POST /users/<id>/groups": Write({"group": "{spare}"}),
    "POST /users/<id>/groups/new": Write({"displayName": "{new}"}, MADE),
    "DELETE /users/<id>/groups/<group>": Write(done=GONE),
    "POST /users/status": Write(SUSPEND | {"ids": ["{id}"]}),
    "POST /users/delete": Write({"ids": ["{id}"]}),
    "POST /users/import": Write("userName,displayName\n{new},New\n", media="text/csv"),
    "POST /users/<id>/recovery-link": Write({}),
    "POST /users/<id>/invitation": Write({}, (409,)),
    "POST /users/<id>/password": Write({"mode": "temporary"}),
    "POST /users/<id>/keys": Write({"name": "k", "scopes": ["admin"]}, MADE),
    "DELETE /users/<id>/keys/<key>": Write(done=GONE),
    "POST /keys": Write({"name": "k", "scopes": ["users:read"]}, MADE),
    "DELETE /keys/<id>": Write(done=GONE),
    "DELETE /users/<id>/sessions": Write(),
    "DELETE /sessions/<id>": Write(done=GONE),
    "POST /sessions/end": Write({"ids": ["{session}"]}),
    "DELETE /users/<id>/authenticators/<authenticator>": Write(done=GONE),
    "POST /users/<id>/authenticators/reset": Write({}),
    "POST /authenticators/reset": Write({"users": ["{id}"]}),
    "POST /users/<id>/authenticators/webauthn/begin": Write(),
    "POST /users/<id>/authenticators/webauthn": Write({"credential": {}, "name": "k"}, (400,)),
    "PUT /users/<id>/applications/<application>": Write(done=GONE),
    "DELETE /users/<id>/applications/<application>": Write(done=GONE),
    "POST /applications": Write({"name": "{new}"}, MADE),
    "PATCH /applications/<id>": Write({"description": "Other"}),
    "DELETE /applications/<id>": Write(done=GONE),
    "POST /applications/<id>/assignments": Write({"holders": ["{spare}"]}),
    "DELETE /applications/<id>/assignments/<holder>": Write(done=GONE),
    "POST /applications/<id>/credential": Write({}, MADE),
    "POST /grants": Write({"holder": "{user}", "role": "Administrator", "limits": {}}, MADE),
    "DELETE /grants/<id>": Write(done=GONE),
    "PATCH /policy": Write({"staleDays": 91}),
    "POST /mails/<id>/retry": Write(),
    "DELETE /mails/<id>": Write(done=GONE),
    "POST /sources/<source>/runs": Write({"mode": "full"}, TAKEN),
    "POST /runs/<id>/confirm": Write(done=TAKEN),
}
PROVISIONING: dict[str, Write] = {
    "POST /Users": Write({"schemas": [USER], "userName": "{new}"}, MADE),
    "PUT /Users/<id>": Write(WHOLE),
    "PATCH /Users/<id>": Write(PATCH),
    "DELETE /Users/<id>": Write(done=GONE),
    "POST /Groups": Write({"schemas": [GROUP], "displayName": "{new}"}, MADE),
    "PUT /Groups/<id>": Write({"schemas": [GROUP], "displayName": "{new}"}),
    "PATCH /Groups/<id>": Write(PATCH, BOTH),
    "DELETE /Groups/<id>": Write(done=GONE),
    "POST /Me": Write({"schemas": [USER], "userName": "{new}"}, (201, 501)),
    "PUT /Me": Write(WHOLE),
    "PATCH /Me": Write(PATCH),
    "DELETE /Me": Write(done=GONE),
    "POST /Bulk": Write(
        {
            "schemas": [MESSAGES + "BulkRequest"],
            "Operations": [{"method": "PATCH", "path": "/Users/{id}", "data": PATCH}],
        }
    ),
}
SIGNING_IN: dict[str, Write] = {
    "POST /sign-in": Write({"tenant": "{tenant}", "userName": "{name}", "password": "{password}"}),
    "POST /sign-in/second": Write({"challenge": "{text}", "proof": {"kind": "totp", "code": "1"}}),
    "POST /sign-in/password": Write({"challenge": "{text}", "password": "{password}"}),
    "POST /sign-out": Write(done=GONE),
    "POST /password": Write({"current": "{password}", "new": "{password}!"}, GONE),
    "DELETE /sessions/<id>": Write(done=GONE),
    "POST /recovery": Write({"tenant": "{tenant}", "userName": "{name}"}, (202,)),
    "POST /recovery/password": Write({"token": "{text}", "password": "{password}"}, GONE),
    "POST /activation": Write({"token": "{text}", "password": "{password}"}, GONE),
    "POST /registration": Write({"tenant": "{tenant}", "userName": "{new}", "email": "a@b.c"}),
    "POST /verification": Write({"token": "{text}", "password": "{password}"}, GONE),
    "POST /authenticators/totp/begin": Write({}),
    "POST /authenticators/totp": Write({"enrolment": "{text}", "code": "123456", "name": "n"}),
    "POST /authenticators/webauthn/begin": Write({}),
    "POST /authenticators/webauthn": Write({"credential": {}, "name": "n"}),
    "POST /authenticators/recovery-codes": Write({}),
    "DELETE /authenticators/<id>": Write(done=GONE),
    "POST /keys": Write({"name": "k", "scopes": ["users:read"]}, MADE),
    "DELETE /keys/<id>": Write(done=GONE),
    "POST /introspect": Write("token={text}", media="application/x-www-form-urlencoded"),
}
APIS = {
    ADMIN_PATH: ADMINISTRATION,
    BASE_PATH: PROVISIONING,
    AUTH_PATH: SIGNING_IN,
}
LOOKS = ("/.search",)
"""A POST that only reads."""
OTHERS = ("Devices", "Notes", "/scim/<other_version:")
"""Further resource types, which have the same views; and versions that are refused."""


def routes(application: Application) -> Iterator[tuple[str, str, Rule]]:
    """(method, path in Flask's form, rule) of every route, HEAD apart."""
    for rule in application.flask.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            if not any(other in rule.rule for other in OTHERS):
                yield method, rule.rule.replace("<resource_id:id>", "<id>"), rule


def access(application: Application, rule: Rule) -> Access:
    """Who may come to a route."""
    view: Any = application.flask.view_functions[rule.endpoint]
    level: Access = view.access
    return level


def written(application: Application, api: str) -> set[str]:
    """The routes of an API that write, as the tables above name them."""
    return {
        f"{method} {path.removeprefix(api)}"
        for method, path, _ in routes(application)
        if method != "GET" and path.startswith(api) and not path.endswith(LOOKS)
    }


def filled(given: Any, names: dict[str, str]) -> Any:
    """With what a Stage has in place of the names."""
    match given:
        case str():
            for name, text in names.items():
                given = given.replace(f"{{{name}}}", text)
            return given
        case dict():
            return {key: filled(value, names) for key, value in given.items()}
        case list():
            return [filled(value, names) for value in given]
    return given
