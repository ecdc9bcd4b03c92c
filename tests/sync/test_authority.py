"""What a source owns, others do not change; but they may always switch off and delete."""

import pytest

from scim_server.directory.sources.runs import Mode
from tests.application import ENTERPRISE, error, problem
from tests.statements import watched
from tests.sync.office import Office

OVERWRITE = "[authority]\non_change = 'overwrite'"


@pytest.fixture
def office(office: Office) -> Office:
    office.employ("ada", shown="Ada", department="Engines", teams=["Board"])
    office.employ("eve", teams=["Board"])
    office.run()
    return office


def replace(path: str, value: object) -> dict[str, object]:
    return {"op": "replace", "path": path, "value": value}


@pytest.mark.shows("what a source writes refused to others")
@pytest.mark.parametrize(
    "path",
    ["displayName", "userName", f"{ENTERPRISE}:department", "emails"],
)
def test_a_client_that_changes_what_is_owned_is_told_whose_it_is(office: Office, path: str) -> None:
    before = office.user("ada")
    value = [{"value": "x@example.com"}] if path == "emails" else "other"
    answer = office.scim.patch(f"/Users/{before['id']}", replace(path, value))
    assert error(answer) == (400, "mutability")
    detail = answer.get_json(force=True)["detail"]
    assert f'"{path}" belongs to the source "hr"' in detail
    assert office.user("ada") == before


def test_put_and_bulk_are_no_way_around(office: Office) -> None:
    before = office.user("ada")
    body = {k: v for k, v in before.items() if k != "meta"} | {"displayName": "other"}
    assert error(office.scim.put(f"/Users/{before['id']}", body)) == (400, "mutability")
    path = f"/Users/{before['id']}"
    [result] = office.scim.bulk({"method": "PUT", "path": path, "data": body}).get_json(force=True)[
        "Operations"
    ]
    assert result["status"] == "400"
    assert office.user("ada") == before


@pytest.mark.shows("what a source writes refused to others")
def test_an_administrator_is_refused_likewise(office: Office) -> None:
    id = office.user("ada")["id"]
    answer = office.admin.patch(f"/users/{id}", {"displayName": "other"})
    assert problem(answer)[0] == 400
    assert "belongs to the source" in answer.get_json(force=True)["detail"]


def test_what_is_not_owned_is_everybodys(office: Office) -> None:
    id = office.user("ada")["id"]
    assert office.scim.patch(f"/Users/{id}", replace("nickName", "Countess")).status_code == 200
    path = f"{ENTERPRISE}:costCenter"
    assert office.scim.patch(f"/Users/{id}", replace(path, "17")).status_code == 200
    office.run(Mode.FULL)
    assert office.user("ada")["nickName"] == "Countess"
    assert office.user("ada")[ENTERPRISE]["costCenter"] == "17"


def test_a_put_that_changes_nothing_owned_is_taken(office: Office) -> None:
    ada = office.user("ada")
    body = {k: v for k, v in ada.items() if k != "meta"} | {"nickName": "Countess"}
    assert office.scim.put(f"/Users/{ada['id']}", body).status_code == 200


def test_members_of_its_groups_are_the_sources(office: Office) -> None:
    group, other = office.group("Board"), office.scim.user()["id"]
    add = {"op": "add", "path": "members", "value": [{"value": other}]}
    remove = {"op": "remove", "path": f'members[value eq "{office.user("ada")["id"]}"]'}
    for operation in (add, remove):
        answer = office.scim.patch(f"/Groups/{group['id']}", operation)
        assert error(answer) == (400, "mutability")
    assert office.team("Board") == {"ada", "eve"}


def test_switching_off_is_always_allowed(office: Office) -> None:
    id = office.user("ada")["id"]
    assert office.scim.patch(f"/Users/{id}", replace("active", False)).status_code == 200
    office.run(Mode.FULL)
    assert office.status("ada") == "Suspended"
    assert office.scim.patch(f"/Users/{id}", replace("active", True)).status_code == 200
    assert office.status("ada") == "Active"


@pytest.mark.parametrize("how", ["delete", "deprovision"])
def test_the_end_is_always_allowed(office: Office, how: str) -> None:
    id = office.user("ada")["id"]
    if how == "delete":
        assert office.scim.delete(f"/Users/{id}").status_code == 204
    else:
        answer = office.admin.post(f"/users/{id}/status", {"event": "deprovision"})
        assert answer.status_code == 200
    assert office.violations() == []


