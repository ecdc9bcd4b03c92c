"""What a run does: joiners, movers, leavers, and nothing where nothing has changed."""

from datetime import timedelta

import pytest

from scim_server.directory.sources.runs import Mode, State
from tests.application import ENTERPRISE
from tests.statements import watched
from tests.sync.office import Office

LEAVERS = "[leavers]\nthen = {then!r}\nafter_days = 30\n[guards]\nshare = 1.0"


def test_who_joins_is_there_with_boss_and_teams(office: Office) -> None:
    office.employ("ada", department="Engines", boss="id-eve", teams=["Board", "Engines"])
    office.employ("eve", teams=["Board"])
    run = office.run()
    assert (run.state, run.detail, run.told) == (State.DONE, None, ())
    assert run.counts == {
        "User": {"read": 2, "joiners": 2},
        "Group": {"read": 2, "joiners": 2, "membersAdded": 3},
    }
    ada, eve = office.user("ada"), office.user("eve")
    assert ada["active"] and ada["emails"][0]["value"] == "ada@example.com"
    assert ada[ENTERPRISE]["department"] == "Engines"
    assert ada[ENTERPRISE]["manager"]["value"] == eve["id"]
    assert office.team("Board") == {"ada", "eve"}
    assert office.team("Engines") == {"ada"}


def test_the_account_shows_where_it_comes_from(office: Office) -> None:
    office.employ("ada")
    office.run()
    found = office.admin.get(f"/users/{office.user('ada')['id']}").get_json()
    assert (found["source"], found["status"]) == ("HR", "Active")


def test_bosses_may_come_in_any_order_and_in_circles(office: Office) -> None:
    office.employ("ada", boss="id-eve")
    office.employ("eve", boss="id-bob")
    office.employ("bob", boss="id-ada")
    office.employ("joe", boss="id-nobody")
    office.employ("max", boss="id-max")
    assert office.run().counts["User"] == {"read": 5, "joiners": 5}
    bosses = {"ada": "eve", "eve": "bob", "bob": "ada", "max": "max"}
    for name, boss in bosses.items():
        assert office.user(name)[ENTERPRISE]["manager"]["value"] == office.user(boss)["id"]
    assert ENTERPRISE not in office.user("joe")
    assert office.run().counts["User"] == {"read": 5, "unchanged": 5}


def test_a_boss_who_joins_later_is_told_then(office: Office) -> None:
    office.employ("ada", boss="id-eve")
    office.run()
    office.employ("eve")
    assert office.run().counts["User"] == {"read": 2, "joiners": 1, "movers": 1}
    assert office.user("ada")[ENTERPRISE]["manager"]["value"] == office.user("eve")["id"]


def test_nothing_changed_writes_nothing(office: Office) -> None:
    office.employ(*(f"user-{number}" for number in range(30)), teams=["All"], boss="id-user-0")
    office.run()
    before, events = office.state(), office.events()
    tags = {name: office.user(name)["meta"]["version"] for name in ("user-0", "user-29")}
    run = office.run()
    assert run.counts == {
        "User": {"read": 30, "unchanged": 30},
        "Group": {"read": 1, "unchanged": 1},
    }
    assert (office.state(), office.events()) == (before, events)
    assert tags == {name: office.user(name)["meta"]["version"] for name in tags}


def test_an_unchanged_entry_costs_no_statement_of_its_own(office: Office) -> None:
    def statements(number: int) -> int:
        office.employ(*(f"user-{each}" for each in range(len(office.workers), number)))
        office.run()
        with watched(office.application) as found:
            office.run()
        return len(found)

    assert statements(10) == statements(200)


