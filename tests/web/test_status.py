"""``active`` and the status behind it (security rule 12)."""

from typing import Any

import pytest
from sqlalchemy import select, update

from scim_server.directory.accounts.lifecycle import Status
from scim_server.store.models.resources import ResourceRow
from tests.application import ACCOUNT, MESSAGES, USER, Application, Scim, error
from tests.web.event_log import actions, events


def status(scim: Scim, id: str) -> str:
    """The status in the user's row."""
    row = ResourceRow
    statement = select(row.status).where(row.tenant == scim.tenant, row.public_id == id)
    with scim.application.parts.database.reading() as connection:
        return str(connection.execute(statement).scalar_one())


def set_status(scim: Scim, id: str, to: Status) -> None:
    """As an administrator or a failed sign-in would."""
    row = ResourceRow
    statement = update(row).where(row.tenant == scim.tenant, row.public_id == id)
    with scim.application.parts.database.writing() as connection:
        connection.execute(statement.values(status=to.value))


def patch(**operation: Any) -> tuple[str, dict[str, Any]]:
    return "PATCH", {"schemas": [MESSAGES + "PatchOp"], "Operations": [operation]}


def put(**attributes: Any) -> tuple[str, dict[str, Any]]:
    return "PUT", {"schemas": [USER], "userName": "ada", **attributes}


SPELLINGS = [
    patch(op="replace", path="active", value=False),
    patch(op="Replace", path="active", value="False"),
    patch(op="replace", path="active", value="false"),
    patch(op="Add", path="active", value="False"),
    patch(op="replace", path="Active", value=[False]),
    patch(op="replace", path="active", value=[{"value": "False"}]),
    patch(op="replace", path=f"{USER}:active", value=False),
    patch(op="replace", value={"active": False}),
    patch(op="replace", value={"active": "False"}),
    patch(op="replace", value={"ACTIVE": False}),
    patch(op="replace", path="", value={"active": False}),
    patch(op="replace", path=None, value={"active": False}),
    patch(op="replace", value={f"{USER}:active": "False"}),
    patch(op="add", value={"active": False, "title": "Dr"}),
    put(active=False),
    put(active="False"),
    put(Active="false"),
]


@pytest.mark.parametrize(("method", "body"), SPELLINGS)
@pytest.mark.shows("suspended by an identity provider")
def test_active_false_suspends_in_every_spelling_that_clients_use(
    scim: Scim, method: str, body: dict[str, Any]
) -> None:
    id = scim.user(userName="ada")["id"]
    response = scim.send(method, f"/Users/{id}", body)
    assert response.get_json(force=True)["active"] is False
    assert status(scim, id) == Status.SUSPENDED
    noted = events(scim, id)[-1]
    assert noted.action == "suspend"
    assert noted.changes["active"] == {"before": True, "after": False}
    assert noted.request == response.headers["X-Request-Id"]
    assert scim.found("/Users", "active eq false") == [id]


def test_bulk_suspends_too(scim: Scim) -> None:
    id = scim.user(userName="ada")["id"]
    for method, body in (SPELLINGS[1], SPELLINGS[-2]):
        scim.bulk({"method": method, "path": f"/Users/{id}", "data": body})
        assert status(scim, id) == Status.SUSPENDED
    assert actions(scim, id) == ["create", "suspend"]


def test_a_user_may_be_created_suspended(scim: Scim) -> None:
    id = scim.user(active=False)["id"]
    assert status(scim, id) == Status.SUSPENDED
    assert scim.get(f"/Users/{id}").get_json(force=True)["active"] is False


@pytest.mark.parametrize("attributes", [{}, {"active": True}, {"active": None}])
def test_a_user_is_created_active(scim: Scim, attributes: dict[str, Any]) -> None:
    user = scim.user(**attributes)
    assert (user["active"], status(scim, user["id"])) == (True, Status.ACTIVE)


@pytest.mark.parametrize("active", [True, False])
@pytest.mark.parametrize(
    ("method", "body"),
    [put(title="Dr"), put(active=None), patch(op="add", path="title", value="Dr")],
)
def test_saying_nothing_of_active_changes_nothing_of_the_status(
    scim: Scim, active: bool, method: str, body: dict[str, Any]
) -> None:
    id = scim.user(userName="ada", active=active)["id"]
    before = status(scim, id)
    shown = scim.send(method, f"/Users/{id}", body).get_json(force=True)
    assert (shown["active"], status(scim, id)) == (active, before)


@pytest.mark.parametrize("active", [True, False])
def test_removing_active_neither_suspends_nor_revives(scim: Scim, active: bool) -> None:
    id = scim.user(userName="ada", active=active)["id"]
    before = status(scim, id)
    scim.patch(f"/Users/{id}", {"op": "remove", "path": "active"})
    scim.put(f"/Users/{id}", put(title="Dr")[1])
    assert status(scim, id) == before


