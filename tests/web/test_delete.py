"""DELETE (RFC 7644 §3.6)."""

import pytest

from tests.application import ENTERPRISE, GROUP, USER, Scim, error
from tests.web.event_log import actions, events

TITLE = {"op": "add", "path": "title", "value": "Dr"}


@pytest.mark.proves("DEL-001")
def test_a_deletion_says_nothing(scim: Scim) -> None:
    response = scim.delete(f"/Users/{scim.user()['id']}")
    assert (response.status_code, response.data) == (204, b"")


@pytest.mark.proves("DEL-002")
def test_what_is_deleted_is_gone_for_every_method(scim: Scim) -> None:
    user = scim.user(userName="ada")
    at = f"/Users/{user['id']}"
    scim.delete(at)
    body = {"schemas": [USER], "userName": "ada"}
    for response in (scim.get(at), scim.put(at, body), scim.patch(at, TITLE), scim.delete(at)):
        assert error(response) == (404, None)


@pytest.mark.proves("DEL-002")
@pytest.mark.parametrize("path", ["/Users", "/"])
def test_what_is_deleted_is_in_no_result_and_no_total(scim: Scim, path: str) -> None:
    stays, goes = scim.user(), scim.user(title="Dr")
    scim.delete(f"/Users/{goes['id']}")
    found = scim.get(path).get_json(force=True)
    assert (found["totalResults"], [r["id"] for r in found["Resources"]]) == (1, [stays["id"]])
    assert scim.found(path, 'title eq "Dr"') == []


@pytest.mark.proves("DEL-003")
def test_unique_values_are_free_again(scim: Scim) -> None:
    badge = "urn:example:params:scim:schemas:extension:badge:1.0:User"
    first = scim.user(userName="ada", **{badge: {"number": "1"}})
    scim.delete(f"/Users/{first['id']}")
    again = scim.user(userName="ADA", **{badge: {"number": "1"}})
    assert again["id"] != first["id"]


@pytest.mark.proves("DEL-004")
def test_an_unknown_resource_cannot_be_deleted(scim: Scim) -> None:
    assert error(scim.delete("/Users/ghost")) == (404, None)
    assert error(scim.delete(f"/Groups/{scim.user()['id']}")) == (404, None)


@pytest.mark.proves("DEL-005")
def test_a_deleted_group_leaves_its_members_groups(scim: Scim) -> None:
    user = scim.user()["id"]
    inner = scim.group(user)["id"]
    outer = scim.group(inner)["id"]
    before = scim.get(f"/Users/{user}")
    assert {g["value"] for g in before.get_json(force=True)["groups"]} == {inner, outer}
    scim.delete(f"/Groups/{inner}")
    after = scim.get(f"/Users/{user}")
    assert "groups" not in after.get_json(force=True)
    assert after.headers["ETag"] != before.headers["ETag"]


@pytest.mark.proves("DEL-005")
def test_a_deleted_user_leaves_every_group_and_each_of_them_changes(scim: Scim) -> None:
    goes, stays = scim.user()["id"], scim.user()["id"]
    groups = [scim.group(goes, stays) for _ in range(2)]
    scim.delete(f"/Users/{goes}")
    for group in groups:
        shown = scim.get(f"/Groups/{group['id']}").get_json(force=True)
        assert [member["value"] for member in shown["members"]] == [stays]
        assert shown["meta"]["version"] != group["meta"]["version"]
        assert shown["meta"]["lastModified"] >= group["meta"]["lastModified"]
        noted = events(scim, group["id"])[-1]
        assert (noted.action, noted.changes) == (
            "update",
            {"members": {"added": [], "removed": [goes]}},
        )


def test_the_event_of_a_deleted_group_names_who_lost_it(scim: Scim) -> None:
    user = scim.user()["id"]
    group = scim.group(user)["id"]
    scim.delete(f"/Groups/{group}")
    noted = events(scim, group)[-1]
    assert noted.action == "delete"
    assert noted.changes["members"] == {"added": [], "removed": [user]}


def test_a_manager_who_is_gone_is_shown_no_more_than_the_client_said(scim: Scim) -> None:
    boss = scim.user(displayName="Boss")["id"]
    id = scim.user(**{ENTERPRISE: {"manager": {"value": boss}}})["id"]
    scim.delete(f"/Users/{boss}")
    manager = scim.get(f"/Users/{id}").get_json(force=True)[ENTERPRISE]["manager"]
    assert manager == {"value": boss}


def test_a_deletion_is_refused_when_the_version_is_another(scim: Scim) -> None:
    user = scim.user()
    scim.patch(f"/Users/{user['id']}", TITLE)
    stale = {"If-Match": user["meta"]["version"]}
    assert error(scim.delete(f"/Users/{user['id']}", headers=stale)) == (412, None)
    assert actions(scim, user["id"]) == ["create", "update"]


def test_a_group_may_be_made_again_under_its_name(scim: Scim) -> None:
    body = {"schemas": [GROUP], "displayName": "Staff"}
    for _ in range(2):
        made = scim.post("/Groups", body)
        assert made.status_code == 201
        scim.delete(f"/Groups/{made.get_json(force=True)['id']}")
