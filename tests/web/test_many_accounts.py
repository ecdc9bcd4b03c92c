"""Many accounts in one call: each is changed or deleted by itself."""

from typing import Any

import pytest

from tests.application import ACCOUNT, Admin, Scim, problem


@pytest.mark.shows("status changed for many")
def test_a_status_is_changed_for_many_each_by_itself(admin: Admin, scim: Scim) -> None:
    active, suspended = scim.user()["id"], scim.user(active=False)["id"]
    body = {"ids": [active, "none", suspended], "event": "suspend", "reason": "merger"}
    answer = admin.post("/users/status", body).get_json()
    assert [(each["id"], each["status"]) for each in answer["results"]] == [
        (active, 200),
        ("none", 404),
        (suspended, 409),
    ]
    assert answer["refused"] == 2
    assert all(each["status"] == "Suspended" for each in admin.get("/users").get_json()["users"])
    [event, *_] = admin.get(f"/users/{active}/events").get_json()["events"]
    assert (event["action"], event["reason"]) == ("suspend", "merger")


@pytest.mark.shows("status changed for many")
def test_a_filter_chooses_many(admin: Admin, scim: Scim) -> None:
    for number in range(205):
        scim.user(title="temp" if number else "boss")
    body = {"filter": 'title eq "temp"', "event": "suspend"}
    answer = admin.post("/users/status", body).get_json()
    assert (answer["refused"], len(answer["results"])) == (0, 204)
    assert len(scim.found("/Users", f'{ACCOUNT}:status eq "Active"')) == 1


@pytest.mark.parametrize(
    "body",
    [
        {"event": "suspend"},
        {"event": "suspend", "ids": []},
        {"event": "suspend", "ids": ["x"], "filter": "userName pr"},
        {"event": "lock", "ids": ["x"]},
        {"event": "suspend", "filter": "nonsense"},
        {"ids": ["x"]},
    ],
)
def test_a_change_of_many_that_is_none_is_refused(admin: Admin, body: dict[str, Any]) -> None:
    assert problem(admin.post("/users/status", body))[0] == 400


@pytest.mark.shows("deleted, one or many")
def test_many_are_deleted_each_by_itself(admin: Admin, scim: Scim) -> None:
    users = [scim.user()["id"] for _ in range(3)]
    scim.group(*users)
    answer = admin.post("/users/delete", {"ids": [users[0], "none", users[1]]}).get_json()
    assert [each["status"] for each in answer["results"]] == [200, 404, 200]
    assert [each["id"] for each in admin.get("/users").get_json()["users"]] == [users[2]]
