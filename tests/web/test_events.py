"""One event for each change, in its transaction; none for what fails or changes nothing."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from tests.application import ENTERPRISE, MESSAGES, USER, Application, Scim
from tests.web.bulk_job import create_user, delete, retitle
from tests.web.event_log import actions, events

DR = {"op": "add", "path": "title", "value": "Dr"}


def body(**attributes: Any) -> dict[str, Any]:
    return {"schemas": [USER], "userName": "ada", **attributes}


def test_each_change_is_noted_once_with_version_actor_and_request(scim: Scim) -> None:
    id = scim.user(userName="ada")["id"]
    answers = [
        scim.put(f"/Users/{id}", body(title="Dr")),
        scim.patch(f"/Users/{id}", {"op": "remove", "path": "title"}),
        scim.delete(f"/Users/{id}"),
    ]
    noted = events(scim, id)
    assert [event.action for event in noted] == ["create", "update", "update", "delete"]
    assert [event.version for event in noted] == [1, 2, 3, 3]
    assert [e.request for e in noted[1:]] == [a.headers["X-Request-Id"] for a in answers]
    [(client, _)] = scim.application.parts.clients.clients(scim.tenant)
    assert {event.actor for event in noted} == {client.name}
    assert {event.kind for event in noted} == {"User"}


def test_an_event_tells_what_was_and_what_is(scim: Scim) -> None:
    id = scim.user(userName="ada", title="Miss", nickName="A")["id"]
    scim.put(f"/Users/{id}", body(title="Dr", **{ENTERPRISE: {"department": "R&D"}}))
    assert events(scim, id)[-1].changes == {
        "title": {"before": "Miss", "after": "Dr"},
        "nickName": {"before": "A"},
        f"{ENTERPRISE}:department": {"after": "R&D"},
    }
    scim.delete(f"/Users/{id}")
    assert events(scim, id)[-1].changes["title"] == {"before": "Dr"}


def test_membership_events_name_the_members(scim: Scim) -> None:
    one, other = scim.user()["id"], scim.user()["id"]
    group = scim.group(one)
    scim.put(
        f"/Groups/{group['id']}",
        {
            "schemas": group["schemas"],
            "displayName": group["displayName"],
            "members": [{"value": other}],
        },
    )
    scim.patch(f"/Groups/{group['id']}", {"op": "remove", "path": "members"})
    assert [event.changes["members"] for event in events(scim, group["id"])] == [
        {"added": [one], "removed": []},
        {"added": [other], "removed": [one]},
        {"added": [], "removed": [other]},
    ]


def test_what_changes_nothing_is_not_noted(scim: Scim) -> None:
    user = scim.user(userName="ada", title="Dr")
    at = f"/Users/{user['id']}"
    for response in (
        scim.put(at, body(title="Dr")),
        scim.put(at, user),
        scim.patch(at, DR),
        scim.patch(at, {"op": "remove", "path": "nickName"}),
        scim.bulk(retitle(at, "Dr")),
        scim.get(at),
        scim.search("/Users"),
    ):
        assert response.status_code == 200
    assert actions(scim) == ["create"]
    assert scim.get(at).get_json(force=True)["meta"] == user["meta"]


def test_what_fails_is_not_noted(scim: Scim) -> None:
    scim.user(userName="taken")
    at = f"/Users/{scim.user(userName='ada')['id']}"
    reader = scim.application.scim(tenant=scim.tenant, scopes=("*:read",))
    failed = [
        scim.post("/Users", body()),
        scim.post("/Users", {"schemas": [USER]}),
        scim.put(at, body(userName="taken")),
        scim.put(at, body(), headers={"If-Match": 'W/"99"'}),
        scim.patch(at, DR, {"op": "remove", "path": "userName"}),
        scim.patch(at, DR, headers={"If-Match": 'W/"99"'}),
        scim.delete(at, headers={"If-Match": 'W/"99"'}),
        scim.delete("/Users/ghost"),
        reader.patch(at, DR),
        scim.post("/Bulk", {"schemas": [MESSAGES + "BulkRequest"], "Operations": []}),
    ]
    assert all(response.status_code >= 400 for response in failed)
    scim.bulk(create_user("q", "taken"), delete("/Users/ghost"), retitle("/Users/ghost", "Dr"))
    assert actions(scim) == ["create", "create"]


@pytest.fixture
def unnoted(database_url: str) -> Iterator[Scim]:
    """A client with one user, of a server that can write no further events."""
    application = Application(database_url)
    scim = application.scim()
    scim.user(userName="ada")
    with application.parts.database.writing() as connection:
        for statement in NO_EVENTS[connection.dialect.name]:
            connection.execute(text(statement))
    yield scim
    application.parts.database.close()


NO_EVENTS = {
    "sqlite": [
        "CREATE TRIGGER full BEFORE INSERT ON event BEGIN SELECT RAISE(ABORT, 'no more'); END"
    ],
    "postgresql": [
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql"
        " AS $$ BEGIN RAISE EXCEPTION 'no more'; END $$",
        "CREATE TRIGGER full_up BEFORE INSERT ON event EXECUTE FUNCTION refuse()",
    ],
}


def test_a_change_whose_event_cannot_be_written_is_not_made(unnoted: Scim) -> None:
    [id] = unnoted.found("/Users", 'userName eq "ada"')
    at = f"/Users/{id}"
    before = unnoted.get(at).data
    with capture_logs():
        answers = [
            unnoted.post("/Users", {"schemas": [USER], "userName": "bob"}),
            unnoted.put(at, body(title="Dr")),
            unnoted.patch(at, {"op": "replace", "path": "active", "value": False}),
            unnoted.delete(at),
            unnoted.bulk(create_user("q", "bob"), retitle(at, "Dr")),
        ]
    assert {answer.status_code for answer in answers} <= {500, 503}
    assert unnoted.get(at).data == before
    assert unnoted.get("/Users").get_json(force=True)["totalResults"] == 1
