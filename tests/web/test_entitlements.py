"""Applications among the entitlements: shown, found, in the tag, never written over SCIM."""

import pytest

from tests.application import USER, Admin, Application, Scim, problem
from tests.statements import watched
from tests.web.given import assign, entitlements, made


def shown(id: str, name: str = "Wiki") -> dict[str, str]:
    return {"value": id, "display": name, "type": "application"}


@pytest.mark.parametrize("depth", [0, 1, 2])
@pytest.mark.shows("applications come from groups, too")
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


@pytest.mark.shows("applications assigned and unassigned")
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
