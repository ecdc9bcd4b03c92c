"""Who is switched off at the source is out, and comes back when the source says so, not before."""

from datetime import timedelta

import pytest

from scim_server.directory.sources.runs import Mode, State
from tests.sync.office import Office
from tests.sync.scripted import Scripted, person

OVERWRITE = "[authority]\non_change = 'overwrite'"
DEPROVISION = "[leavers]\nthen = 'deprovision'"


@pytest.fixture
def office(office: Office) -> Office:
    office.employ("ada", "eve", active="true", teams=["Board"])
    office.run()
    return office


@pytest.mark.parametrize("name", ["eve", "a\u202eb", ""])
def test_who_is_off_is_out_whatever_else_is_refused(office: Office, name: str) -> None:
    office.change("ada", name=name, active="false")
    run = office.run()
    assert run.state is State.DONE
    assert [each["entry"] for each in run.told] == ["id-ada"]
    assert run.counts["User"]["switchedOff"] == 1
    assert office.status("ada") == "Suspended"
    assert office.step("ada", "reactivate") == 409
    office.change("ada", name="ada", active="true")
    assert office.run().told == ()
    assert office.status("ada") == "Active"
    assert office.violations() == []


def test_who_is_off_and_refused_is_so_once(office: Office) -> None:
    office.change("ada", name="", active="false")
    office.run()
    events = office.events()
    run = office.run()
    assert len(run.told) == 1 and "switchedOff" not in run.counts["User"]
    assert office.events() == events


def test_many_who_are_off_and_refused_are_stopped(office: Office) -> None:
    for worker in office.workers:
        worker.update(name="", active="false")
    run = office.run()
    assert run.state is State.AWAITING_CONFIRMATION
    assert office.users() == {"ada": True, "eve": True}
    assert office.run(Mode.FULL, confirms=run.id).state is State.DONE
    assert office.users() == {"ada": False, "eve": False}
    assert office.run().state is State.DONE


def test_a_source_that_says_nothing_any_more_brings_nobody_back(office: Office) -> None:
    office.change("ada", active="false")
    office.run()
    for worker in office.workers:
        worker["active"] = ""
    office.run(Mode.FULL)
    assert office.users() == {"ada": False, "eve": True}
    office.change("ada", active="true")
    office.run()
    assert office.users() == {"ada": True, "eve": True}


def test_who_returns_is_back_also_where_a_source_never_says_who_is_on(office: Office) -> None:
    office.employ("bob", "joe")
    office.run()
    bob = office.workers[2]
    office.dismiss("bob")
    office.run()
    assert office.status("bob") == "Suspended"
    office.workers.append(bob)
    office.run()
    assert office.status("bob") == "Active"


def test_whom_somebody_has_brought_back_the_source_brings_back_no_more(office: Office) -> None:
    """What it may undo is what it has done itself: this suspension is an administrator's."""
    office.configure(tables=OVERWRITE)
    office.change("ada", active="false")
    office.run()
    assert office.step("ada", "reactivate") == 200
    office.change("ada", active="true")
    office.run()
    assert office.status("ada") == "Active"
    assert office.step("ada", "suspend") == 200
    office.run()
    office.run(Mode.FULL)
    assert office.status("ada") == "Suspended"
    assert office.violations() == []


@pytest.mark.parametrize("how", ["client", "administrator"])
def test_whom_others_bring_back_and_suspend_between_two_runs_stays_suspended(
    office: Office, how: str
) -> None:
    office.configure(tables=OVERWRITE)
    office.change("ada", active="false")
    office.run()
    if how == "administrator":
        assert office.step("ada", "reactivate") == 200
        assert office.step("ada", "suspend") == 200
    else:
        for active in (True, False):
            patch = {"op": "replace", "path": "active", "value": active}
            path = f"/Users/{office.user('ada')['id']}"
            assert office.scim.patch(path, patch).status_code == 200
    office.change("ada", active="true")
    office.run()
    assert office.status("ada") == "Suspended"


def test_a_dry_run_counts_who_is_off_and_refused_as_a_run_does(office: Office) -> None:
    office.change("ada", name="", active="false")
    planned = office.run(Mode.DRY_RUN).counts["User"]
    assert planned == {"read": 2, "unchanged": 1, "switchedOff": 1, "leftOut": 1}
    assert office.run().counts["User"] == planned


def test_who_is_off_is_out_also_by_a_name_that_nobody_can_have(scripted: Scripted) -> None:
    scripted.has(person("ada", active="true"), person("eve"))
    scripted.run()
    scripted.has(person("ada", "cn=\0", active="false"), person("eve"))
    assert [each["entry"] for each in scripted.run(Mode.FULL).told] == ["ada"]
    assert scripted.users() == {"ada": False, "eve": True}


def test_whom_an_administrator_has_suspended_before_the_source_did_stays_so(
    office: Office,
) -> None:
    assert office.step("ada", "suspend") == 200
    office.change("ada", active="false")
    office.run()
    office.change("ada", active="true")
    office.run()
    assert office.status("ada") == "Suspended"


@pytest.mark.parametrize("active", ["false", "true", ""])
def test_who_was_deprovisioned_does_not_come_back_switched_off_or_on(
    office: Office, active: str
) -> None:
    office.configure(tables=DEPROVISION)
    ada = office.workers[0]
    office.dismiss("ada")
    office.run()
    office.later = timedelta(days=31)
    office.run()
    assert office.status("ada") == "Deprovisioned"
    office.workers.append(ada | {"active": active})
    [told] = office.run().told
    assert told["entry"] == "id-ada" and "deprovisioned" in told["why"]
    office.change("ada", active="true")
    assert len(office.run().told) == 1
    assert office.status("ada") == "Deprovisioned"