@pytest.mark.shows("whom a source has switched off stays out")
def test_whom_the_source_has_switched_off_nobody_else_brings_back(office: Office) -> None:
    office.change("ada", active="false")
    office.run()
    id = office.user("ada")["id"]
    answer = office.scim.patch(f"/Users/{id}", replace("active", True))
    assert error(answer)[0] == 409
    assert "switched this account off" in answer.get_json(force=True)["detail"]
    answer = office.admin.post(f"/users/{id}/status", {"event": "reactivate"})
    assert problem(answer)[0] == 409
    assert office.status("ada") == "Suspended"


def test_a_leaver_stays_out_for_everybody_else(office: Office) -> None:
    office.employ("bob")
    office.run()
    office.dismiss("bob")
    office.run()
    id = office.user("bob")["id"]
    assert error(office.scim.patch(f"/Users/{id}", replace("active", True)))[0] == 409


def test_of_a_leaver_others_change_what_the_source_says_no_more(office: Office) -> None:
    office.employ("bob", "zoe")
    office.run()
    office.dismiss("bob")
    office.run()
    path = f"/Users/{office.user('bob')['id']}"
    assert office.scim.patch(path, replace("displayName", "Late")).status_code == 200
    assert office.user("bob")["displayName"] == "Late"
    back = {**office.user("bob"), "displayName": "Back", "active": True}
    assert error(office.scim.put(path, back))[0] == 409
    assert office.status("bob") == "Suspended"


def test_a_group_that_is_gone_is_filled_by_nobody(office: Office) -> None:
    office.employ("bob", teams="Choir")
    office.run()
    office.change("bob", teams="")
    office.run()
    path, bob = f"/Groups/{office.group('Choir')['id']}", office.user("bob")["id"]
    add = {"op": "add", "path": "members", "value": [{"value": bob}]}
    assert error(office.scim.patch(path, add)) == (400, "mutability")
    assert office.team("Choir") == set()


def test_what_may_be_overwritten_is_at_the_next_run(office: Office) -> None:
    office.configure(tables=OVERWRITE)
    office.run()
    id, other = office.user("ada")["id"], office.scim.user(userName="zoe")["id"]
    group = office.group("Board")["id"]
    assert office.scim.patch(f"/Users/{id}", replace("displayName", "other")).status_code == 200
    add = {"op": "add", "path": "members", "value": [{"value": other}]}
    assert office.scim.patch(f"/Groups/{group}", add).status_code == 200
    assert office.team("Board") == {"ada", "eve", "zoe"}
    counts = office.run().counts
    assert counts["User"]["movers"] == 1
    assert counts["Group"]["membersRemoved"] == 1
    assert office.user("ada")["displayName"] == "Ada"
    assert office.team("Board") == {"ada", "eve"}


def test_who_was_brought_back_by_hand_is_out_after_the_next_run(office: Office) -> None:
    office.configure(tables=OVERWRITE)
    office.change("ada", active="false")
    office.run()
    id = office.user("ada")["id"]
    assert office.scim.patch(f"/Users/{id}", replace("active", True)).status_code == 200
    assert office.status("ada") == "Active"
    office.run()
    assert office.status("ada") == "Suspended"


def mapped_too(office: Office) -> str:
    """From now on the mapping has a nickName, of which the file says nothing; ada has one."""
    id = office.user("ada")["id"]
    assert office.scim.patch(f"/Users/{id}", replace("nickName", "Countess")).status_code == 200
    file = office.folder / "hr.toml"
    more = 'displayName = "{shown}"\nnickName = "{nick}"'
    file.write_text(file.read_text().replace('displayName = "{shown}"', more))
    return f"/Users/{id}"


def test_what_a_source_begins_to_write_is_its_own_also_where_it_is_empty(office: Office) -> None:
    path = mapped_too(office)
    office.run()
    assert "nickName" not in office.user("ada")
    assert error(office.scim.patch(path, replace("nickName", "Mine"))) == (400, "mutability")


def test_a_dry_run_takes_nothing_for_its_source(office: Office) -> None:
    path = mapped_too(office)
    office.run(Mode.DRY_RUN)
    assert office.user("ada")["nickName"] == "Countess"
    assert office.scim.patch(path, replace("nickName", "Mine")).status_code == 200


def test_resources_of_nobody_else_cost_no_look_up(office: Office) -> None:
    """One statement more, and only for what a source has brought."""
    local, ada = office.scim.user()["id"], office.user("ada")["id"]

    def statements(id: str, name: str) -> int:
        with watched(office.application) as found:
            office.scim.patch(f"/Users/{id}", replace("nickName", name))
            found.clear()
            assert office.scim.patch(f"/Users/{id}", replace("nickName", "x")).status_code == 200
        return len(found)

    assert statements(ada, "1") == statements(local, "1") + 1
