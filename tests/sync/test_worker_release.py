"""A source is given up while workers run it: they go on, and begin it anew if its file is there."""

from dataclasses import replace
from pathlib import Path

import pytest

from scim_server.directory.callers import system
from scim_server.directory.sources.release import Release
from scim_server.directory.sources.runs import Running, State
from scim_server.store.sync_lock import SyncLocks
from tests.sync.duty import Duty, after, employed, runs
from tests.sync.office import Office

EACH_MINUTE = 'schedule = "* * * * *"'


@pytest.fixture
def second(office: Office, tmp_path: Path) -> Office:
    """Another source of the same folder, tenant and clock."""
    second = Office(office.application, tmp_path, "second")
    second.tenant, second.scim = office.tenant, office.scim
    return employed(second, EACH_MINUTE)


def give_up(office: Office) -> None:
    parts = office.application.parts
    release = Release(office.runner.transactions, parts.registry, SyncLocks(parts.database))
    release.carry_out(system(office.tenant), office.name, lambda _: None)


@pytest.mark.parametrize("has_file", [True, False])
def test_who_runs_a_source_that_is_given_up_runs_the_others(
    office: Office, second: Office, has_file: bool
) -> None:
    second.workers[0]["name"] = "zoe"
    second.write()
    duty = Duty(employed(office, EACH_MINUTE))
    duty.round()
    after(office, minutes=2)
    assert duty.round() == 2
    give_up(office)
    if not has_file:
        (office.folder / "hr.toml").unlink()
    after(office, minutes=2)
    duty.ended.clear()
    assert duty.round() == 1
    assert [(run.source, run.state) for run in duty.ended] == [("second", State.DONE)]
    assert duty.rounds.tidy() == 0


def test_a_source_that_is_given_up_and_has_its_file_is_known_again(office: Office) -> None:
    duty = Duty(employed(office, EACH_MINUTE))
    duty.round()
    give_up(office)
    after(office, minutes=2)
    assert (duty.round(), duty.round()) == (0, 1)
    assert [run["state"] for run in runs(office)] == ["done"]


def test_a_run_that_waits_goes_with_its_source(office: Office) -> None:
    duty = Duty(employed(office))
    duty.round()
    office.admin.post("/sources/hr/runs")
    [run] = duty.queue.waiting(office.tenant, "hr")
    give_up(office)
    with pytest.raises(Running):
        office.runner.run(replace(office.job(), run=run))
    assert office.users() == {}
