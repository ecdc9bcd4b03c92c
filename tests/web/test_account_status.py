"""The status of an account over the administration API and over SCIM (security rule 12)."""

import pytest

from scim_server.directory.accounts.lifecycle import Status
from tests.application import ACCOUNT, GROUP, Application, Scim, problem


def status(scim: Scim, user: str) -> str:
    shown = scim.get(f"/Users/{user}", query={"attributes": f"{ACCOUNT}:status"})
    found: str = shown.get_json(force=True)[ACCOUNT]["status"]
    return found


@pytest.mark.shows("suspended by an administrator, and reactivated")
def test_a_step_is_taken_and_told(application: Application, scim: Scim) -> None:
    user = scim.user()
    admin = application.admin(scim.tenant)
    answer = admin.post(f"/users/{user['id']}/status", {"event": "suspend", "reason": "on leave"})
    assert answer.status_code == 200, answer.text
    assert answer.get_json()["active"] is False
    assert status(scim, user["id"]) == "Suspended"


@pytest.mark.shows("an illegal step changes nothing")
def test_a_step_that_the_status_forbids_is_409_and_changes_nothing(
    application: Application, scim: Scim
) -> None:
    user = scim.user()
    admin = application.admin(scim.tenant)
    before = scim.get(f"/Users/{user['id']}").get_json(force=True)
    assert problem(admin.post(f"/users/{user['id']}/status", {"event": "reactivate"}))[0] == 409
    assert scim.get(f"/Users/{user['id']}").get_json(force=True) == before


def test_a_status_is_found(application: Application, scim: Scim) -> None:
    active, suspended = scim.user(), scim.user(active=False)
    assert scim.found("/Users", f'{ACCOUNT}:status eq "Suspended"') == [suspended["id"]]
    assert scim.found("/Users", f'not ({ACCOUNT}:status eq "Suspended")') == [active["id"]]
    assert scim.found("/Users", f"{ACCOUNT}:lastSignIn pr") == []


@pytest.mark.shows("deprovisioned, and the record kept")
def test_deprovisioning_leaves_the_record_and_no_membership(
    application: Application, scim: Scim
) -> None:
    user = scim.user()
    group = scim.group(user["id"])
    admin = application.admin(scim.tenant)
    admin.post(f"/users/{user['id']}/status", {"event": "deprovision"})
    assert status(scim, user["id"]) == "Deprovisioned"
    assert scim.get(f"/Groups/{group['id']}").get_json(force=True)["members"] == []


@pytest.mark.parametrize("verb", ["join", "new", "PATCH", "PUT", "POST", "lenient"])
def test_who_is_deprovisioned_joins_no_group(
    application: Application, scim: Scim, verb: str
) -> None:
    user, group, admin = scim.user()["id"], scim.group()["id"], application.admin(scim.tenant)
    admin.post(f"/users/{user}/status", {"event": "deprovision"})
    strict, members = application.scim("strict", tenant=scim.tenant), [{"value": user}]
    body = {"schemas": [GROUP], "displayName": scim.name(), "members": members}
    add = {"op": "add", "path": "members", "value": [*members, {"value": scim.user()["id"]}]}
    answer = {
        "join": lambda: admin.post(f"/users/{user}/groups", {"group": group}),
        "new": lambda: admin.post(f"/users/{user}/groups/new", {"displayName": "x"}),
        "PATCH": lambda: strict.patch(f"/Groups/{group}", add),
        "PUT": lambda: strict.put(f"/Groups/{group}", body),
        "POST": lambda: strict.post("/Groups", body),
        "lenient": lambda: application.scim("lenient", scim.tenant).patch(f"/Groups/{group}", add),
    }[verb]()
    assert answer.status_code == (200 if verb == "lenient" else 400), answer.text
    shown = scim.get(f"/Groups/{group}").get_json(force=True)["members"]
    assert user not in [each["value"] for each in shown]
    assert admin.get(f"/users/{user}").get_json()["groups"] == []


@pytest.mark.parametrize("scope", ["users:read", "*:write", "admin:sessions:read"])
def test_who_is_no_administrator_takes_no_step(
    application: Application, scim: Scim, scope: str
) -> None:
    user = scim.user()
    other = application.admin(scim.tenant, [scope])
    assert problem(other.post(f"/users/{user['id']}/status", {"event": "suspend"}))[0] == 403
    assert status(scim, user["id"]) == "Active"


@pytest.mark.parametrize("wanted", [Status.SUSPENDED, Status.DEPROVISIONED])
def test_a_status_is_written_over_scim_by_its_scope(
    application: Application, scim: Scim, wanted: Status
) -> None:
    user = scim.user()
    writer = application.scim(tenant=scim.tenant, scopes=("*:write", "accounts:write"))
    path = f"{ACCOUNT}:status"
    answer = writer.patch(f"/Users/{user['id']}", {"op": "replace", "path": path, "value": wanted})
    assert answer.status_code == 200, answer.text
    assert status(scim, user["id"]) == wanted
    refused = scim.patch(f"/Users/{user['id']}", {"op": "replace", "path": path, "value": "Active"})
    assert refused.status_code == 400
    assert status(scim, user["id"]) == wanted
