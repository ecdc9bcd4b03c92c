"""Delegated administrators: they see and change only who is theirs, and only what they may."""

from dataclasses import dataclass
from typing import Any

import pytest

from tests.application import ACCOUNT, Admin, Application, Scim, error, problem
from tests.web.people import ADMINISTRATOR, DELEGATED, give, with_role

NAMES = ["userName", "name", "displayName", "emails", "phoneNumbers"]


@dataclass(frozen=True)
class Part:
    """A part of a directory, its administrator, and who is in it and who is not."""

    scim: Scim
    admin: Admin
    inside: str
    outside: str


@pytest.fixture(params=["nested", "below", "both", "one user"])
def part(request: pytest.FixtureRequest, application: Application, scim: Scim) -> Part:
    folder = {"below": "/emea/sales", "both": "/emea"}.get(request.param, "/emea")
    writer = application.scim(tenant=scim.tenant, scopes=("*:write", "accounts:write"))
    inside = scim.user()["id"]
    outside = scim.user()["id"]
    for user, path in ((inside, folder), (outside, "/emeaton")):
        value = {"op": "add", "path": f"{ACCOUNT}:folder", "value": path}
        assert writer.patch(f"/Users/{user}", value).status_code == 200
    group = scim.group(inside)["id"]
    if request.param == "nested":
        group = scim.group(group)["id"]
    limits: dict[str, Any] = (
        {"groups": [group]} if request.param == "nested" else {"folder": "/emea"}
    )
    if request.param == "both":
        limits["groups"] = [group]
    if request.param == "one user":
        limits = {"users": [inside]}
    _, admin = with_role(application, scim, DELEGATED, attributes=NAMES, **limits)
    return Part(scim, admin, inside, outside)


def test_who_is_beyond_is_not_there(part: Part) -> None:
    for path in ("", "/overview"):
        assert part.admin.get(f"/users/{part.inside}{path}").status_code == 200
        assert problem(part.admin.get(f"/users/{part.outside}{path}"))[0] == 404
    unknown = problem(part.admin.get("/users/nobody"))
    assert unknown == problem(part.admin.get(f"/users/{part.outside}"))


@pytest.mark.shows(
    "delegated administrators keep to their part",
    "permissions for everything or for one object",
)
def test_a_list_holds_only_who_is_within(part: Part) -> None:
    found = part.admin.get("/users").get_json()
    assert [user["id"] for user in found["users"]] == [part.inside]
    assert found["total"] == 1


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/status", {"event": "suspend"}),
        ("PATCH", "", {"displayName": "Other"}),
        ("DELETE", "/sessions", None),
    ],
)
@pytest.mark.shows(
    "delegated administrators keep to their part",
    "permissions for everything or for one object",
)
def test_only_who_is_within_is_changed(
    part: Part, method: str, path: str, body: dict[str, object] | None
) -> None:
    before = part.scim.get(f"/Users/{part.outside}").get_json(force=True)
    beyond = part.admin.send(method, f"/users/{part.outside}{path}", body)
    assert problem(beyond)[0] == 404, beyond.text
    assert part.scim.get(f"/Users/{part.outside}").get_json(force=True) == before
    within = part.admin.send(method, f"/users/{part.inside}{path}", body)
    assert within.status_code == 200, within.text


def test_many_at_once_are_those_within(part: Part) -> None:
    ids = [part.inside, part.outside]
    part.admin.post("/users/status", {"ids": ids, "event": "suspend"})
    shown = [part.scim.get(f"/Users/{id}").get_json(force=True)["active"] for id in ids]
    assert shown == [False, True]


@pytest.mark.parametrize(
    "body", [{"userType": "Boss"}, {"folder": "/apac"}, {"role": "Super Admin"}]
)
@pytest.mark.shows("only some attributes edited, by who is restricted")
def test_only_the_attributes_of_the_role_are_written(part: Part, body: dict[str, object]) -> None:
    before = part.scim.get(f"/Users/{part.inside}").get_json(force=True)
    answer = part.admin.patch(f"/users/{part.inside}", body)
    assert problem(answer)[0] in (400, 403)
    assert part.scim.get(f"/Users/{part.inside}").get_json(force=True) == before


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/sessions"),
        ("GET", "/keys"),
        ("GET", "/grants"),
        ("GET", "/events"),
        ("GET", "/policy"),
        ("GET", "/applications"),
    ],
)
def test_what_is_of_everybody_is_not_for_some(part: Part, method: str, path: str) -> None:
    assert problem(part.admin.send(method, path))[0] == 403


def test_nobody_is_deleted_and_no_group_changed(application: Application, part: Part) -> None:
    assert problem(part.admin.delete(f"/users/{part.inside}"))[0] == 403
    group = part.scim.group()["id"]
    answer = part.admin.post(f"/users/{part.inside}/groups", {"group": group})
    assert problem(answer)[0] in (400, 403), answer.text


def test_a_limited_role_opens_nothing_of_scim(application: Application, part: Part) -> None:
    as_user = Scim(application, part.scim.tenant, part.admin.bearer or "")
    assert error(as_user.get("/Users"))[0] == 403
    assert error(as_user.get(f"/Users/{part.inside}"))[0] == 403


@pytest.mark.shows("rights count from the next request")
def test_limits_are_looked_at_anew(application: Application, scim: Scim) -> None:
    user = scim.user()["id"]
    group = scim.group(user)["id"]
    _, admin = with_role(application, scim, DELEGATED, groups=[group])
    assert admin.get(f"/users/{user}").status_code == 200
    scim.patch(f"/Groups/{group}", {"op": "remove", "path": "members"})
    assert problem(admin.get(f"/users/{user}"))[0] == 404


@pytest.mark.shows("a higher role is out of reach")
def test_a_higher_role_within_is_out_of_their_hands(application: Application, part: Part) -> None:
    give(application.admin(part.scim.tenant), part.inside, ADMINISTRATOR)
    assert part.admin.get(f"/users/{part.inside}").status_code == 200
    answer = part.admin.patch(f"/users/{part.inside}", {"displayName": "Mine"})
    assert problem(answer)[0] == 403
    assert problem(part.admin.post(f"/users/{part.inside}/status", {"event": "suspend"}))[0] == 403
