"""The history over the administration API: what happened, to whom, by whom, and nothing else."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import text

from scim_server.config import ADMIN_PATH
from scim_server.directory.events import Action, Actor, Event
from scim_server.directory.files.cells import restored
from scim_server.directory.history import COUNTED, WHEN_AWAY
from scim_server.parts import new_id
from scim_server.protocol.values import stamp
from scim_server.store.check.invariants import violations
from tests.application import Admin, Application, Scim, problem

PASSWORD = "correct horse battery staple"


def listed(admin: Admin, path: str = "/events", **query: Any) -> list[dict[str, Any]]:
    answer = admin.get(path, **query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.get_json()["events"]
    return found


def record(scim: Scim, days: int, number: int = 1) -> list[str]:
    """Write events of so many days ago, as a server then would have; returns their ids."""
    at = datetime.now(UTC) - timedelta(days=days)
    milliseconds = int(at.timestamp() * 1000)
    ids = [_old(new_id(), milliseconds + step) for step in range(number)]
    with scim.application.parts.store.writing(scim.tenant) as writer:
        writer.record(
            Event(id, stamp(at), Actor("old", "r"), "Group", "g", 0, Action.UPDATE) for id in ids
        )
    return ids


def _old(id: str, milliseconds: int) -> str:
    digits = f"{milliseconds:012x}"
    return f"{digits[:8]}-{digits[8:]}{id[13:]}"


def test_a_change_over_scim_is_shown_with_all_that_is_known_of_it(scim: Scim, admin: Admin) -> None:
    user = scim.user(displayName="Ada", title="Miss")
    path = {"op": "replace", "path": "title", "value": "Dr"}
    answer = scim.patch(f"/Users/{user['id']}", path)
    newest, created = listed(admin)
    [(client, _), *_] = scim.application.parts.clients.clients(scim.tenant)
    assert newest.pop("id") > created.pop("id")
    assert newest.pop("at").endswith("Z")
    assert newest == {
        "action": "update",
        "kind": "User",
        "resource": user["id"],
        "display": "Ada",
        "version": 2,
        "actor": {"name": client.name, "id": client.id, "key": None, "address": "127.0.0.1"},
        "reason": None,
        "request": answer.headers["X-Request-Id"],
        "changes": {"title": {"before": "Miss", "after": "Dr"}},
    }
    assert created["action"] == "create"


def test_a_change_of_members_names_them(scim: Scim, admin: Admin) -> None:
    user = scim.user()["id"]
    group = scim.group(user)
    scim.delete(f"/Users/{user}")
    changes = [event["changes"]["members"] for event in listed(admin, resource=group["id"])]
    assert changes == [{"added": [], "removed": [user]}, {"added": [user], "removed": []}]


@pytest.mark.shows("each step is an event with actor and reason")
def test_a_step_tells_its_reason(scim: Scim, admin: Admin) -> None:
    user = scim.user()["id"]
    admin.post(f"/users/{user}/status", {"event": "suspend", "reason": "on leave"})
    [event] = listed(admin, action="suspend")
    assert (event["resource"], event["reason"]) == (user, "on leave")


@pytest.mark.shows("events narrowed by action, actor, address and time")
def test_each_filter_narrows(scim: Scim, admin: Admin) -> None:
    one, other = scim.user()["id"], scim.user()["id"]
    admin.post(f"/users/{one}/status", {"event": "suspend"})
    [suspended] = listed(admin, action="suspend")
    actor = suspended["actor"]["id"]

    def resources(**query: Any) -> list[str]:
        return [event["resource"] for event in listed(admin, **query)]

    assert resources() == [one, other, one]
    assert resources(user=one) == [one, one]
    assert resources(user=one, action="create") == [one]
    assert resources(action=["create", "suspend"]) == [one, other, one]
    assert resources(actor=actor) == [one]
    assert resources(address="127.0.0.1") == [one, other, one]
    assert resources(address="192.0.2.1") == resources(kind="Group") == []
    assert resources(kind="User", resource=other) == [other]


@pytest.mark.shows("events narrowed by action, actor, address and time")
def test_times_narrow_to_the_microsecond(scim: Scim, admin: Admin) -> None:
    for _ in range(3):
        scim.user()
    third, second, first = listed(admin)
    assert listed(admin, **{"from": second["at"]}) == [third, second]
    assert listed(admin, to=second["at"]) == [first]
    assert listed(admin, **{"from": second["at"], "to": third["at"]}) == [second]
    plus_one = datetime.fromisoformat(second["at"]) + timedelta(hours=1)
    shifted = plus_one.replace(tzinfo=None).isoformat() + "+01:00"
    assert listed(admin, **{"from": shifted}) == [third, second]


def test_far_times_find_what_is_there(scim: Scim, admin: Admin) -> None:
    record(scim, 30)
    ago = datetime.now(UTC) - timedelta(days=30)
    around = {
        "from": (ago - WHEN_AWAY / 2).isoformat(),
        "to": (ago + WHEN_AWAY / 2).isoformat(),
    }
    assert len(listed(admin, **around)) == 1
    assert listed(admin, **{"from": "1970-01-01T00:00:00Z", "to": "1970-01-02T00:00:00Z"}) == []
    assert len(listed(admin, **{"from": "1970-01-01", "to": "8999-12-31T23:59:59-14:00"})) == 1


def test_pages_follow_each_other_though_events_come(scim: Scim, admin: Admin) -> None:
    made = [scim.user()["id"] for _ in range(5)]
    page = admin.get("/events", count=2).get_json()
    assert page["total"] == 5
    found = [event["resource"] for event in page["events"]]
    while "next" in page:
        scim.user()
        page = admin.get("/events", count=2, cursor=page["next"]).get_json()
        found += [event["resource"] for event in page["events"]]
    assert found == made[::-1]


def test_very_many_are_not_counted_to_the_end(scim: Scim, admin: Admin) -> None:
    record(scim, 1, COUNTED + 5)
    assert admin.get("/events", count=1).get_json()["total"] == COUNTED


def test_a_users_events_outlive_the_user(scim: Scim, admin: Admin) -> None:
    user, other = scim.user()["id"], scim.user()["id"]
    assert [e["action"] for e in listed(admin, f"/users/{user}/events")] == ["create"]
    scim.delete(f"/Users/{user}")
    assert [e["action"] for e in listed(admin, f"/users/{user}/events")] == ["delete", "create"]
    assert listed(admin, f"/users/{user}/events", action="delete")[0]["display"] is None
    assert problem(admin.get(f"/users/{new_id()}/events"))[0] == 404
    assert problem(admin.get("/users/%00/events"))[0] == 404
    assert {e["resource"] for e in listed(admin, f"/users/{other}/events")} == {other}


def test_a_user_of_whom_all_is_forgotten_has_an_empty_history(scim: Scim, admin: Admin) -> None:
    user = scim.user()["id"]
    history, now = scim.application.parts.history, datetime.now(UTC)
    history.delete_expired_events(scim.tenant, now + timedelta(days=366))
    assert listed(admin, f"/users/{user}/events") == []


@pytest.mark.parametrize(
    "query",
    [
        {"from": "yesterday"},
        {"from": "0001-01-01T00:00:00+14:00"},
        {"to": "9999-12-31T23:59:59-14:00"},
        {"to": ["2026-01-01", "2026-01-02"]},
        {"action": "explode"},
        {"action": "\0"},
        {"actor": "\0"},
        {"cursor": "x"},
        {"cursor": "WyJhIiwiYiJd"},
        {"cursor": "WyJcdTAwMDAiXQ"},
        {"count": 0},
        {"count": 1001},
        {"user": "a", "kind": "User"},
        {"unknown": "a"},
    ],
)
def test_what_cannot_be_asked_is_refused(admin: Admin, query: dict[str, Any]) -> None:
    assert problem(admin.get("/events", **query))[0] == 400


@pytest.mark.shows("events exported")
def test_json_lines_are_the_events_as_listed(scim: Scim, admin: Admin) -> None:
    scim.group(scim.user()["id"])
    admin.post(f"/users/{scim.user()['id']}/status", {"event": "suspend", "reason": "=1+1"})
    answer = admin.get("/events/export")
    assert answer.mimetype == "application/jsonl"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="events.jsonl"'
    assert [orjson.loads(line) for line in answer.data.splitlines()] == listed(admin)


@pytest.mark.shows("events exported")
def test_csv_is_safe_to_open_and_says_the_same(scim: Scim, admin: Admin) -> None:
    user = scim.user(title='a "quoted"\r\nline')["id"]
    admin.post(f"/users/{user}/status", {"event": "suspend", "reason": "=cmd|' /C calc'!A0"})
    answer = admin.get("/events/export", format="csv", user=user)
    assert answer.mimetype == "text/csv"
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert [restored(row["reason"]) for row in rows] == ["=cmd|' /C calc'!A0", ""]
    assert rows[0]["reason"].startswith("'=")
    shown = listed(admin, user=user)
    assert [orjson.loads(row["changes"]) for row in rows] == [each["changes"] for each in shown]
    assert [row["at"] for row in rows] == [each["at"] for each in shown]


def test_a_long_history_is_exported_whole(scim: Scim, admin: Admin) -> None:
    ids = record(scim, 1, 2500)
    answer = admin.get("/events/export")
    assert [orjson.loads(line)["id"] for line in answer.data.splitlines()] == ids[::-1]
    assert admin.get("/events/export", kind="Policy").data == b""
    assert admin.get("/events/export", kind="Policy", format="csv").text.startswith("id,at,")


def test_no_secret_is_in_it(scim: Scim, admin: Admin) -> None:
    user = scim.user(password=PASSWORD)["id"]
    scim.patch(f"/Users/{user}", {"op": "replace", "path": "password", "value": PASSWORD + "r"})
    for format in ("jsonl", "csv"):
        assert PASSWORD not in admin.get("/events/export", format=format).text
    assert PASSWORD not in admin.get("/events").text


@pytest.mark.shows("nothing changes an event")
def test_no_api_changes_or_removes_an_event(application: Application) -> None:
    rules = [rule for rule in application.flask.url_map.iter_rules() if "event" in rule.rule]
    assert {rule.rule for rule in rules} == {
        f"{ADMIN_PATH}/events",
        f"{ADMIN_PATH}/events/export",
        f"{ADMIN_PATH}/users/<id>/events",
    }
    assert {method for rule in rules for method in rule.methods or ()} <= {"GET", "HEAD"}


@pytest.mark.parametrize("path", ["/events", "/events/export", "/users/{user}/events"])
def test_who_may_not_read_it_does_not(application: Application, scim: Scim, path: str) -> None:
    path = path.format(user=scim.user()["id"])
    assert problem(application.admin(scim.tenant, ["*:write"]).get(path))[0] == 403
    assert application.admin(scim.tenant, ["admin:events:read"]).get(path).status_code == 200


def test_another_tenants_events_are_not_shown(application: Application, scim: Scim) -> None:
    user = scim.user()["id"]
    stranger = application.admin(application.tenant())
    assert listed(stranger) == listed(stranger, user=user) == []
    assert problem(stranger.get(f"/users/{user}/events"))[0] == 404


def test_what_is_older_than_the_policy_keeps_is_forgotten(scim: Scim, admin: Admin) -> None:
    record(scim, 31, 1500)
    kept = record(scim, 29)
    user = scim.user()["id"]
    history, now = scim.application.parts.history, datetime.now(UTC)
    assert history.delete_expired_events(scim.tenant, now) == 0
    admin.patch("/policy", {"retentionDays": 30})
    assert history.delete_expired_events(scim.tenant, now) == 1500
    assert {e["resource"] for e in listed(admin, kind="User")} == {user}
    assert [e["id"] for e in listed(admin, kind="Group")] == kept


def test_what_was_forgotten_is_not_missed_and_what_was_not_is(alone: Application) -> None:
    application, scim = alone, alone.scim()
    user, gone = scim.user()["id"], scim.user()["id"]
    scim.delete(f"/Users/{gone}")
    later = datetime.now(UTC) + timedelta(days=366)
    application.parts.history.delete_expired_events(scim.tenant, later)
    assert _violations(application) == []
    with application.parts.database.writing() as connection:
        connection.execute(
            text("UPDATE tenant SET forgotten = NULL WHERE id = :t"), {"t": scim.tenant}
        )
    [found] = _violations(application)
    assert user in found and "no event" in found


def _violations(application: Application) -> list[str]:
    parts = application.parts
    return [str(each) for each in violations(parts.database, parts.registry)]
