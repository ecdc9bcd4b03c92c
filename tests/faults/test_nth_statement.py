"""The nth statement of a request fails, for every n of every endpoint."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count

import pytest
from werkzeug.test import TestResponse

from tests.application import GROUP, USER, Application, Scim, error
from tests.faults.failing import Countdown, breaking_on_demand
from tests.live import users
from tests.rows import digest


@dataclass(frozen=True)
class Directory:
    """A tenant with two users and a group of one of them, on a database that fails on demand."""

    scim: Scim
    faults: Countdown
    user: str
    other: str
    group: str


@pytest.fixture
def directory(application: Application) -> Iterator[Directory]:
    scim = application.scim()
    user, other = scim.user()["id"], scim.user()["id"]
    group = scim.group(user)["id"]
    with breaking_on_demand(application) as faults:
        yield Directory(scim, faults, user, other, group)
    # No connection that obeys the countdown stays behind for other tests.
    application.parts.database.close()


Request = Callable[[Directory], TestResponse]
REQUESTS: dict[str, Request] = {
    "get a user": lambda d: d.scim.get(f"/Users/{d.user}"),
    "get a group": lambda d: d.scim.get(f"/Groups/{d.group}"),
    "list": lambda d: d.scim.get("/Users?filter=userName sw n&sortBy=userName"),
    "list groups": lambda d: d.scim.get("/Groups"),
    "cursor": lambda d: d.scim.get("/Users?cursor&count=1"),
    "root": lambda d: d.scim.get("/?filter=id pr"),
    "search": lambda d: d.scim.search("/Users", filter="emails.value co x"),
    "create": lambda d: d.scim.post("/Users", {"schemas": [USER], "userName": "new"}),
    "create a group": lambda d: d.scim.post(
        "/Groups",
        {"schemas": [GROUP], "displayName": "new", "members": [{"value": d.user}]},
    ),
    "replace": lambda d: d.scim.put(f"/Users/{d.user}", {"schemas": [USER], "userName": "new"}),
    "replace a group": lambda d: d.scim.put(
        f"/Groups/{d.group}",
        {"schemas": [GROUP], "displayName": "new", "members": [{"value": d.other}]},
    ),
    "patch": lambda d: d.scim.patch(
        f"/Users/{d.user}", {"op": "replace", "path": "active", "value": False}
    ),
    "add a member": lambda d: d.scim.patch(
        f"/Groups/{d.group}", {"op": "add", "path": "members", "value": [{"value": d.other}]}
    ),
    "remove a member": lambda d: d.scim.patch(
        f"/Groups/{d.group}", {"op": "remove", "path": f'members[value eq "{d.user}"]'}
    ),
    "delete": lambda d: d.scim.delete(f"/Users/{d.user}"),
    "delete a group": lambda d: d.scim.delete(f"/Groups/{d.group}"),
    "bulk": lambda d: d.scim.post("/Bulk", mixed(d)),
}


def mixed(directory: Directory) -> dict[str, object]:
    """A job of every method, with a savepoint for most of its operations."""
    job = users(3)
    of_user = {"schemas": [USER], "userName": "renamed"}
    job["Operations"] += [
        {"method": "POST", "path": "/Users", "bulkId": "taken", "data": of_user},
        {"method": "PUT", "path": f"/Users/{directory.user}", "data": {**of_user, "title": "x"}},
        {"method": "DELETE", "path": f"/Users/{directory.other}"},
    ]
    return job


@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS)
def test_the_answer_is_503_and_nothing_has_changed(directory: Directory, request_: Request) -> None:
    before = digest(directory.scim)
    for statement in count(1):
        directory.faults.arm(statement)
        response = request_(directory)
        if directory.faults.disarm():
            break
        assert error(response)[0] == 503, (statement, response.text)
        assert response.headers["Retry-After"].isdigit()
        assert digest(directory.scim) == before
    assert response.status_code < 300 and statement > 1
