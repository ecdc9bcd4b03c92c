"""Nobody grants more than they hold (security rule 14).

Or acts on who holds more: test_rule_14_higher_roles.py. The last Super Admin stays (V-11):
tests/web/test_last_administrator.py.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from werkzeug.test import TestResponse

from tests.application import ACCOUNT, GROUP, MESSAGES, USER, Admin, Application, Scim
from tests.security.lesser import bearer_of
from tests.security.stage import FOLDER
from tests.web.people import ADMINISTRATOR, DELEGATED, EVERY_SCOPE, SUPER, give, key_of, with_role


@dataclass(frozen=True)
class Ambition:
    """Somebody without a role, a group that makes Super Admins, and who would use both."""

    world: Scim
    accomplice: str
    name: str
    group: str
    inner: str
    bearer: str
    application: Application

    @property
    def scim(self) -> Scim:
        return Scim(self.application, self.world.tenant, self.bearer)

    @property
    def admin(self) -> Admin:
        return Admin(self.application, self.bearer)


def member(ambition: Ambition) -> dict[str, object]:
    return {"op": "add", "path": "members", "value": [{"value": ambition.accomplice}]}


def patch(group: str, *operations: dict[str, object]) -> dict[str, object]:
    data = {"schemas": [MESSAGES + "PatchOp"], "Operations": list(operations)}
    return {"method": "PATCH", "path": f"/Groups/{group}", "data": data}


def whole_group(ambition: Ambition) -> dict[str, object]:
    members = [{"value": ambition.accomplice}, {"value": ambition.inner}]
    return {"schemas": [GROUP], "displayName": ambition.world.name(), "members": members}


def new_group(ambition: Ambition) -> TestResponse:
    """A group of one's own, put into the one with the role by the same job."""
    made = {"schemas": [GROUP], "displayName": ambition.world.name()}
    return ambition.scim.bulk(
        {
            "method": "POST",
            "path": "/Groups",
            "bulkId": "g",
            "data": made | {"members": [{"value": ambition.accomplice}]},
        },
        patch(ambition.group, {"op": "add", "path": "members", "value": [{"value": "bulkId:g"}]}),
    )


def new_user(ambition: Ambition) -> TestResponse:
    """A user and the membership in one job."""
    return ambition.scim.bulk(
        {
            "method": "POST",
            "path": "/Users",
            "bulkId": "u",
            "data": {"schemas": [USER], "userName": ambition.world.name()},
        },
        patch(ambition.group, {"op": "add", "path": "members", "value": [{"value": "bulkId:u"}]}),
    )


PROVISIONING: dict[str, Callable[[Ambition], TestResponse]] = {
    "PATCH add": lambda a: a.scim.patch(f"/Groups/{a.group}", member(a)),
    "PATCH add to a group within": lambda a: a.scim.patch(f"/Groups/{a.inner}", member(a)),
    "PATCH replace": lambda a: a.scim.patch(f"/Groups/{a.group}", member(a) | {"op": "replace"}),
    "PATCH without a path": lambda a: a.scim.patch(
        f"/Groups/{a.group}", {"op": "add", "value": {"members": [{"value": a.accomplice}]}}
    ),
    "PUT": lambda a: a.scim.put(f"/Groups/{a.group}", whole_group(a)),
    "Bulk PATCH": lambda a: a.scim.bulk(patch(a.group, member(a))),
    "Bulk PUT": lambda a: a.scim.bulk(
        {"method": "PUT", "path": f"/Groups/{a.group}", "data": whole_group(a)}
    ),
    "Bulk with a new group": new_group,
    "Bulk with a new user": new_user,
    "groups of the user": lambda a: a.scim.patch(
        f"/Users/{a.accomplice}", {"op": "add", "path": "groups", "value": [{"value": a.group}]}
    ),
    "roles": lambda a: a.scim.patch(
        f"/Users/{a.accomplice}", {"op": "add", "path": "roles", "value": [{"value": SUPER}]}
    ),
    "entitlements": lambda a: a.scim.patch(
        f"/Users/{a.accomplice}",
        {"op": "add", "path": "entitlements", "value": [{"value": SUPER, "type": "role"}]},
    ),
    "the role of the account": lambda a: a.scim.patch(
        f"/Users/{a.accomplice}", {"op": "add", "path": f"{ACCOUNT}:role", "value": SUPER}
    ),
}
ADMINISTERING: dict[str, Callable[[Ambition], TestResponse]] = {
    "grant": lambda a: a.admin.post(
        "/grants", {"holder": a.accomplice, "role": SUPER, "limits": {}}
    ),
    "grant to a group": lambda a: a.admin.post(
        "/grants", {"holder": a.inner, "role": ADMINISTRATOR, "limits": {}}
    ),
    "a new account with a role": lambda a: a.admin.post(
        "/users", {"userName": a.world.name(), "role": SUPER}
    ),
    "an invitation with a role": lambda a: a.admin.post(
        "/users",
        {"userName": a.world.name(), "email": "a@b.c", "activation": "pending", "role": SUPER},
    ),
    "a new account in the group": lambda a: a.admin.post(
        "/users", {"userName": a.world.name(), "groups": [a.group]}
    ),
    "join": lambda a: a.admin.post(f"/users/{a.accomplice}/groups", {"group": a.group}),
    "import": lambda a: a.admin.send(
        "POST",
        "/users/import",
        data=f"userName,groups\n{a.world.name()},super admins\n".encode(),
        content_type="text/csv",
    ),
    "import of who is there": lambda a: a.admin.send(
        "POST",
        "/users/import",
        data=f"userName,groups,role\n{a.name},super admins,{SUPER}\n".encode(),
        content_type="text/csv",
        query_string={"update": "true"},
    ),
    "a key with every scope": lambda a: a.admin.post("/keys", {"name": "k", "scopes": ["admin"]}),
    "a key with the scope of roles": lambda a: a.admin.post(
        "/keys", {"name": "k", "scopes": ["admin:roles:write"]}
    ),
    "the policy": lambda a: a.admin.patch("/policy", {"passwordLength": 8}),
}


