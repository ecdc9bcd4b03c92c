"""Applications: given to users and groups, shown as entitlements, never written over SCIM."""

import pytest

from tests.application import Admin, Application, Scim, error, problem
from tests.web.given import assign, entitlements, made


def test_an_application_is_made_changed_and_deleted(admin: Admin) -> None:
    answer = admin.post("/applications", {"name": "Wiki", "description": "All we know"})
    one = answer.get_json()["application"]
    path = f"/applications/{one['id']}"
    assert admin.get(path).get_json() == one
    assert one["created"].endswith("Z") and one["description"] == "All we know"
    changed = admin.patch(path, {"name": "Pedia", "description": None}).get_json()
    assert changed == one | {"name": "Pedia", "description": None}
    assert admin.delete(path).status_code == 204
    for gone in (admin.get(path), admin.delete(path), admin.patch(path, {"name": "x"})):
        assert problem(gone)[0] == 404
    assert made(admin, "Pedia") != one["id"], "its name is free again"


def test_names_are_unique(admin: Admin) -> None:
    made(admin)
    other = made(admin, "Pedia")
    assert problem(admin.post("/applications", {"name": "Wiki"})) == (409, "uniqueness")
    assert problem(admin.patch(f"/applications/{other}", {"name": "Wiki"})) == (409, "uniqueness")
    assert admin.patch(f"/applications/{other}", {"name": "Pedia"}).status_code == 200


@pytest.mark.parametrize(
    "body", [{}, {"name": ""}, {"name": " "}, {"name": "n" * 81}, {"name": "n", "colour": "red"}]
)
def test_what_is_no_application_is_refused(admin: Admin, body: dict[str, str]) -> None:
    assert problem(admin.post("/applications", body))[0] == 400


def test_applications_are_listed_by_name(admin: Admin) -> None:
    for name in ("delta", "Alpha", "éclair", "charlie", "Bravo"):
        made(admin, name)
    names: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = admin.get("/applications", count=2, **cursor).get_json()
        names += [each["name"] for each in page["applications"]]
        assert page["total"] == 5
        if "next" not in page:
            break
        cursor = {"cursor": page["next"]}
    assert names == ["Alpha", "Bravo", "charlie", "delta", "éclair"]


def test_its_credential_introspects_and_does_nothing_else(
    application: Application, admin: Admin, scim: Scim
) -> None:
    answer = admin.post("/applications", {"name": "Wiki"}).get_json()
    own = Scim(application, scim.tenant, answer["token"])
    assert error(own.get("/Users"))[0] == 403
    assert problem(Admin(application, own.bearer).get("/applications"))[0] == 403
    told = application.flask.test_client().post(
        "/auth/v1/introspect",
        data={"token": "unknown"},
        headers={"Authorization": f"Bearer {own.bearer}"},
    )
    assert told.get_json() == {"active": False}
    assert answer["token"] not in admin.get("/applications").text + admin.get("/events").text


def test_of_its_tokens_two_are_valid(application: Application, admin: Admin, scim: Scim) -> None:
    answer = admin.post("/applications", {"name": "Wiki"}).get_json()
    path = f"/applications/{answer['application']['id']}"
    tokens = [answer["token"]]
    for _ in range(2):
        renewed = admin.post(f"{path}/credential", {"expiresDays": 30})
        assert renewed.status_code == 201, renewed.text
        tokens.append(renewed.get_json()["token"])
    codes = [Scim(application, scim.tenant, each).get("/Users").status_code for each in tokens]
    assert sorted(codes) == [401, 403, 403] and codes[-1] == 403
    admin.delete(path)
    codes = [Scim(application, scim.tenant, each).get("/Users").status_code for each in tokens]
    assert codes == [401, 401, 401]


@pytest.mark.shows("applications assigned and unassigned")
def test_who_has_it_is_listed(admin: Admin, scim: Scim) -> None:
    id, users = made(admin), [scim.user(displayName=f"U {n}")["id"] for n in range(3)]
    group = scim.group()["id"]
    assign(admin, id, *users)
    assign(admin, id, group, users[0])
    found: list[dict[str, str]] = []
    cursor: dict[str, str] = {}
    while True:
        page = admin.get(f"/applications/{id}/assignments", count=3, **cursor).get_json()
        found += page["assignments"]
        assert page["total"] == 4
        if "next" not in page:
            break
        cursor = {"cursor": page["next"]}
    assert {(each["holder"], each["type"]) for each in found} == {
        *((user, "User") for user in users),
        (group, "Group"),
    }


def test_it_is_given_to_all_or_to_none(admin: Admin, scim: Scim) -> None:
    id, user = made(admin), scim.user()["id"]
    path = f"/applications/{id}/assignments"
    assert problem(admin.post(path, {"holders": [user, "nobody"]}))[0] == 404
    assert entitlements(scim, user) == []
    assert admin.post(path, {"holders": [user, user]}).get_json() == {"assigned": 1}
    assert admin.post(path, {"holders": [user]}).get_json() == {"assigned": 0}
    assert problem(admin.post("/applications/none/assignments", {"holders": [user]}))[0] == 404


@pytest.mark.parametrize("end", ["deprovision", "delete"])
def test_it_goes_with_its_user(admin: Admin, scim: Scim, end: str) -> None:
    id, user = made(admin), scim.user()["id"]
    assert admin.put(f"/users/{user}/applications/{id}", None).status_code == 204
    if end == "delete":
        scim.delete(f"/Users/{user}")
    else:
        admin.post(f"/users/{user}/status", {"event": "deprovision"})
        assert entitlements(scim, user) == []
        assert problem(admin.put(f"/users/{user}/applications/{id}", None))[0] == 409
    assert admin.get(f"/applications/{id}/assignments").get_json()["total"] == 0


def test_another_tenant_has_none_of_it(application: Application, admin: Admin, scim: Scim) -> None:
    id, user = made(admin), scim.user()["id"]
    assign(admin, id, user)
    stranger = application.scim()
    theirs = application.admin(stranger.tenant)
    assert problem(theirs.get(f"/applications/{id}"))[0] == 404
    other = stranger.user()["id"]
    path = f"/applications/{id}/assignments"
    assert problem(theirs.post(path, {"holders": [other]}))[0] == 404
    assert problem(admin.post(path, {"holders": [other]}))[0] == 404
    assert stranger.found("/Users", f'entitlements.value eq "{id}"') == []


def test_an_assignment_is_an_event_of_its_holder(admin: Admin, scim: Scim) -> None:
    id, user = made(admin), scim.user()["id"]
    admin.put(f"/users/{user}/applications/{id}", None)
    admin.delete(f"/users/{user}/applications/{id}")
    events = admin.get(f"/users/{user}/events").get_json()["events"]
    told = [(each["action"], each["changes"].get("application")) for each in events[:2]]
    one = {"id": id, "name": "Wiki"}
    assert told == [("unassign application", one), ("assign application", one)]