def test_a_mover_changes_in_what_the_source_says_only(office: Office) -> None:
    office.employ("ada", shown="Ada B.", department="Engines", teams=["Engines"])
    office.run()
    id = office.user("ada")["id"]
    office.scim.patch(f"/Users/{id}", {"op": "add", "path": "nickName", "value": "Countess"})
    office.change("ada", shown="Ada L.", department="Board", teams=["Board"])
    run = office.run()
    assert run.counts["User"] == {"read": 1, "movers": 1}
    ada = office.user("ada")
    assert (ada["id"], ada["displayName"], ada["nickName"]) == (id, "Ada L.", "Countess")
    assert ada[ENTERPRISE]["department"] == "Board"
    assert office.team("Board") == {"ada"}


def test_what_the_source_says_no_more_is_gone(office: Office) -> None:
    office.employ("ada", shown="Ada", department="Engines")
    office.run()
    office.change("ada", shown=None, department=None)
    office.run()
    assert "displayName" not in office.user("ada")
    assert ENTERPRISE not in office.user("ada")


def test_a_new_name_is_the_same_person(office: Office) -> None:
    office.employ("ada")
    office.run()
    id = office.user("ada")["id"]
    office.change("ada", name="ada.lovelace")
    assert office.run().counts["User"] == {"read": 1, "movers": 1}
    assert office.user("ada.lovelace")["id"] == id


def test_two_may_swap_their_names(office: Office) -> None:
    office.employ("ada", "eve", "bob")
    office.run()
    ids = office.user("ada")["id"], office.user("eve")["id"]
    office.change("eve", name="ada")
    office.workers[0]["name"] = "eve"
    assert office.run().counts["User"].get("leftOut") == 2
    office.workers[0]["name"] = "third"
    office.run()
    office.workers[0]["name"] = "eve"
    office.run()
    assert (office.user("eve")["id"], office.user("ada")["id"]) == ids


def test_who_is_switched_off_at_the_source_is_out_and_comes_back(office: Office) -> None:
    office.employ("ada", "eve", "bob")
    office.run()
    office.change("ada", active="false")
    assert office.run().counts["User"] == {"read": 3, "unchanged": 2, "movers": 1, "switchedOff": 1}
    assert office.status("ada") == "Suspended"
    office.change("ada", active="true")
    assert office.run().counts["User"]["switchedOn"] == 1
    assert office.status("ada") == "Active"


def test_who_is_off_from_the_beginning_joins_suspended(office: Office) -> None:
    office.employ("ada", active="false")
    office.run()
    assert office.status("ada") == "Suspended"
    office.change("ada", active="true")
    office.run()
    assert office.status("ada") == "Active"


def test_whom_an_administrator_suspends_no_source_brings_back(office: Office) -> None:
    office.employ("ada", "eve")
    office.run()
    id = office.user("ada")["id"]
    assert office.admin.post(f"/users/{id}/status", {"event": "suspend"}).status_code == 200
    office.change("ada", department="Board")
    office.run()
    assert office.status("ada") == "Suspended"
    office.dismiss("ada")
    office.run()
    office.employ("ada")
    office.run()
    assert office.status("ada") == "Suspended"


@pytest.mark.parametrize(
    ("then", "after"), [("suspend", "Suspended"), ("deprovision", "Deprovisioned")]
)
def test_a_leaver_is_out_at_once_and_more_after_the_grace(
    office: Office, then: str, after: str
) -> None:
    office.configure(tables=LEAVERS.format(then=then))
    office.employ("ada", "eve", teams=["Board"])
    office.run()
    office.dismiss("ada")
    assert office.run().counts["User"] == {"read": 1, "unchanged": 1, "leavers": 1}
    assert office.status("ada") == "Suspended"
    assert office.team("Board") == {"eve"}
    office.later = timedelta(days=29)
    office.run()
    assert office.status("ada") == "Suspended"
    office.later = timedelta(days=31)
    office.run()
    assert office.status("ada") == after
    assert "leavers" not in office.run().counts["User"]


