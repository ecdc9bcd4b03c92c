"""Lists of users: searched, filtered, sorted, paged, counted; who is stale; statistics."""

from collections.abc import Iterator
from typing import Any

import pytest

from scim_server.store.models import SESSION
from tests.application import Admin, Application, Scim, problem
from tests.signing import sign_in
from tests.statements import watched
from tests.web.people import DELEGATED, acting, give


def names(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [each["userName"] for each in answer.get_json()["users"]]


def walk(admin: Admin, **query: Any) -> Iterator[str]:
    cursor: dict[str, str] = {}
    while True:
        answer = admin.get("/users", **query, **cursor)
        yield from names(answer)
        if "next" not in answer.get_json():
            return
        cursor = {"cursor": answer.get_json()["next"]}


@pytest.fixture
def people(scim: Scim) -> list[str]:
    """Five users in the order of their creation."""
    made = [
        scim.user(userName="eve", displayName="Zoe", emails=[{"value": "x@example.com"}]),
        scim.user(userName="bob"),
        scim.user(userName="dan%", displayName="Adam"),
        scim.user(userName="ann", displayName="zoe two", active=False),
        scim.user(userName="cleo"),
    ]
    return [each["userName"] for each in made]


@pytest.mark.shows("users sorted, the newest first, in pages")
def test_the_newest_come_first(admin: Admin, people: list[str]) -> None:
    assert names(admin.get("/users")) == people[::-1]


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"sortBy": "userName"},
        {"sortBy": "userName", "sortOrder": "descending"},
        {"sortBy": "displayName"},
        {"sortBy": "displayName", "sortOrder": "descending"},
        {"sortBy": "created"},
        {"sortBy": "status"},
        {"sortBy": "lastSignIn", "sortOrder": "descending"},
        {"sortBy": "email"},
        {"sortBy": "source"},
        {"sortBy": "role"},
        {"sortBy": "modified"},
    ],
)
@pytest.mark.parametrize("count", [1, 2, 4, 5])
@pytest.mark.shows("users sorted, the newest first, in pages")
def test_pages_together_are_the_list(
    admin: Admin, people: list[str], query: dict[str, str], count: int
) -> None:
    whole = names(admin.get("/users", **query))
    assert sorted(whole) == sorted(people)
    assert list(walk(admin, **query, count=count)) == whole


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"search": "ZOE"}, ["ann", "eve"]),
        ({"search": "example"}, ["eve"]),
        ({"search": "%"}, ["dan%"]),
        ({"search": "_"}, []),
        ({"search": "nobody"}, []),
        ({"status": "Suspended"}, ["ann"]),
        ({"filter": 'userName sw "b"'}, ["bob"]),
        ({"filter": 'displayName pr and not (userName eq "eve")', "search": "zoe"}, ["ann"]),
    ],
)
@pytest.mark.shows("users searched and filtered")
def test_a_list_is_narrowed(
    admin: Admin, people: list[str], query: dict[str, str], found: list[str]
) -> None:
    answer = admin.get("/users", **query)
    assert names(answer) == found
    assert answer.get_json()["total"] == len(found)


@pytest.mark.parametrize(
    "query",
    [
        {"filter": "nonsense"},
        {"filter": 'nothing eq "x"'},
        {"sortBy": "nothing"},
        {"sortBy": "groups"},
        {"sortBy": "name"},
        {"sortOrder": "sideways"},
        {"status": "Asleep"},
        {"stale": "0"},
        {"stale": "99999999999"},
        {"count": "0"},
        {"count": "1001"},
        {"cursor": "nonsense"},
        {"cursor": "WyIgYXNjZW5kaW5nIiwiIiwiLTEiXQ"},
        {"cursor": "WyIgYXNjZW5kaW5nIiwiIiwiOTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTkiXQ"},
        {"cursor": "WyIgYXNjZW5kaW5nIiwiIiwiwrIiXQ"},
        {"search": "a\0b"},
        {"unknown": "1"},
    ],
)
def test_a_query_that_is_none_is_refused(admin: Admin, query: dict[str, str]) -> None:
    assert problem(admin.get("/users", **query))[0] == 400


