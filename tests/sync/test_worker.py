"""What a worker does about sources: due once, waiting, faulty, dead."""

from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from scim_server.directory.sources.runs import Mode, Run, Running, State
from scim_server.store.sync_lock import SyncLocks
from scim_server.sync.entries import Asked, Reading
from tests.application import Application
from tests.store.shelf import at_once
from tests.sync.duty import Duty, after, daily, employed, runs
from tests.sync.known import put_run, register
from tests.sync.office import Office


def test_a_source_is_known_as_soon_as_a_worker_has_read_its_file(office: Office) -> None:
    duty = Duty(employed(office))
    assert duty.round() == 0
    [source] = office.admin.get("/sources").get_json()["sources"]
    assert (source["name"], source["type"], source["lastRun"]) == ("hr", "feed", None)


def test_what_an_administrator_starts_a_worker_runs(office: Office) -> None:
    duty = Duty(employed(office))
    duty.round()
    run = office.admin.post("/sources/hr/runs", {"mode": "dry run"}).get_json()["id"]
    assert duty.round() == 1
    assert (office.admin.get(f"/runs/{run}").get_json()["state"], office.users()) == ("done", {})
    office.admin.post("/sources/hr/runs")
    assert (duty.round(), duty.round()) == (1, 0)
    assert office.users() == {"ada": True}
    assert [(run.mode, run.state) for run in duty.ended] == [
        (Mode.DRY_RUN, State.DONE),
        (Mode.INCREMENTAL, State.DONE),
    ]


def test_what_an_administrator_confirms_a_worker_does(office: Office) -> None:
    duty = Duty(employed(office))
    office.employ("bob", "eve")
    office.run()
    office.dismiss("bob", "eve")
    stopped = office.run()
    assert (stopped.state, office.users()["bob"]) == (State.AWAITING_CONFIRMATION, True)
    assert office.admin.post(f"/runs/{stopped.id}/confirm").status_code == 202
    assert duty.round() == 1
    assert office.users() == {"ada": True, "bob": False, "eve": False}


def test_a_tick_of_the_schedule_is_one_run_whoever_looks(office: Office) -> None:
    employed(office, f'schedule = "{daily(office.clock())}"')
    duties = [Duty(office), Duty(office)]
    assert [duty.round() for duty in duties] == [0, 0]
    after(office, minutes=20)
    assert [duty.round() for duty in duties * 2] == [1, 0, 0, 0]
    assert [run["askedBy"] for run in runs(office)] == ["schedule"]
    after(office, days=3)
    assert [duty.round() for duty in duties * 2] == [1, 0, 0, 0]


def test_of_many_that_ask_at_the_same_time_one_does(office: Office) -> None:
    duty = Duty(employed(office, 'schedule = "* * * * *"'))
    duty.round()
    after(office, minutes=2)
    since = datetime(2026, 1, 1, tzinfo=UTC)
    found = at_once([lambda: duty.queue.ask_due(office.tenant, "hr", since) for _ in range(4)])
    assert len([run for run in found if isinstance(run, Run)]) == len(runs(office)) == 1
    assert found.count(None) == 3


def test_a_run_that_waits_is_taken_once(office: Office) -> None:
    duty = Duty(employed(office))
    duty.round()
    office.admin.post("/sources/hr/runs")
    [run] = duty.queue.waiting(office.tenant, "hr")
    assert duty.round() == 1
    with pytest.raises(Running):
        office.runner.run(replace(office.job(), run=run))
    assert [each["state"] for each in runs(office)] == ["done"]


def test_what_waits_is_not_asked_for_again(office: Office) -> None:
    duty = Duty(employed(office, 'schedule = "* * * * *"'))
    with SyncLocks(office.application.parts.database).held(office.tenant, "hr"):
        for _ in range(3):
            duty.round()
            after(office, minutes=2)
    assert [run["state"] for run in runs(office)] == ["waiting"]


