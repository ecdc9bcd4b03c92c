"""Permissions without a role: for everything or for one user, one's own or a group's."""

from typing import Any

import pytest

from tests.application import Admin, Application, Scim, problem
from tests.web.people import acting


def permit(admin: Admin, holder: str, *permissions: str, **limits: Any) -> dict[str, Any]:
    body = {"holder": holder, "permissions": list(permissions), "limits": limits}
    answer = admin.post("/grants", body)
    assert answer.status_code == 201, answer.text
    grant: dict[str, Any] = answer.get_json()
    return grant


@pytest.mark.parametrize("by_group", [False, True], ids=["own", "a group's"])
@pytest.mark.shows(
    "permissions for everything or for one object", "permissions of one's own or of a group"
)
def test_permissions_count_from_the_next_request_on(
    application: Application, scim: Scim, by_group: bool
) -> None:
    user, one, other = (scim.user()["id"] for _ in range(3))
    holder = scim.group(user)["id"] if by_group else user
    admin, as_user = application.admin(scim.tenant), acting(application, scim, user)
    everywhere = permit(admin, holder, "users:read")
    permit(admin, holder, "users:write", "users:status", users=[one])
    assert as_user.get(f"/users/{other}").status_code == 200
    assert as_user.patch(f"/users/{one}", {"displayName": "Ada"}).status_code == 200
    assert as_user.post(f"/users/{one}/status", {"event": "suspend"}).status_code == 200
    assert problem(as_user.patch(f"/users/{other}", {"displayName": "Ada"}))[0] == 404
    assert problem(as_user.delete(f"/users/{one}"))[0] == 403
    assert problem(as_user.get("/sessions"))[0] == 403
    assert admin.delete(f"/grants/{everywhere['id']}").status_code == 204
    assert problem(as_user.get(f"/users/{other}"))[0] == 403


def test_permissions_are_listed_beside_roles(application: Application, scim: Scim) -> None:
    user, one, admin = scim.user()["id"], scim.user()["id"], application.admin(scim.tenant)
    grant = permit(admin, user, "users:write", "users:read", users=[one])
    assert grant["role"] is None
    assert grant["permissions"] == ["users:read", "users:write"]
    assert grant["limits"] == {"users": [one]}
    [listed] = admin.get("/grants", holder=user).get_json()["grants"]
    [held] = admin.get(f"/users/{user}/rights").get_json()["rights"]
    assert listed["permissions"] == held["permissions"] == grant["permissions"]
    assert (held["role"], held["direct"]) == (None, True)
    [event] = admin.get(f"/users/{user}/events", action="grant role").get_json()["events"]
    told = {"permissions": grant["permissions"], "limits": grant["limits"], "grant": grant["id"]}
    assert event["changes"] == {"grant": told}
    assert admin.get(f"/users/{user}").get_json()["role"] is None


def test_permissions_of_one_s_own_are_given_on_and_no_others(
    application: Application, scim: Scim
) -> None:
    giver, user, admin = scim.user()["id"], scim.user()["id"], application.admin(scim.tenant)
    permit(admin, giver, "roles:write", "users:read")
    as_giver = acting(application, scim, giver)
    permit(as_giver, user, "users:read")
    body = {"holder": user, "permissions": ["users:read", "users:write"]}
    assert problem(as_giver.post("/grants", body))[0] == 403


def test_who_gave_it_is_told_by_id(application: Application, scim: Scim) -> None:
    user, admin = scim.user()["id"], application.admin(scim.tenant)
    made = admin.post("/keys", {"name": "boss@example.com", "scopes": ["admin"]}).get_json()
    grant = permit(Admin(application, made["token"]), user, "users:read")
    assert (grant["givenBy"], grant["givenById"]) == ("boss@example.com", made["id"])


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"permissions": []},
        {"permissions": ["users:eat"]},
        {"permissions": ["users:read"], "role": "Administrator"},
        {"permissions": ["users:read"], "limits": {"users": ["nobody"]}},
        {"permissions": ["users:read"], "limits": {"folder": "/emea/"}},
    ],
)
def test_what_is_no_grant_of_permissions_is_refused(
    application: Application, scim: Scim, body: dict[str, object]
) -> None:
    answer = application.admin(scim.tenant).post("/grants", {"holder": scim.user()["id"], **body})
    assert problem(answer)[0] == 400


def test_the_same_is_not_given_twice(application: Application, scim: Scim) -> None:
    user, admin = scim.user()["id"], application.admin(scim.tenant)
    permit(admin, user, "users:read")
    permit(admin, user, "users:read", users=[user])
    body = {"holder": user, "permissions": ["users:read"]}
    assert problem(admin.post("/grants", body))[0] == 409
