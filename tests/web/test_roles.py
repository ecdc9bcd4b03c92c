"""Roles: given, inherited, effective on the next request, never more than the giver's (rule 14)."""

import pytest

from tests.application import ACCOUNT, Application, Scim, error, problem
from tests.web.people import (
    ADMINISTRATOR,
    DELEGATED,
    SUPER,
    acting,
    give,
    key_of,
    with_role,
)


def role(scim: Scim, user: str) -> str | None:
    shown = scim.get(f"/Users/{user}", query={"attributes": f"{ACCOUNT}:role"})
    found: str | None = shown.get_json(force=True).get(ACCOUNT, {}).get("role")
    return found


@pytest.mark.shows("rights count from the next request")
def test_a_role_counts_from_the_next_request_on(application: Application, scim: Scim) -> None:
    user = scim.user()["id"]
    admin, as_user = application.admin(scim.tenant), acting(application, scim, user)
    assert problem(as_user.get("/sessions"))[0] == 403
    grant = give(admin, user, ADMINISTRATOR)
    assert as_user.get("/sessions").status_code == 200
    assert admin.delete(f"/grants/{grant}").status_code == 204
    assert problem(as_user.get("/sessions"))[0] == 403


@pytest.mark.parametrize("depth", [1, 2])
@pytest.mark.shows("permissions of one's own or of a group")
def test_a_group_s_role_is_its_members_at_any_depth(
    application: Application, scim: Scim, depth: int
) -> None:
    user = scim.user()["id"]
    inner = top = scim.group(user)["id"]
    if depth == 2:
        top = scim.group(inner)["id"]
    as_user = acting(application, scim, user)
    give(application.admin(scim.tenant), top, ADMINISTRATOR)
    assert as_user.get("/sessions").status_code == 200
    [held] = as_user.get(f"/users/{user}/rights").get_json()["rights"]
    assert (held["role"], held["direct"], held["holder"]) == (ADMINISTRATOR, False, top)
    assert role(scim, user) is None
    scim.patch(f"/Groups/{inner}", {"op": "remove", "path": f'members[value eq "{user}"]'})
    assert problem(as_user.get("/sessions"))[0] == 403


@pytest.mark.shows("roles Super Admin, Administrator, Basic User")
def test_the_highest_role_of_one_s_own_is_shown_and_found(
    application: Application, scim: Scim
) -> None:
    user, admin = scim.user()["id"], application.admin(scim.tenant)
    before = scim.get(f"/Users/{user}").headers["ETag"]
    give(admin, user, ADMINISTRATOR)
    grant = give(admin, user, SUPER)
    give(admin, scim.user()["id"], SUPER)
    assert role(scim, user) == SUPER
    assert scim.get(f"/Users/{user}").headers["ETag"] != before
    assert user in scim.found("/Users", f'{ACCOUNT}:role eq "{SUPER}"')
    admin.delete(f"/grants/{grant}")
    assert role(scim, user) == ADMINISTRATOR
    assert scim.found("/Users", f'{ACCOUNT}:role eq "{ADMINISTRATOR}"') == [user]


@pytest.mark.shows("who holds what, and who gave it")
def test_who_holds_what_and_who_gave_it(application: Application, scim: Scim) -> None:
    boss, as_boss = with_role(application, scim, SUPER)
    users = [scim.user()["id"] for _ in range(3)]
    grants = [give(as_boss, user, ADMINISTRATOR) for user in users]
    asked = {"role": ADMINISTRATOR, "count": 2}
    first = as_boss.get("/grants", **asked).get_json()
    rest = as_boss.get("/grants", cursor=first["next"], **asked).get_json()
    found = first["grants"] + rest["grants"]
    assert first["total"] == 3 and "next" not in rest
    assert [each["id"] for each in found] == grants[::-1]
    assert [each["holder"] for each in found] == users[::-1]
    name = scim.get(f"/Users/{boss}").get_json(force=True)["userName"]
    assert {each["givenBy"] for each in found} == {f"{name} (test)"}
    [one] = as_boss.get("/grants", holder=users[0]).get_json()["grants"]
    assert one["id"] == grants[0]


