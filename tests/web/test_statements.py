"""How many statements a request takes, the one that authenticates included.

The order matters: some change the groups of 3 and of 300, and some delete.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from werkzeug.test import TestResponse

from tests.application import ENTERPRISE, GROUP, USER, Application, Scim
from tests.statements import Statements, watched


@dataclass(frozen=True)
class Tenant:
    """Users that all have a manager and a group; groups of 3 and of 300; a walk that has begun."""

    scim: Scim
    users: list[str]
    small: str
    large: str
    stranger: str
    doomed: str
    cursor: str


def created(scim: Scim, path: str, bodies: list[dict[str, object]]) -> list[str]:
    """The ids of resources that one Bulk job creates."""
    operations = [
        {"method": "POST", "path": path, "bulkId": str(number), "data": body}
        for number, body in enumerate(bodies)
    ]
    results = scim.bulk(*operations).get_json(force=True)["Operations"]
    return [result["location"].rpartition("/")[2] for result in results]


def user(name: str, manager: str) -> dict[str, object]:
    return {
        "schemas": [USER, ENTERPRISE],
        "userName": name,
        "emails": [{"value": f"{name}@example.com", "type": "work"}],
        ENTERPRISE: {"manager": {"value": manager}},
    }


def group(name: str, *members: str) -> dict[str, object]:
    return {
        "schemas": [GROUP],
        "displayName": name,
        "members": [{"value": id} for id in members],
    }


@pytest.fixture(scope="module")
def tenant(application: Application) -> Tenant:
    scim = application.scim()
    boss, stranger, doomed = (scim.user()["id"] for _ in range(3))
    users = created(scim, "/Users", [user(f"user-{n}", boss) for n in range(300)])
    crowds = [users[:3], users, *([one] for one in users[:198])]
    groups = created(scim, "/Groups", [group(f"g-{n}", *ids) for n, ids in enumerate(crowds)])
    first = scim.get("/Users?cursor&count=10").get_json(force=True)
    return Tenant(scim, users, groups[0], groups[1], stranger, doomed, first["nextCursor"])


@pytest.fixture
def statements(application: Application) -> Iterator[Statements]:
    with watched(application) as seen:
        yield seen


def member(verb: str, id: str) -> dict[str, object]:
    if verb == "add":
        return {"op": "add", "path": "members", "value": [{"value": id}]}
    return {"op": "remove", "path": f'members[value eq "{id}"]'}


def job(scim: Scim, size: int) -> TestResponse:
    operations = [
        {"method": "POST", "path": "/Users", "bulkId": str(n), "data": user(scim.name(), "26")}
        for n in range(size)
    ]
    return scim.bulk(*operations)


Request = Callable[[Tenant], TestResponse]
TABLE: list[tuple[str, int, Request]] = [
    ("get a user", 2, lambda t: t.scim.get(f"/Users/{t.users[0]}")),
    ("get a group of 3", 3, lambda t: t.scim.get(f"/Groups/{t.small}")),
    ("get a group of 300", 3, lambda t: t.scim.get(f"/Groups/{t.large}")),
    ("list 10 users", 4, lambda t: t.scim.get("/Users?count=10")),
    ("list 200 users", 4, lambda t: t.scim.get("/Users?count=200")),
    ("list 10 groups", 4, lambda t: t.scim.get("/Groups?count=10")),
    ("list 200 groups", 4, lambda t: t.scim.get("/Groups?count=200")),
    ("filter", 3, lambda t: t.scim.get('/Users?filter=userName eq "user-1"')),
    ("find nothing", 2, lambda t: t.scim.get('/Users?filter=userName eq "nobody"')),
    ("root query", 4, lambda t: t.scim.get("/?count=200&filter=meta.created pr")),
    ("first cursor page", 4, lambda t: t.scim.get("/Users?cursor&count=10")),
    ("next cursor page", 3, lambda t: t.scim.get(f"/Users?cursor={t.cursor}&count=10")),
    ("create a user", 7, lambda t: t.scim.post("/Users", user(t.scim.name(), t.stranger))),
    ("create a group", 9, lambda t: t.scim.post("/Groups", group(t.scim.name(), t.stranger))),
    # Four of them end sessions, links, ceremonies and mails: the address is another one.
    ("replace", 13, lambda t: t.scim.put(f"/Users/{t.users[5]}", user("other", t.stranger))),
    (
        "patch a user",
        6,
        lambda t: t.scim.patch(
            f"/Users/{t.users[6]}", {"op": "replace", "path": "title", "value": t.scim.name()}
        ),
    ),
    (
        "patch a user to what it is",
        3,
        lambda t: t.scim.patch(
            f"/Users/{t.users[7]}", {"op": "replace", "path": "userName", "value": "user-7"}
        ),
    ),
    (
        "add to a group of 3",
        8,
        lambda t: t.scim.patch(f"/Groups/{t.small}", member("add", t.stranger)),
    ),
    (
        "add to a group of 300",
        8,
        lambda t: t.scim.patch(f"/Groups/{t.large}", member("add", t.stranger)),
    ),
    (
        "remove from a group of 4",
        8,
        lambda t: t.scim.patch(f"/Groups/{t.small}", member("remove", t.stranger)),
    ),
    (
        "remove from a group of 301",
        8,
        lambda t: t.scim.patch(f"/Groups/{t.large}", member("remove", t.stranger)),
    ),
    ("delete a user in no group", 10, lambda t: t.scim.delete(f"/Users/{t.doomed}")),
    ("delete a user in 3 groups", 13, lambda t: t.scim.delete(f"/Users/{t.users[1]}")),
    ("delete a group of 300", 12, lambda t: t.scim.delete(f"/Groups/{t.large}")),
    ("bulk of 10", 7, lambda t: job(t.scim, 10)),
    ("bulk of 100", 7, lambda t: job(t.scim, 100)),
]


@pytest.mark.parametrize(("name", "number", "send"), TABLE, ids=[row[0] for row in TABLE])
def test_a_request_takes_so_many_statements(
    tenant: Tenant, statements: Statements, name: str, number: int, send: Request
) -> None:
    tenant.scim.get("/Users?count=0")
    statements.clear()
    response = send(tenant)
    assert response.status_code < 300, response.text
    response.get_data()
    assert len(statements) == number, "\n\n".join(statements)