def test_a_suspended_user_is_activated_again(scim: Scim) -> None:
    id = scim.user(active=False)["id"]
    scim.patch(f"/Users/{id}", {"op": "replace", "path": "active", "value": True})
    assert status(scim, id) == Status.ACTIVE
    assert actions(scim, id) == ["create", "reactivate"]


def test_suspended_is_not_deleted(scim: Scim) -> None:
    user = scim.user(userName="ada", active=False)
    group = scim.group(user["id"])
    assert scim.found("/Users", 'userName eq "ada"') == [user["id"]]
    assert [member["value"] for member in group["members"]] == [user["id"]]
    assert error(scim.post("/Users", {"schemas": [USER], "userName": "ada"}))[0] == 409


FROM = [
    (Status.PENDING, False, 200, Status.SUSPENDED),
    (Status.PENDING, True, 409, Status.PENDING),
    (Status.INACTIVE, False, 200, Status.INACTIVE),
    (Status.INACTIVE, True, 200, Status.ACTIVE),
    (Status.LOCKED, False, 200, Status.SUSPENDED),
    (Status.LOCKED, True, 200, Status.LOCKED),
    (Status.SUSPENDED, False, 200, Status.SUSPENDED),
    (Status.SUSPENDED, True, 200, Status.ACTIVE),
    (Status.DEPROVISIONED, False, 200, Status.DEPROVISIONED),
    (Status.DEPROVISIONED, True, 409, Status.DEPROVISIONED),
]


@pytest.mark.parametrize(("before", "active", "code", "after"), FROM)
@pytest.mark.shows("what `active` means in each status")
def test_what_active_means_depends_on_the_status(
    scim: Scim, before: Status, active: bool, code: int, after: Status
) -> None:
    id = scim.user(active=False)["id"]
    set_status(scim, id, before)
    operation = {"op": "replace", "path": "active", "value": active}
    response = scim.patch(f"/Users/{id}", {"op": "add", "path": "title", "value": "Dr"}, operation)
    assert response.status_code == code
    assert status(scim, id) == after
    shown = scim.get(f"/Users/{id}").get_json(force=True)
    assert shown["active"] is (after is Status.ACTIVE)
    assert ("title" in shown) is (code == 200)


@pytest.mark.parametrize("before", [Status.ACTIVE, Status.LOCKED, Status.SUSPENDED])
@pytest.mark.parametrize(("active", "said"), [(False, Status.ACTIVE), (True, Status.SUSPENDED)])
@pytest.mark.parametrize("verb", ["PUT", "PATCH"])
def test_active_and_a_status_that_contradict_each_other_change_nothing(
    application: Application, before: Status, active: bool, said: Status, verb: str
) -> None:
    writer = application.scim(scopes=("*:write", "accounts:write"))
    user = writer.user(active=before is Status.ACTIVE)
    set_status(writer, user["id"], before)
    told = {"active": active, ACCOUNT: {"status": said}}
    if verb == "PUT":
        schemas = {"schemas": [USER, ACCOUNT], "userName": user["userName"]}
        answer = writer.put(f"/Users/{user['id']}", schemas | told)
    else:
        answer = writer.patch(f"/Users/{user['id']}", {"op": "replace", "value": told})
    assert error(answer) == (400, "invalidValue")
    assert status(writer, user["id"]) == before


def test_who_says_the_status_as_it_is_ends_nothing_with_the_active_that_it_shows(
    application: Application,
) -> None:
    writer = application.scim(scopes=("*:write", "accounts:write"))
    user = writer.user(active=False)
    set_status(writer, user["id"], Status.LOCKED)
    told = {"schemas": [USER, ACCOUNT], "userName": user["userName"], "active": False}
    answer = writer.put(f"/Users/{user['id']}", told | {ACCOUNT: {"status": Status.LOCKED}})
    assert answer.status_code == 200
    assert status(writer, user["id"]) == Status.LOCKED


def test_a_step_that_changes_the_status_alone_is_a_change(scim: Scim) -> None:
    user = scim.user(active=False)
    set_status(scim, user["id"], Status.LOCKED)
    operation = {"op": "replace", "path": "active", "value": False}
    shown = scim.patch(f"/Users/{user['id']}", operation).get_json(force=True)
    assert shown["meta"]["version"] != user["meta"]["version"]
    assert actions(scim, user["id"]) == ["create", "suspend"]


def test_the_active_of_another_resource_type_is_an_attribute_like_any_other(
    application: Application,
) -> None:
    scim = application.scim()
    urn = "urn:example:params:scim:schemas:core:2.0:Device"
    device = {"schemas": [urn], "displayName": "D", "serialNumber": "1", "active": False}
    id = scim.post("/Devices", device).get_json(force=True)["id"]
    shown = scim.patch(f"/Devices/{id}", {"op": "remove", "path": "active"}).get_json(force=True)
    assert "active" not in shown
    assert actions(scim, id) == ["create", "update"]