@pytest.mark.shows("roles Super Admin, Administrator, Basic User")
def test_every_role_is_listed_with_its_permissions(application: Application, scim: Scim) -> None:
    roles = application.admin(scim.tenant).get("/roles").get_json()["roles"]
    assert [each["name"] for each in roles] == [SUPER, ADMINISTRATOR, DELEGATED, "Basic User"]
    assert "roles:write" in roles[0]["permissions"]
    assert "roles:write" not in roles[1]["permissions"]


@pytest.mark.parametrize("mine", [ADMINISTRATOR, DELEGATED, None])
@pytest.mark.parametrize("wanted", [SUPER, ADMINISTRATOR])
@pytest.mark.shows("nobody gives more than they hold")
def test_nobody_gives_more_than_they_hold(
    application: Application, scim: Scim, mine: str | None, wanted: str
) -> None:
    user, limits = scim.user()["id"], {"folder": "/emea"} if mine == DELEGATED else {}
    if mine:
        give(application.admin(scim.tenant), user, mine, **limits)
    as_user = acting(application, scim, user)
    body = {"holder": user, "role": wanted}
    assert problem(as_user.post("/grants", body))[0] == 403
    assert wanted == mine or role(scim, user) != wanted


@pytest.mark.parametrize("scopes", [["admin:roles:write"], ["admin:roles:write", "*:write"]])
def test_a_credential_gives_no_more_than_its_scopes(
    application: Application, scim: Scim, scopes: list[str]
) -> None:
    user = scim.user()["id"]
    some = application.admin(scim.tenant, scopes)
    assert problem(some.post("/grants", {"holder": user, "role": ADMINISTRATOR}))[0] == 403


@pytest.mark.parametrize("verb", ["add", "replace", "put", "nested", "bulk"])
def test_membership_gives_no_role_that_the_credential_lacks(
    application: Application, scim: Scim, verb: str
) -> None:
    user, group = scim.user()["id"], scim.group()
    give(application.admin(scim.tenant), group["id"], ADMINISTRATOR)
    provider = application.scim(tenant=scim.tenant, scopes=("*:write", "bulk"))
    path, members = f"/Groups/{group['id']}", [{"value": user}]
    add = {"op": "add", "path": "members", "value": members}
    if verb == "bulk":
        data = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [add]}
        answer = provider.bulk({"method": "PATCH", "path": path, "data": data})
        assert answer.get_json(force=True)["Operations"][0]["status"] == "403"
    elif verb == "put":
        assert error(provider.put(path, group | {"members": members}))[0] == 403
    elif verb == "nested":
        inner = scim.group(user)["id"]
        given = {"op": "add", "path": "members", "value": [{"value": inner}]}
        assert error(provider.patch(path, given))[0] == 403
    else:
        assert error(provider.patch(path, add | {"op": verb}))[0] == 403
    assert scim.get(path).get_json(force=True).get("members", []) == []
    assert scim.patch(path, add).status_code == 200, "the scope admin covers every role"


@pytest.mark.parametrize("attribute", ["roles", "entitlements"])
def test_what_a_provider_writes_gives_nothing(
    application: Application, scim: Scim, attribute: str
) -> None:
    values = [{"value": name, "primary": False} for name in (SUPER, ADMINISTRATOR, "admin")]
    user = scim.user(**{attribute: values})["id"]
    account = {ACCOUNT: {"role": SUPER}}
    scim.patch(f"/Users/{user}", {"op": "add", "value": account})
    as_user = acting(application, scim, user)
    assert problem(as_user.get("/grants"))[0] == 403
    assert application.admin(scim.tenant).get(f"/users/{user}/rights").get_json()["rights"] == []
    assert role(scim, user) is None


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"role": "Basic User"}, 400),
        ({"role": "Emperor"}, 400),
        ({"role": DELEGATED}, 400),
        ({"role": SUPER, "limits": {"folder": "/emea"}}, 400),
        ({"role": DELEGATED, "limits": {"folder": "emea"}}, 400),
        ({"role": DELEGATED, "limits": {"groups": ["nobody"]}}, 400),
        ({"role": DELEGATED, "limits": {"folder": "/a", "attributes": ["shoe"]}}, 400),
        ({"role": DELEGATED, "limits": {"folder": "/a", "attributes": ["name.givenName"]}}, 400),
        ({"role": ADMINISTRATOR, "colour": "red"}, 400),
        ({"role": ADMINISTRATOR, "holder": "nobody"}, 404),
    ],
)
def test_what_is_no_grant_is_refused(
    application: Application, scim: Scim, body: dict[str, object], status: int
) -> None:
    admin = application.admin(scim.tenant)
    answer = admin.post("/grants", {"holder": scim.user()["id"], **body})
    assert problem(answer)[0] == status, answer.text