@pytest.fixture(params=["a key of nobody that an administrator made", "an administrator's key"])
def bearer(request: pytest.FixtureRequest, application: Application, world: Scim) -> str:
    return bearer_of(request.param, application, world)


def ambition(application: Application, world: Scim, bearer: str) -> Ambition:
    accomplice = world.user()
    inner = world.group(world.user()["id"])["id"]
    group = world.group(inner, displayName="super admins")["id"]
    give(application.admin(world.tenant), group, SUPER)
    id, name = accomplice["id"], accomplice["userName"]
    return Ambition(world, id, name, group, inner, bearer, application)


def holders(application: Application, world: Scim) -> list[str]:
    """Ids of everybody who has a role, of their own or by a group."""
    admin = application.admin(world.tenant)
    users = world.get("/Users?count=200").get_json(force=True)["Resources"]
    return [
        user["id"]
        for user in users
        if admin.get(f"/users/{user['id']}/rights").get_json()["rights"]
    ]


@pytest.mark.parametrize("way", [*PROVISIONING, *ADMINISTERING])
def test_nobody_gives_more_than_they_hold(
    application: Application, world: Scim, bearer: str, way: str
) -> None:
    ambitious = ambition(application, world, bearer)
    before = holders(application, world)
    answer = (PROVISIONING | ADMINISTERING)[way](ambitious)
    assert answer.status_code < 500, answer.text
    assert holders(application, world) == before
    assert "token" not in answer.get_json(force=True)


@pytest.mark.parametrize("way", PROVISIONING)
def test_an_identity_provider_makes_no_administrators(
    application: Application, world: Scim, way: str
) -> None:
    scopes = ("*:write", "bulk", "accounts:write")
    ambitious = ambition(application, world, application.token(world.tenant, scopes=scopes))
    before = holders(application, world)
    assert PROVISIONING[way](ambitious).status_code < 500
    assert holders(application, world) == before


@pytest.mark.parametrize("way", ["PATCH add", "Bulk with a new user", "join", "grant"])
def test_who_holds_it_gives_it(application: Application, world: Scim, way: str) -> None:
    user = world.user()["id"]
    give(application.admin(world.tenant), user, SUPER)
    bearer = key_of(application, world.tenant, user, EVERY_SCOPE)
    ambitious = ambition(application, world, bearer)
    before = holders(application, world)
    assert (PROVISIONING | ADMINISTERING)[way](ambitious).status_code in (200, 201)
    assert len(holders(application, world)) == len(before) + 1


def test_a_delegated_administrator_moves_nobody_out_of_their_part(
    application: Application, world: Scim
) -> None:
    writer = application.scim(tenant=world.tenant, scopes=("*:write", "accounts:write"))
    user = world.user()["id"]
    folder = {"op": "add", "path": f"{ACCOUNT}:folder", "value": "/emea/north"}
    assert writer.patch(f"/Users/{user}", folder).status_code == 200
    _, delegated = with_role(application, world, DELEGATED, folder=FOLDER)
    assert delegated.patch(f"/users/{user}", {"folder": "/emea/south"}).status_code == 200
    for folder_beyond in ("/apac", None, "/emeaton"):
        answer = delegated.patch(f"/users/{user}", {"folder": folder_beyond})
        assert answer.status_code == 403, answer.text
    made = {"userName": world.name(), "folder": "/apac"}
    assert delegated.post("/users", made).status_code in (403, 404)
    assert delegated.post("/users", made | {"folder": "/emea"}).status_code == 201


@pytest.mark.parametrize("scopes", [["users:write"], ["users:write", "admin:users:read"]])
def test_a_key_does_what_it_asks_for(
    application: Application, world: Scim, scopes: list[str]
) -> None:
    """Of a scope of SCIM, its rights follow: it needs none of the administration besides."""
    user, _ = with_role(application, world, ADMINISTRATOR)
    scim = Scim(application, world.tenant, key_of(application, world.tenant, user, scopes))
    made = scim.post("/Users", {"schemas": [USER], "userName": world.name()})
    assert made.status_code == 201, made.text
    id = made.get_json(force=True)["id"]
    off = {"op": "replace", "path": "active", "value": False}
    assert scim.patch(f"/Users/{id}", off).status_code == 200
    assert scim.delete(f"/Users/{id}").status_code == 204
    assert Admin(application, scim.bearer).post("/users", {}).status_code == 403
