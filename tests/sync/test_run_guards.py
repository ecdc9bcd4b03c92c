"""What would have emptied the directory, and does not."""

from dataclasses import replace
from datetime import timedelta

import pytest

from scim_server.directory.sources.runs import Mode, Run, State
from tests.sync.office import Office

CAUTIOUS = "[guards]\nshare = 0.1\nnumber = 5"


def staff(number: int) -> list[str]:
    return [f"user-{each}" for each in range(number)]


def killed(*_: object) -> None:
    """No more is written of a run: not even that it has ended."""
    raise SystemExit


def nothing_done(office: Office, run: Run, words: str) -> None:
    assert run.state is State.AWAITING_CONFIRMATION
    assert run.detail is not None and words in run.detail
    assert all(office.users().values())


def test_a_file_that_is_empty_is_a_fault(office: Office) -> None:
    office.employ(*staff(3))
    office.run()
    office.workers = []
    run = office.run()
    assert run.state is State.FAILED and "no User at all" in str(run.detail)
    assert list(office.users().values()) == [True] * 3


def test_a_file_that_is_empty_from_the_beginning_is_a_fault(office: Office) -> None:
    assert office.run().state is State.FAILED


def test_a_file_that_is_cut_off_is_a_fault(office: Office) -> None:
    office.employ(*staff(3))
    office.run()
    file = office.folder / "hr.jsonl"
    job = office.job()
    file.write_text(file.read_text()[:-20])
    run = office.runner.run(job)
    assert run.state is State.FAILED
    assert list(office.users().values()) == [True] * 3


def test_a_file_that_is_away_is_a_fault(office: Office) -> None:
    office.employ(*staff(3))
    office.run()
    job = office.job()
    (office.folder / "hr.jsonl").unlink()
    run = office.runner.run(job)
    assert run.state is State.FAILED
    assert list(office.users().values()) == [True] * 3


def test_half_of_a_file_is_no_mass_departure(office: Office) -> None:
    office.employ(*staff(40))
    office.run()
    office.workers = office.workers[:20]
    nothing_done(office, office.run(), "20 of 40, more than 10%")


def test_a_number_stops_a_large_company_too(office: Office) -> None:
    office.configure(tables=CAUTIOUS)
    office.employ(*staff(100))
    office.run()
    office.workers = office.workers[6:]
    nothing_done(office, office.run(), "6, more than 5")


def test_a_column_that_switches_everybody_off_is_stopped(office: Office) -> None:
    office.employ(*staff(20), active="true")
    office.run()
    for worker in office.workers:
        worker["active"] = "false"
    nothing_done(office, office.run(), "20 of 20")


def test_ids_that_are_all_new_are_stopped(office: Office) -> None:
    """As after a change of the id's column: everybody left, and somebody of that name joined."""
    office.employ(*staff(20))
    office.run()
    for number, worker in enumerate(office.workers):
        worker["id"] = f"other-{number}"
    nothing_done(office, office.run(), "20 of 20")


def test_a_column_that_empties_all_groups_is_stopped(office: Office) -> None:
    office.employ(*staff(3), teams=["A", "B", "C"])
    office.run()
    for worker in office.workers:
        worker["teams"] = ["D"]
    nothing_done(office, office.run(), "3 of 3, more than 10% (Group)")
    assert office.team("A") == set(staff(3))


def test_who_has_no_id_keeps_everybody_else_from_leaving(office: Office) -> None:
    office.employ(*staff(20))
    office.run()
    office.workers[0]["id"] = ""
    office.dismiss("user-5")
    run = office.run()
    assert run.state is State.DONE
    assert any("nobody leaves" in each["why"] for each in run.told)
    assert all(office.users().values())


def test_who_cannot_be_read_stays_as_they_are(office: Office) -> None:
    office.employ(*staff(20))
    office.run()
    office.workers[0]["name"] = "a name with a \u202e in it"
    office.dismiss("user-5")
    run = office.run()
    [told] = run.told
    assert told["entry"] == "id-user-0"
    assert [name for name, active in office.users().items() if not active] == ["user-5"]


def test_a_deletion_after_the_grace_is_counted_again(office: Office) -> None:
    office.configure(tables="[leavers]\nthen = 'delete'")
    office.employ(*staff(40))
    office.run()
    for name in staff(9):
        office.dismiss(name)
        office.run()
    office.later = timedelta(days=31)
    run = office.run()
    assert run.state is State.AWAITING_CONFIRMATION and "9 of 40" in str(run.detail)
    assert len(office.users()) == 40


def test_what_was_confirmed_is_done(office: Office) -> None:
    office.employ(*staff(20))
    office.run()
    office.workers = office.workers[:10]
    stopped = office.run()
    run = office.run(Mode.FULL, confirms=stopped.id)
    assert (run.state, run.counts["User"]["leavers"]) == (State.DONE, 10)
    assert sum(office.users().values()) == 10


def test_more_than_was_confirmed_is_stopped_again(office: Office) -> None:
    office.employ(*staff(20))
    office.run()
    office.workers = office.workers[:10]
    stopped = office.run()
    office.workers = office.workers[:9]
    run = office.run(Mode.FULL, confirms=stopped.id)
    nothing_done(office, run, "11 of 20")


