"""scim-server sync release: what a source has brought is everybody's once it is given up."""

from pathlib import Path

import pytest

from scim_server.directory.callers import FIRST_TENANT
from scim_server.directory.sources import release
from scim_server.store.sync_lock import SyncLocks
from tests.application import Application
from tests.cli.operator import Operator

FILE = """
type = "feed"
[feed]
file = "hr.csv"
id = "id"
[feed.groups]
column = "team"
[users]
userName = "{id}"
active = "{active}"
[groups]
displayName = "{name}"
"""
ROWS = "id,team,active\nada,Board,true\nbob,Board,true\neve,Board,false\n"


@pytest.fixture
def folder(cli: Operator, tmp_path: Path) -> Path:
    """Of a source that has been run, and whose file is gone since."""
    (tmp_path / "hr.toml").write_text(FILE)
    (tmp_path / "hr.csv").write_text(ROWS)
    cli.environment["SCIM_SOURCES"] = str(tmp_path)
    assert cli("sync", "run", "hr").exit_code == 0
    (tmp_path / "hr.toml").unlink()
    return tmp_path


def accounts(cli: Operator) -> dict[str, tuple[str, str]]:
    """Source and status of all."""
    shown = [cli.json("user", "show", each["userName"]) for each in cli.json("user", "list")]
    return {each["userName"]: (each["source"], each["status"]) for each in shown}


def test_a_source_that_is_given_up_refuses_nobody(
    cli: Operator, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(release, "AT_ONCE", 2)
    assert cli("user", "reactivate", "eve").exit_code == 1
    result = cli("sync", "release", "hr", "--yes")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == "4 users and groups are everybody's now.\n"
    active, suspended = ("Local", "Active"), ("Local", "Suspended")
    assert accounts(cli) == {"ada": active, "bob": active, "eve": suspended}
    assert cli("user", "reactivate", "eve").exit_code == 0
    assert cli("check").exit_code == 0


def test_each_one_is_told_by_an_event_and_so_is_the_source(cli: Operator, folder: Path) -> None:
    assert cli("sync", "release", "hr", "--yes").exit_code == 0
    events = [each for each in cli.json("history") if each["action"] == "release"]
    assert sorted(each["kind"] for each in events) == ["Group", "Source", "User", "User", "User"]
    told = {each["kind"]: each["changes"] for each in events}
    assert told["User"] == {"source": {"before": "HR", "after": "Local"}}
    assert told["Group"] == {"source": {"before": "HR", "after": None}}
    assert {each["actor"]["name"] for each in events} == {"scim-server"}


def test_it_is_forgotten_with_its_runs(cli: Operator, folder: Path) -> None:
    assert cli("sync", "release", "hr", "--yes").exit_code == 0
    assert cli.json("sync", "runs") == []
    [why] = cli.refused("sync", "release", "hr", "--yes")
    assert 'No source is called "hr".' in why


def test_what_it_has_brought_is_its_own_no_more(cli: Operator, folder: Path) -> None:
    assert cli("sync", "release", "hr", "--yes").exit_code == 0
    (folder / "hr.toml").write_text(FILE)
    run = cli.json("sync", "run", "hr")
    assert run["counts"]["User"] == {"read": 3, "leftOut": 3}


def test_it_is_asked_for_first(cli: Operator, folder: Path) -> None:
    result = cli("sync", "release", "hr")
    assert result.exit_code == 1 and "for good?" in result.stderr
    assert {source for source, _ in accounts(cli).values()} == {"HR"}


def test_it_is_refused_while_a_run_goes_on(
    cli: Operator, folder: Path, application: Application
) -> None:
    with SyncLocks(application.parts.database).held(FIRST_TENANT, "hr"):
        [why] = cli.refused("sync", "release", "hr", "--yes")
    assert "going on" in why
    assert {source for source, _ in accounts(cli).values()} == {"HR"}
