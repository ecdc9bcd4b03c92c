"""Applications: given to users and groups, shown as entitlements, never written over SCIM."""

from typing import Any

import pytest

from tests.application import USER, Admin, Application, Scim, error, problem
from tests.statements import watched


def made(admin: Admin, name: str = "Wiki") -> str:
    answer = admin.post("/applications", {"name": name})
    assert answer.status_code == 201, answer.text
    id: str = answer.get_json()["application"]["id"]
    return id


def assign(admin: Admin, application: str, *holders: str) -> None:
    answer = admin.post(f"/applications/{application}/assignments", {"holders": list(holders)})
    assert answer.status_code == 200, answer.text


def entitlements(scim: Scim, user: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (
        scim.get(f"/Users/{user}").get_json(force=True).get("entitlements", [])
    )
    return found


def shown(id: str, name: str = "Wiki") -> dict[str, str]:
    return {"value": id, "display": name, "type": "application"}


@pytest.fixture
def admin(application: Application, scim: Scim) -> Admin:
    return application.admin(scim.tenant)


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


@pytest.mark.parametrize("depth", [0, 1, 2])
def test_it_is_an_entitlement_of_whoever_has_it(admin: Admin, scim: Scim, depth: int) -> None:
    user, stranger = scim.user()["id"], scim.user()["id"]
    holder = user
    for _ in range(depth):
        holder = scim.group(holder)["id"]
    id = made(admin)
    assign(admin, id, holder)
    assert entitlements(scim, user) == [shown(id)]
    assert entitlements(scim, stranger) == []
    [listed] = scim.get("/Users", query={"filter": f'id eq "{user}"'}).get_json(force=True)[
        "Resources"
    ]
    assert listed["entitlements"] == [shown(id)]
    [own] = admin.get(f"/users/{user}/applications").get_json()["applications"]
    assert own == {"id": id, "name": "Wiki", "direct": depth == 0}
    assert admin.delete(f"/applications/{id}/assignments/{holder}").status_code == 204
    assert entitlements(scim, user) == []
    assert problem(admin.delete(f"/applications/{id}/assignments/{holder}"))[0] == 404


def test_what_one_has_twice_is_shown_once(admin: Admin, scim: Scim) -> None:
    user, id = scim.user()["id"], made(admin)
    assign(admin, id, user, scim.group(user)["id"], scim.group(user)["id"])
    assert entitlements(scim, user) == [shown(id)]
    [own] = admin.get(f"/users/{user}/applications").get_json()["applications"]
    assert own["direct"] is True


def test_it_stands_beside_what_a_provider_writes(admin: Admin, scim: Scim) -> None:
    written = {"value": "printer", "type": "device"}
    user, id = scim.user(entitlements=[written])["id"], made(admin)
    assign(admin, id, user)
    assert entitlements(scim, user) == [written, shown(id)]
    other = {"value": "scanner", "type": "device"}
    change = {"op": "replace", "path": "entitlements", "value": [other]}
    assert scim.patch(f"/Users/{user}", change).status_code == 200
    assert entitlements(scim, user) == [other, shown(id)]
    scim.patch(f"/Users/{user}", {"op": "remove", "path": "entitlements"})
    assert entitlements(scim, user) == [shown(id)]


@pytest.mark.parametrize("verb", ["post", "put", "patch add", "patch replace", "patch path"])
@pytest.mark.parametrize("kind", ["application", "Application"])
def test_nobody_gives_it_over_scim(admin: Admin, scim: Scim, verb: str, kind: str) -> None:
    id, name = made(admin), scim.name()
    claimed = [shown(id) | {"type": kind}]
    body = {"schemas": [USER], "userName": name, "entitlements": claimed}
    if verb == "post":
        user = scim.post("/Users", body).get_json(force=True)["id"]
    else:
        user = scim.user(userName=name)["id"]
    answer = {
        "post": lambda: scim.get(f"/Users/{user}"),
        "put": lambda: scim.put(f"/Users/{user}", body),
        "patch add": lambda: scim.patch(
            f"/Users/{user}", {"op": "add", "path": "entitlements", "value": claimed}
        ),
        "patch replace": lambda: scim.patch(
            f"/Users/{user}", {"op": "replace", "value": {"entitlements": claimed}}
        ),
        "patch path": lambda: scim.patch(
            f"/Users/{user}",
            {
                "op": "add",
                "path": f'entitlements[type eq "{kind}"].value',
                "value": id,
            },
        ),
    }[verb]()
    assert answer.status_code < 500
    assert entitlements(scim, user) == []
    assert scim.found("/Users", f'entitlements.value eq "{id}"') == []


def test_what_was_read_may_be_written_back(admin: Admin, scim: Scim) -> None:
    written = {"value": "printer", "type": "device"}
    user, id = scim.user(entitlements=[written])["id"], made(admin)
    assign(admin, id, user)
    whole = scim.get(f"/Users/{user}")
    again = scim.put(f"/Users/{user}", whole.get_json(force=True))
    assert again.status_code == 200 and again.headers["ETag"] == whole.headers["ETag"]
    admin.delete(f"/applications/{id}/assignments/{user}")
    assert entitlements(scim, user) == [written]


def test_the_tag_tells(admin: Admin, scim: Scim) -> None:
    user, id = scim.user()["id"], made(admin)
    group = scim.group(user)["id"]
    tags = [scim.get(f"/Users/{user}").headers["ETag"]]
    assign(admin, id, group)
    tags.append(scim.get(f"/Users/{user}").headers["ETag"])
    admin.patch(f"/applications/{id}", {"name": "Pedia"})
    tags.append(scim.get(f"/Users/{user}").headers["ETag"])
    admin.delete(f"/applications/{id}")
    tags.append(scim.get(f"/Users/{user}").headers["ETag"])
    assert len(set(tags)) == 3 and tags[0] == tags[3]
    old = scim.get(f"/Users/{user}", headers={"If-None-Match": tags[1]})
    assert old.status_code == 200


FILTERS = [
    'entitlements.value eq "{id}"',
    'entitlements eq "{id}"',
    'entitlements[value eq "{id}"]',
    'entitlements[type eq "application" and display eq "wiki"]',
    'entitlements.display sw "WI" and entitlements.type eq "application"',
    'entitlements[not (type eq "device")]',
    'entitlements.type eq "Application"',
]


@pytest.mark.parametrize("text", FILTERS)
def test_filters_find_who_has_it(admin: Admin, scim: Scim, text: str) -> None:
    direct, inherited, other = (scim.user()["id"] for _ in range(3))
    scim.user(entitlements=[{"value": "printer", "type": "device"}])
    id = made(admin)
    assign(admin, id, direct, scim.group(scim.group(inherited)["id"])["id"])
    filter = text.format(id=id)
    assert scim.found("/Users", filter) == [direct, inherited]
    assert other in scim.found("/Users", f"not ({filter})")
    assert direct not in scim.found("/Users", f"not ({filter})")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("entitlements pr", 2),
        ("entitlements.value pr", 2),
        ("entitlements.primary eq true", 0),
        ('entitlements[type eq "device" and display pr]', 0),
        ('entitlements.value eq "printer"', 1),
        ('entitlements.value eq "printer" or entitlements.type eq "application"', 2),
    ],
)
def test_filters_find_both_kinds(admin: Admin, scim: Scim, text: str, number: int) -> None:
    scim.user()
    scim.user(entitlements=[{"value": "printer", "type": "device"}])
    assign(admin, made(admin), scim.user()["id"])
    assert len(scim.found("/Users", text)) == number


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


@pytest.mark.parametrize(
    ("path", "number"), [("/Users/{user}", 2), ("/Users?filter=id eq {user}", 3)]
)
def test_entitlements_cost_no_further_statement(
    application: Application, admin: Admin, scim: Scim, path: str, number: int
) -> None:
    user = scim.user()["id"]
    group = scim.group(user)["id"]
    for count in range(20):
        assign(admin, made(admin, f"app {count}"), user if count % 2 else group)
    with watched(application) as statements:
        scim.get("/Users?count=0")
        statements.clear()
        answer = scim.get(path.format(user=user).replace(f"eq {user}", f'eq "{user}"'))
        assert answer.text.count('"application"') == 20
        assert len(statements) == number, "\n\n".join(statements)