def test_less_than_was_confirmed_is_done(office: Office) -> None:
    office.employ(*staff(20))
    office.run()
    everybody = office.workers
    office.workers = everybody[:10]
    stopped = office.run()
    office.workers = everybody[:15]
    assert office.run(Mode.FULL, confirms=stopped.id).state is State.DONE
    assert sum(office.users().values()) == 15


def test_the_same_plan_waits_once(office: Office) -> None:
    office.employ(*staff(20))
    office.run()
    office.workers = office.workers[:10]
    first = office.run()
    second = office.run()
    assert second.state is State.REFUSED and first.id in str(second.detail)
    office.workers = office.workers[:9]
    third = office.run()
    with office.application.parts.store.reading(office.tenant) as reader:
        states = {each.id: each.state for each in reader.runs.page("hr", None, 10)}
    assert states[first.id] is State.SUPERSEDED
    assert states[third.id] is State.AWAITING_CONFIRMATION


@pytest.mark.parametrize("mode", [Mode.FULL, Mode.INCREMENTAL])
def test_a_source_that_has_recovered_needs_no_confirmation(office: Office, mode: Mode) -> None:
    office.employ(*staff(20))
    office.run()
    everybody = office.workers
    office.workers = everybody[:10]
    stopped = office.run()
    office.workers = everybody
    assert office.run(mode).state is State.DONE
    with office.application.parts.store.reading(office.tenant) as reader:
        assert reader.runs.get(stopped.id).state is State.SUPERSEDED


def test_a_run_that_cannot_tell_who_left_settles_nothing(office: Office) -> None:
    office.employ(*staff(20))
    office.run()
    everybody = office.workers
    office.workers = everybody[:10]
    stopped = office.run()
    office.workers = [*everybody, {"id": "", "name": "nobody"}]
    assert office.run().state is State.DONE
    with office.application.parts.store.reading(office.tenant) as reader:
        assert reader.runs.get(stopped.id).state is State.AWAITING_CONFIRMATION


def test_a_confirmation_is_not_used_up_by_a_run_that_fails(office: Office) -> None:
    office.employ(*staff(20))
    office.run()
    office.workers = office.workers[:10]
    stopped = office.run()
    for _ in range(2):
        answer = office.admin.post(f"/runs/{stopped.id}/confirm")
        assert answer.status_code == 202
        with office.application.parts.store.reading(office.tenant) as reader:
            waiting = reader.runs.get(answer.get_json()["id"])
        job = replace(office.job(), run=waiting)
        (office.folder / "hr.jsonl").unlink()
        assert office.runner.run(job).state is State.FAILED
    assert all(office.users().values())
    assert office.run(Mode.FULL, confirms=stopped.id).state is State.DONE
    assert sum(office.users().values()) == 10


def test_a_confirmation_is_not_used_up_by_a_run_that_is_killed(office: Office) -> None:
    office.employ(*staff(20))
    office.run()
    office.workers = office.workers[:10]
    stopped = office.run()
    answer = office.admin.post(f"/runs/{stopped.id}/confirm")
    with office.application.parts.store.reading(office.tenant) as reader:
        waiting = reader.runs.get(answer.get_json()["id"])
    with pytest.raises(SystemExit):
        office.runner.run(replace(office.job(tell=killed), run=waiting))
    assert office.run().state is State.REFUSED
    with office.application.parts.store.reading(office.tenant) as reader:
        assert reader.runs.get(waiting.id).state is State.INTERRUPTED
        assert reader.runs.get(stopped.id).state is State.AWAITING_CONFIRMATION
    assert all(office.users().values())


def test_who_was_confirmed_to_be_suspended_is_not_deleted(office: Office) -> None:
    office.employ(*staff(20))
    office.run()
    office.workers = office.workers[:10]
    stopped = office.run()
    office.configure(tables="[leavers]\nthen = 'delete'\nafter_days = 0")
    run = office.run(Mode.FULL, confirms=stopped.id)
    nothing_done(office, run, "10 of 20")
    assert len(office.users()) == 20


def test_who_is_adopted_and_switched_off_is_counted(office: Office) -> None:
    office.employ("boss")
    office.run()
    for name in staff(5):
        office.scim.user(userName=name)
    office.employ(*staff(5), active="false")
    adopt = frozenset(f"id-{name}" for name in staff(5))
    nothing_done(office, office.run(adopt=adopt), "take away 5 of 1")
    assert office.admin.get(f"/users/{office.user('user-0')['id']}").get_json()["source"] == "SCIM"


def test_a_column_that_switches_everybody_on_is_stopped(office: Office) -> None:
    office.employ("boss")
    office.employ(*staff(20), active="false")
    office.run()
    for worker in office.workers:
        worker["active"] = "true"
    run = office.run()
    assert run.state is State.AWAITING_CONFIRMATION
    assert "bring back 20 of 21" in str(run.detail)
    assert sum(office.users().values()) == 1
    assert office.run(Mode.FULL, confirms=run.id).state is State.DONE
    assert sum(office.users().values()) == 21
