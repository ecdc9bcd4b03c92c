"""The last Super Admin stays one, whichever API, verb or membership would end it (rule 14)."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from werkzeug.test import TestResponse

from tests.application import ACCOUNT, GROUP, MESSAGES, USER, Admin, Application, Scim
from tests.web.people import ADMINISTRATOR, SUPER, give


@dataclass(frozen=True)
class Tenant:
    """One Super Admin, of their own or by a group in a group."""

    scim: Scim
    admin: Admin
    user: str
    name: str
    inner: str
    outer: str
    grant: str

    def super_admins(self) -> list[str]:
        """Who holds the role and could act on it."""
        users = self.scim.get("/Users?count=100").get_json(force=True)["Resources"]
        return [
            user["id"]
            for user in users
            if user["active"] and SUPER in roles(self.admin, user["id"])
        ]


def roles(admin: Admin, user: str) -> list[str]:
    rights = admin.get(f"/users/{user}/rights").get_json()["rights"]
    return [held["role"] for held in rights]


@pytest.fixture(params=["direct", "through groups"])
def tenant(request: pytest.FixtureRequest, application: Application) -> Iterator[Tenant]:
    scim = application.scim(scopes=("*:write", "bulk", "admin", "accounts:write"))
    admin, user = application.admin(scim.tenant), scim.user()
    inner = scim.group(user["id"])["id"]
    outer = scim.group(inner)["id"]
    holder = user["id"] if request.param == "direct" else outer
    grant = give(admin, holder, SUPER)
    give(admin, scim.user()["id"], ADMINISTRATOR)
    made = Tenant(scim, admin, user["id"], user["userName"], inner, outer, grant)
    assert made.super_admins() == [user["id"]]
    yield made


def patch(*operations: dict[str, object]) -> dict[str, object]:
    return {"schemas": [MESSAGES + "PatchOp"], "Operations": list(operations)}


INACTIVE = {"op": "replace", "path": "active", "value": False}


def bulk(tenant: Tenant, method: str, path: str, data: object = None) -> TestResponse:
    operation = {"method": method, "path": path}
    return tenant.scim.bulk(operation | ({"data": data} if data else {}))


def whole(tenant: Tenant, **attributes: object) -> dict[str, object]:
    return {"schemas": [USER], "userName": tenant.name, **attributes}


Attempt = Callable[[Tenant], TestResponse]
BY_USER: dict[str, Attempt] = {
    "PATCH active": lambda t: t.scim.patch(f"/Users/{t.user}", INACTIVE),
    "PATCH active as text": lambda t: t.scim.patch(
        f"/Users/{t.user}", {"op": "Replace", "path": "active", "value": "False"}
    ),
    "PATCH without path": lambda t: t.scim.patch(
        f"/Users/{t.user}", {"op": "replace", "value": {"active": False}}
    ),
    "PATCH status": lambda t: t.scim.patch(
        f"/Users/{t.user}",
        {"op": "replace", "path": f"{ACCOUNT}:status", "value": "Deprovisioned"},
    ),
    "PUT": lambda t: t.scim.put(f"/Users/{t.user}", whole(t, active=False)),
    "DELETE": lambda t: t.scim.delete(f"/Users/{t.user}"),
    "Bulk PATCH": lambda t: bulk(t, "PATCH", f"/Users/{t.user}", patch(INACTIVE)),
    "Bulk PUT": lambda t: bulk(t, "PUT", f"/Users/{t.user}", whole(t, active=False)),
    "Bulk DELETE": lambda t: bulk(t, "DELETE", f"/Users/{t.user}"),
    "admin suspend": lambda t: t.admin.post(f"/users/{t.user}/status", {"event": "suspend"}),
    "admin deprovision": lambda t: t.admin.post(
        f"/users/{t.user}/status", {"event": "deprovision"}
    ),
    "admin DELETE": lambda t: t.admin.delete(f"/users/{t.user}"),
    "admin revoke": lambda t: t.admin.delete(f"/grants/{t.grant}"),
}
BY_GROUP: dict[str, Attempt] = {
    "PATCH remove the member": lambda t: t.scim.patch(
        f"/Groups/{t.inner}", {"op": "remove", "path": f'members[value eq "{t.user}"]'}
    ),
    "PATCH remove the group": lambda t: t.scim.patch(
        f"/Groups/{t.outer}", {"op": "remove", "path": f'members[value eq "{t.inner}"]'}
    ),
    "PATCH remove all": lambda t: t.scim.patch(
        f"/Groups/{t.inner}", {"op": "remove", "path": "members"}
    ),
    "PATCH replace": lambda t: t.scim.patch(
        f"/Groups/{t.inner}", {"op": "replace", "path": "members", "value": []}
    ),
    "PUT group": lambda t: t.scim.put(
        f"/Groups/{t.inner}", {"schemas": [GROUP], "displayName": t.scim.name(), "members": []}
    ),
    "DELETE inner": lambda t: t.scim.delete(f"/Groups/{t.inner}"),
    "DELETE outer": lambda t: t.scim.delete(f"/Groups/{t.outer}"),
    "Bulk DELETE group": lambda t: bulk(t, "DELETE", f"/Groups/{t.outer}"),
}


def refused(answer: TestResponse) -> bool:
    """A Bulk response tells it of the operation."""
    body = answer.get_json(force=True) if answer.data else {}
    [outcome] = body.get("Operations", [{"status": str(answer.status_code)}])
    return bool(outcome["status"] == "409")


@pytest.mark.parametrize("attempt", BY_USER)
@pytest.mark.shows("the last administrator stays")
def test_the_last_one_stays(tenant: Tenant, attempt: str) -> None:
    before = tenant.scim.get(f"/Users/{tenant.user}").get_json(force=True)
    answer = BY_USER[attempt](tenant)
    assert refused(answer), answer.text
    assert tenant.super_admins() == [tenant.user]
    assert tenant.scim.get(f"/Users/{tenant.user}").get_json(force=True) == before


@pytest.mark.parametrize("tenant", ["through groups"], indirect=True)
@pytest.mark.parametrize("attempt", BY_GROUP)
@pytest.mark.shows("the last administrator stays")
def test_the_last_one_stays_a_member(tenant: Tenant, attempt: str) -> None:
    answer = BY_GROUP[attempt](tenant)
    assert refused(answer), answer.text
    assert tenant.super_admins() == [tenant.user]


@pytest.mark.parametrize("attempt", BY_USER)
def test_the_last_but_one_goes(tenant: Tenant, attempt: str) -> None:
    other = tenant.scim.user()["id"]
    give(tenant.admin, other, SUPER)
    answer = BY_USER[attempt](tenant)
    assert not refused(answer) and answer.status_code < 300, answer.text
    assert tenant.super_admins() == [other]


@pytest.mark.parametrize("tenant", ["through groups"], indirect=True)
@pytest.mark.parametrize("attempt", BY_GROUP)
def test_the_last_but_one_leaves_the_group(tenant: Tenant, attempt: str) -> None:
    other = tenant.scim.user()["id"]
    give(tenant.admin, other, SUPER)
    answer = BY_GROUP[attempt](tenant)
    assert not refused(answer) and answer.status_code < 300, answer.text
    assert tenant.super_admins() == [other]


def test_a_suspended_one_is_no_other(tenant: Tenant) -> None:
    other = tenant.scim.user(active=False)["id"]
    give(tenant.admin, other, SUPER)
    assert refused(tenant.scim.delete(f"/Users/{tenant.user}"))


def test_of_two_at_once_one_stays(application: Application, tenant: Tenant) -> None:
    other = tenant.scim.user()["id"]
    give(tenant.admin, other, SUPER)

    def suspend(user: str) -> int:
        one = Scim(application, tenant.scim.tenant, tenant.scim.bearer)
        return one.patch(f"/Users/{user}", INACTIVE).status_code

    with ThreadPoolExecutor(2) as pool:
        codes = sorted(pool.map(suspend, [tenant.user, other]))
    assert codes == [200, 409]
    assert len(tenant.super_admins()) == 1


def test_where_nobody_is_one_everybody_may_go(scim: Scim) -> None:
    user = scim.user()["id"]
    scim.group(user)
    assert scim.patch(f"/Users/{user}", INACTIVE).status_code == 200
    assert scim.delete(f"/Users/{user}").status_code == 204