def test_a_leaver_may_be_deleted_after_the_grace(office: Office) -> None:
    office.configure(tables=LEAVERS.format(then="delete"))
    office.employ("ada", "eve")
    office.run()
    office.dismiss("ada")
    office.run()
    office.later = timedelta(days=31)
    office.run()
    assert office.users() == {"eve": True}
    office.employ("ada")
    office.run()
    assert office.users() == {"ada": True, "eve": True}


def test_who_returns_within_the_grace_is_back_as_the_same(office: Office) -> None:
    office.employ("ada", "eve", teams=["Board"])
    office.run()
    id = office.user("ada")["id"]
    worker = office.workers[0]
    office.dismiss("ada")
    office.run()
    office.workers.append(worker)
    assert office.run().counts["User"]["switchedOn"] == 1
    assert (office.user("ada")["id"], office.status("ada")) == (id, "Active")
    assert office.team("Board") == {"ada", "eve"}


def test_who_returns_after_the_end_is_left_out_and_told(office: Office) -> None:
    office.configure(tables=LEAVERS.format(then="deprovision"))
    office.employ("ada", "eve")
    office.run()
    office.dismiss("ada")
    office.run()
    office.later = timedelta(days=31)
    office.run()
    office.employ("ada")
    [told] = office.run().told
    assert told["entry"] == "id-ada" and "deprovisioned" in told["why"]
    assert office.status("ada") == "Deprovisioned"


def test_a_group_that_is_gone_is_emptied_and_deleted_after_the_grace(office: Office) -> None:
    office.configure(tables=LEAVERS.format(then="delete"))
    office.employ("ada", "eve", teams=["Board", "All"])
    office.run()
    for worker in office.workers:
        worker["teams"] = ["All"]
    office.run()
    assert office.team("Board") == set()
    office.later = timedelta(days=31)
    office.run()
    assert set(office.state()["groups"]) == {"All"}


def test_a_dry_run_changes_nothing_and_tells_everything(office: Office) -> None:
    office.employ("ada", shown="Ada", teams=["Board"])
    office.employ("eve")
    office.run()
    before = office.state(), office.events()
    office.change("ada", shown="Countess")
    office.dismiss("eve")
    office.employ("bob")
    run = office.run(Mode.DRY_RUN)
    assert run.state is State.DONE
    assert (office.state(), office.events()) == before
    with office.application.parts.store.reading(office.tenant) as reader:
        steps = reader.runs.steps(run.id, 0, 100)
    assert [(each["step"], each["entry"], each["departs"]) for each in steps] == [
        ("leave", "id-eve", True),
        ("join", "id-bob", False),
        ("move", "id-ada", False),
    ]
    assert steps[2]["changes"] == {"displayName": {"before": "Ada", "after": "Countess"}}
    assert steps[1]["changes"]["userName"] == {"after": "bob"}


def test_a_dry_run_tells_whom_a_joiner_waits_for(office: Office) -> None:
    office.employ("max")
    office.run()
    office.employ("ada", boss="id-eve")
    office.employ("eve", boss="id-max")
    run = office.run(Mode.DRY_RUN)
    with office.application.parts.store.reading(office.tenant) as reader:
        steps = {each["entry"]: each for each in reader.runs.steps(run.id, 0, 100)}
    assert steps["id-ada"]["refersTo"] == ["id-eve"]
    assert "refersTo" not in steps["id-eve"]
    boss = {"after": {"value": office.user("max")["id"]}}
    assert steps["id-eve"]["changes"][f"{ENTERPRISE}:manager"] == boss


def test_what_a_run_did_names_the_run(office: Office) -> None:
    office.employ("ada")
    run = office.run()
    [event] = office.admin.get(f"/users/{office.user('ada')['id']}/events").get_json()["events"]
    assert (event["actor"]["name"], event["request"]) == ("sync hr", run.id)


def test_whatever_happens_the_store_stays_whole(office: Office) -> None:
    office.employ(*(f"user-{number}" for number in range(20)), teams=["All"], boss="id-user-3")
    office.run()
    office.dismiss("user-3")
    office.run()
    assert office.violations() == []