def test_while_a_run_goes_on_none_is_asked_for(office: Office) -> None:
    duty = Duty(employed(office))
    duty.round()
    run = put_run(office.application, office.tenant, source="hr", state=State.RUNNING)
    register(office.application, office.tenant, "hr", run=run, schedule="* * * * *")
    after(office, minutes=2)
    assert duty.round() == 0
    assert [run["state"] for run in runs(office)] == ["running"]


def test_each_run_is_of_its_own_source(office: Office, tmp_path: Path) -> None:
    duty = Duty(employed(office))
    (tmp_path / "other.toml").write_text((tmp_path / "hr.toml").read_text())
    duty.round()
    office.admin.post("/sources/other/runs")
    duty.round()
    user = office.user("ada")["id"]
    [event] = office.admin.get(f"/users/{user}/events").get_json()["events"]
    assert event["actor"]["name"] == "sync other"


def test_a_source_that_has_never_run_is_not_due_before_its_files_next_tick(
    office: Office,
) -> None:
    employed(office, 'schedule = "0 3 1 1 *"')
    duty = Duty(office)
    assert duty.round() == 0
    after(office, days=366)
    assert Duty(office).round() == 1


def test_the_full_schedule_reads_everything(office: Office) -> None:
    tick = daily(office.clock())
    employed(office, f'schedule = "{tick}"\nfull_schedule = "{tick}"')
    after(office, minutes=20)
    duty = Duty(office)
    assert (duty.round(), duty.round()) == (1, 0)
    assert [run.mode for run in duty.ended] == [Mode.FULL]


def test_a_run_that_fails_waits_for_the_next_tick(office: Office) -> None:
    employed(office, f'schedule = "{daily(office.clock())}"')
    (office.folder / "hr.jsonl").unlink()
    duty = Duty(office)
    after(office, minutes=20)
    assert (duty.round(), duty.round()) == (1, 0)
    assert [run.state for run in duty.ended] == [State.FAILED]


def test_a_run_that_was_interrupted_is_made_up_for(office: Office) -> None:
    employed(office, f'schedule = "{daily(office.clock())}"')
    duty = Duty(office)
    duty.round()
    after(office, minutes=20)
    now = office.clock().replace(tzinfo=None).isoformat()
    put_run(office.application, office.tenant, source="hr", state=State.INTERRUPTED, asked=now)
    assert (duty.round(), duty.round()) == (1, 0)


def test_who_is_to_end_begins_nothing(office: Office) -> None:
    duty = Duty(employed(office))
    duty.round()
    office.admin.post("/sources/hr/runs")
    duty.stops = lambda: True
    assert duty.round() == 0
    assert [run["state"] for run in runs(office)] == ["waiting"]


def test_who_is_to_end_leaves_the_rest_to_the_next(office: Office) -> None:
    office.employ(*(f"user-{n}" for n in range(400)))
    employed(office, f'schedule = "{daily(office.clock())}"')
    duty = Duty(office)
    duty.round()
    after(office, minutes=20)
    duty.stops = lambda: bool(office.users())
    assert duty.round() == 1
    assert 0 < len(office.users()) < 401
    assert (duty.round(), Duty(office).round()) == (0, 1)
    assert len(office.users()) == 401
    assert [run["state"] for run in runs(office)] == ["done", "interrupted"]


def test_while_another_has_the_lock_nothing_is_begun_and_nothing_told(office: Office) -> None:
    duty = Duty(employed(office))
    duty.round()
    office.admin.post("/sources/hr/runs")
    with SyncLocks(office.application.parts.database).held(office.tenant, "hr"):
        with capture_logs() as told:
            assert duty.round() == 0
        assert told == []
    assert duty.round() == 1