def test_a_cursor_is_of_one_order(admin: Admin, people: list[str]) -> None:
    orders = [{}, {"sortBy": "userName"}, {"sortBy": "userName", "sortOrder": "descending"}]
    for order in orders:
        cursor = admin.get("/users", count=1, **order).get_json()["next"]
        for other in orders:
            answer = admin.get("/users", count=1, cursor=cursor, **other)
            assert (answer.status_code == 200) == (other is order), answer.text


def test_a_secret_is_neither_sought_nor_sorted_by(admin: Admin) -> None:
    assert problem(admin.get("/users", filter='password eq "x"'))[0] == 403
    assert problem(admin.get("/users", sortBy="password"))[0] == 403


def test_a_page_takes_the_same_statements_for_any_number(application: Application) -> None:
    scim = application.scim()
    admin = application.admin(scim.tenant)
    for _ in range(20):
        scim.user()
    with watched(application) as statements:
        admin.get("/users")
        counts = []
        for size in (1, 20):
            statements.clear()
            assert len(names(admin.get("/users", count=size))) == size
            counts.append(len(statements))
    assert counts[0] == counts[1] <= 5


def test_who_has_not_signed_in_for_long_is_stale(
    application: Application, admin: Admin, scim: Scim, people: list[str]
) -> None:
    with application.parts.database.writing() as connection:
        at = "UPDATE resource SET signed_in = '{}' WHERE tenant = {} AND display_key = '{}'"
        for moment, display in (("2020-01-01T00:00:00", "adam"), ("2099-01-01T00:00:00", "zoe")):
            connection.exec_driver_sql(at.format(moment, scim.tenant, display))
        old = "UPDATE resource SET created = '2020-01-01T00:00:00' WHERE tenant = {}"
        connection.exec_driver_sql(old.format(scim.tenant))
    # Eve has signed in, and Ann is suspended.
    assert names(admin.get("/users/stale")) == ["cleo", "dan%", "bob"]
    assert names(admin.get("/users/stale", days=36_500)) == []
    assert names(admin.get("/users", stale=90, search="adam")) == ["dan%"]
    assert admin.get("/statistics").get_json()["stale"] == 3


@pytest.mark.shows("stale accounts, as a report")
def test_the_policy_says_when_one_is_stale(
    application: Application, admin: Admin, scim: Scim
) -> None:
    scim.user()
    with application.parts.database.writing() as connection:
        old = "UPDATE resource SET created = '2026-01-01T00:00:00' WHERE tenant = {}"
        connection.exec_driver_sql(old.format(scim.tenant))
    assert len(names(admin.get("/users/stale"))) == 1
    assert admin.patch("/policy", {"staleDays": 3650}).status_code == 200
    assert names(admin.get("/users/stale")) == []


@pytest.mark.shows("statistics of the directory")
def test_statistics_count(application: Application, admin: Admin, people: list[str]) -> None:
    local = admin.post("/users", {"userName": "local", "role": "Administrator"})
    assert local.status_code == 201
    found = admin.get("/statistics").get_json()
    assert found == {
        "users": 6,
        "status": {"Active": 5, "Suspended": 1},
        "source": {"SCIM": 5, "Local": 1},
        "role": {"Administrator": 1},
        "activeSessions": 0,
        "apiKeys": 0,
        "signIns": 0,
        "stale": 0,
    }