def test_a_role_is_not_given_twice_nor_to_who_is_gone(application: Application, scim: Scim) -> None:
    user, admin = scim.user()["id"], application.admin(scim.tenant)
    give(admin, user, ADMINISTRATOR)
    body = {"holder": user, "role": ADMINISTRATOR}
    assert problem(admin.post("/grants", body))[0] == 409
    admin.post(f"/users/{user}/status", {"event": "deprovision"})
    assert role(scim, user) is None
    assert admin.get("/grants", holder=user).get_json()["total"] == 0
    assert problem(admin.post("/grants", body))[0] == 409


def test_a_grant_of_another_tenant_is_not_there(application: Application, scim: Scim) -> None:
    grant = give(application.admin(scim.tenant), scim.user()["id"], ADMINISTRATOR)
    stranger = application.admin(application.tenant())
    assert problem(stranger.delete(f"/grants/{grant}"))[0] == 404
    assert stranger.get("/grants").get_json()["total"] == 0


@pytest.mark.shows("a higher role is out of reach")
def test_a_higher_role_is_looked_after_by_its_like(application: Application, scim: Scim) -> None:
    boss, as_boss = with_role(application, scim, SUPER)
    with_role(application, scim, SUPER)
    _, as_admin = with_role(application, scim, ADMINISTRATOR)
    step = {"event": "suspend"}
    assert problem(as_admin.post(f"/users/{boss}/status", step))[0] == 403
    assert problem(as_admin.delete(f"/users/{boss}/sessions"))[0] == 403
    assert (
        problem(as_admin.post(f"/users/{boss}/keys", {"name": "k", "scopes": ["admin"]}))[0] == 403
    )
    over_scim = Scim(application, scim.tenant, as_admin.bearer or "")
    title = {"op": "replace", "path": "title", "value": "x"}
    assert error(over_scim.patch(f"/Users/{boss}", title))[0] == 403
    assert error(over_scim.delete(f"/Users/{boss}"))[0] == 403
    assert as_boss.get("/grants").status_code == 200


def test_a_suspended_administrator_is_none(application: Application, scim: Scim) -> None:
    user, as_user = with_role(application, scim, ADMINISTRATOR)
    scim.patch(f"/Users/{user}", {"op": "replace", "path": "active", "value": False})
    assert problem(as_user.get("/sessions"))[0] == 401
    scim.patch(f"/Users/{user}", {"op": "replace", "path": "active", "value": True})
    assert problem(as_user.get("/sessions"))[0] == 401
    fresh = acting(application, scim, user)
    assert fresh.get("/sessions").status_code == 200


def test_an_unlimited_role_reaches_over_scim(application: Application, scim: Scim) -> None:
    user = scim.user()["id"]
    token = key_of(application, scim.tenant, user)
    as_user = Scim(application, scim.tenant, token)
    assert error(as_user.get("/Users"))[0] == 403
    grant = give(application.admin(scim.tenant), user, ADMINISTRATOR)
    assert as_user.get("/Users").status_code == 200
    as_user.user(userName="made-by-key")
    application.admin(scim.tenant).delete(f"/grants/{grant}")
    assert error(as_user.get("/Users"))[0] == 403