def test_a_run_whose_process_is_gone_ends_and_one_that_goes_on_does_not(office: Office) -> None:
    duty = Duty(employed(office))
    duty.round()
    run = put_run(office.application, office.tenant, source="hr", state=State.RUNNING)
    register(office.application, office.tenant, "hr", run=run)
    assert office.admin.post("/sources/hr/runs").status_code == 409
    with SyncLocks(office.application.parts.database).held(office.tenant, "hr"):
        assert duty.rounds.tidy() == 0
    assert (duty.rounds.tidy(), duty.rounds.tidy()) == (1, 0)
    assert [run["state"] for run in runs(office)] == ["interrupted"]
    assert office.admin.post("/sources/hr/runs").status_code == 202


def test_a_file_that_changes_is_read_again_and_how_far_it_was_read_stays(office: Office) -> None:
    duty = Duty(employed(office))
    duty.round()
    run = put_run(office.application, office.tenant, source="hr", state=State.RUNNING)
    register(office.application, office.tenant, "hr", run=run, mark="so far")
    employed(office, 'shown_as = "Directory Sync"')
    duty.round()
    with office.application.parts.store.reading(office.tenant) as reader:
        source = reader.runs.source("hr")
    assert (source.shown_as, source.run, source.mark) == ("Directory Sync", run, "so far")


def test_a_faulty_file_is_told_once_and_stops_no_other(office: Office, tmp_path: Path) -> None:
    duty = Duty(employed(office))
    (tmp_path / "bad.toml").write_text('type = "phone book"')
    with capture_logs() as told:
        duty.round()
        office.admin.post("/sources/hr/runs")
        assert (duty.round(), duty.round()) == (1, 0)
    [fault] = [each for each in told if each["log_level"] == "error"]
    assert fault["source"] == "bad"
    (tmp_path / "bad.toml").write_text("type =")
    with capture_logs() as told:
        duty.round()
    [again] = told
    assert again["faults"] != fault["faults"]


def test_a_source_of_a_tenant_that_there_is_not_is_told(
    application: Application, office: Office
) -> None:
    office.configure('tenant = "nowhere"')
    with capture_logs() as told:
        Duty(office).round()
    assert [each["faults"] for each in told] == [['hr.toml: tenant: there is no tenant "nowhere"']]


def test_a_folder_that_is_gone_is_told_and_comes_back(office: Office, tmp_path: Path) -> None:
    duty = Duty(employed(office))
    duty.round()
    moved = tmp_path.rename(tmp_path.with_name(f"{tmp_path.name}-moved"))
    with capture_logs() as told:
        assert (duty.round(), duty.round()) == (0, 0)
    assert len(told) == 1
    moved.rename(tmp_path)
    office.admin.post("/sources/hr/runs")
    assert duty.round() == 1


def test_a_secret_that_vanishes_is_told_and_the_run_waits(office: Office, tmp_path: Path) -> None:
    secret = tmp_path / "token"
    secret.write_text("hush")
    employed(office)
    file = office.folder / "hr.toml"
    text = file.read_text().replace(
        'file = "hr.jsonl"', 'url = "https://127.0.0.1:9/"\npassword_file = "token"'
    )
    file.write_text(text)
    duty = Duty(office)
    duty.round()
    office.admin.post("/sources/hr/runs")
    secret.unlink()
    with capture_logs() as told:
        assert (duty.round(), duty.round()) == (0, 0)
    [fault] = told
    assert "token cannot be read" in fault["faults"][0] and "hush" not in str(fault)
    assert [run["state"] for run in runs(office)] == ["waiting"]
    secret.write_text("hush")
    assert duty.round() == 1
    assert [run["state"] for run in runs(office)] == ["failed"]


class Broken:
    """A source with a defect."""

    def reading(self, asked: Asked) -> AbstractContextManager[Reading]:
        raise KeyError(asked)


@pytest.mark.parametrize("mode", [Mode.FULL, Mode.DRY_RUN])
def test_a_defect_ends_the_run_as_failed(office: Office, mode: Mode) -> None:
    job = employed(office).job(mode)
    with pytest.raises(KeyError):
        office.runner.run(replace(job, source=Broken()))
    [run] = runs(office)
    assert run["state"] == "failed" and "defect" in run["detail"]
    assert office.admin.get("/sources/hr").get_json()["running"] is None