@pytest.mark.shows("counts of active sessions and keys")
def test_sessions_and_keys_are_counted_while_they_live(
    application: Application, admin: Admin, scim: Scim
) -> None:
    user = scim.user()
    with application.parts.database.writing() as connection:
        key = connection.exec_driver_sql(
            f"SELECT id FROM resource WHERE tenant = {scim.tenant}"
        ).scalar_one()
        for number, ends in enumerate(("2099-01-01T00:00:00", "2020-01-01T00:00:00")):
            values = {
                "tenant": scim.tenant,
                "id": f"{scim.tenant}-{number}",
                "user": key,
                **dict.fromkeys(("digest", "address", "device", "methods"), ""),
                **dict.fromkeys(("created", "used"), "2020-01-01T00:00:00"),
                **dict.fromkeys(("idle_ends", "ends"), ends),
            }
            connection.execute(SESSION.insert(), values)
    [shown] = admin.get("/users").get_json()["users"]
    assert (shown["id"], shown["activeSessions"], shown["apiKeys"]) == (user["id"], 1, 0)
    assert admin.get("/statistics").get_json()["activeSessions"] == 1


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("GET", "/users", "admin:users:write"),
        ("GET", "/users/stale", "admin:events:read"),
        ("GET", "/users/none", "admin:users:write"),
        ("GET", "/users/none/overview", "admin:users:write"),
        ("GET", "/statistics", "admin:users:write"),
        ("POST", "/users", "admin:users:read"),
        ("PATCH", "/users/none", "admin:users:read"),
        ("DELETE", "/users/none", "admin:users:write"),
        ("POST", "/users/delete", "admin:users:write"),
        ("POST", "/users/status", "admin:users:write"),
        ("POST", "/users/none/groups", "admin:users:read"),
        ("POST", "/users/none/groups/new", "admin:users:read"),
        ("DELETE", "/users/none/groups/none", "admin:users:read"),
    ],
)
def test_each_endpoint_needs_its_permission(
    application: Application, scim: Scim, method: str, path: str, scope: str
) -> None:
    other = application.admin(scim.tenant, [scope])
    body: dict[str, str] | None = None if method in ("GET", "DELETE") else {}
    assert problem(other.send(method, path, body))[0] == 403


def test_an_overview_shows_the_last_sign_ins(
    application: Application, admin: Admin, scim: Scim
) -> None:
    user = admin.post("/users", {"userName": "ada", "email": "ada@example.com"}).get_json()
    made = admin.post(f"/users/{user['id']}/password", {"mode": "temporary"})
    assert made.status_code == 200, made.text
    for password in ("wrong", "wrong again"):
        assert sign_in(application, scim, "ada", password).status_code == 401
    shown = admin.get(f"/users/{user['id']}/overview").get_json()
    assert [each["action"] for each in shown["signIns"]] == ["failed sign-in"] * 2
    assert all(each["at"].endswith("Z") and each["address"] for each in shown["signIns"])


@pytest.mark.shows("deprovisioned, and the record kept")
def test_deprovisioning_keeps_the_record_and_removes_every_grant(admin: Admin, scim: Scim) -> None:
    group = scim.group()
    body = {"userName": "ada", "role": "Administrator", "groups": [group["id"]]}
    user = admin.post("/users", body).get_json()
    answer = admin.post(f"/users/{user['id']}/status", {"event": "deprovision"})
    assert answer.status_code == 200, answer.text
    shown = admin.get(f"/users/{user['id']}").get_json()
    assert (shown["status"], shown["role"], shown["groups"]) == ("Deprovisioned", None, [])
    assert shown["userName"] == "ada"
    assert admin.get("/grants", holder=user["id"]).get_json()["total"] == 0


@pytest.mark.shows("delegated administrators keep to their part")
def test_a_delegated_administrator_sees_and_changes_their_part_only(
    application: Application, admin: Admin, scim: Scim
) -> None:
    boss = admin.post("/users", {"userName": "boss", "folder": "/emea"}).get_json()
    inside, outside = (
        admin.post("/users", {"userName": name, "folder": folder}).get_json()
        for name, folder in (("inside", "/emea/sales"), ("outside", "/emeas"))
    )
    give(admin, boss["id"], DELEGATED, folder="/emea")
    own = acting(application, scim, boss["id"])
    assert names(own.get("/users")) == ["inside", "boss"]
    assert own.get("/users").get_json()["total"] == 2
    exported = own.get("/users/export", format="jsonl").text.splitlines()
    assert len(exported) == 2
    assert own.patch(f"/users/{inside['id']}", {"displayName": "In"}).status_code == 200
    assert problem(own.get(f"/users/{outside['id']}"))[0] == 404
    assert problem(own.patch(f"/users/{outside['id']}", {"displayName": "Out"}))[0] == 404
    body = {"ids": [inside["id"], outside["id"]], "event": "suspend"}
    results = own.post("/users/status", body).get_json()["results"]
    assert [each["status"] for each in results] == [200, 404]
    assert problem(own.post("/users", {"userName": "new", "folder": "/apac"}))[0] == 404
    assert own.post("/users", {"userName": "new", "folder": "/emea"}).status_code == 201
    assert problem(own.get("/statistics"))[0] == 403
