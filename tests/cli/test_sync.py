"""scim-server sync …: runs here and now, what they show, and how they end."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from scim_server.directory.callers import FIRST_TENANT
from scim_server.store.sync_lock import SyncLocks
from tests.application import ENTERPRISE, Application, Scim
from tests.cli.operator import Operator

FILE = """
type = "feed"
[feed]
file = "hr.csv"
id = "id"
[feed.groups]
column = "team"
separator = ";"
[users]
userName = "{login}"
displayName = "{name}"
active = "{active}"
[groups]
displayName = "{name}"
"""
COLUMNS = "id,login,name,team,active\n"
ADA, BOB, EVE = (f"{n},{n}{n},{n.title()},Board,true\n" for n in ("ada", "bob", "eve"))
ALL = ADA + BOB + EVE


class Folder:
    """Sources of an operator: one feed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "hr.toml").write_text(FILE)
        self.say(ALL)

    def say(self, rows: str) -> None:
        """What the feed says from now on."""
        (self.folder / "hr.csv").write_text(COLUMNS + rows)


@pytest.fixture
def folder(cli: Operator, tmp_path: Path) -> Folder:
    sources = tmp_path / "sources"
    sources.mkdir()
    cli.environment["SCIM_SOURCES"] = str(sources)
    return Folder(sources)


def names(cli: Operator) -> dict[str, str]:
    return {each["userName"]: each["status"] for each in cli.json("user", "list")}


def stopped(cli: Operator, folder: Folder) -> str:
    """The id of a run that guards have stopped."""
    assert cli("sync", "run", "hr").exit_code == 0
    folder.say(ADA)
    result = cli("sync", "run", "hr", "--json")
    assert result.exit_code == 3
    id: str = json.loads(result.stdout)["id"]
    return id


def test_a_run_says_what_it_did_and_the_next_finds_nothing_to_do(
    cli: Operator, folder: Folder
) -> None:
    tried = cli("sync", "run", "hr", "--dry-run", "--progress")
    assert "User read 3" in tried.stderr
    first = cli("sync", "run", "hr")
    assert (first.exit_code, first.stderr) == (0, "")
    assert "joiners" in first.stdout and first.stdout.endswith("Done.\n")
    again = cli.json("sync", "run", "hr")
    assert (again["state"], again["askedBy"]) == ("done", "scim-server")
    assert again["counts"]["User"] == {"read": 3, "unchanged": 3}
    assert names(cli) == dict.fromkeys(("adaada", "bobbob", "eveeve"), "Active")


def test_a_dry_run_shows_attributes_before_and_after(cli: Operator, folder: Folder) -> None:
    cli("sync", "run", "hr")
    folder.say(ADA.replace("Ada", "Countess") + EVE.replace("Board", "") + "cy,cy,Cy,Board,true\n")
    shown = cli("sync", "run", "hr", "--dry-run")
    lines = shown.stdout.splitlines()
    assert "- User Bob: suspend (bob)" in lines
    assert "+ User cy: join (line 4 of hr.csv)" in lines
    assert "    displayName: Ada → Countess" in lines
    assert any(line.startswith("    members: +1 (") for line in lines)
    assert any(line.startswith("    members: -2 (") for line in lines)
    assert (lines[-1], shown.exit_code) == ("Nothing was changed.", 0)
    assert "cy" not in names(cli)


def test_a_dry_run_shows_whom_a_joiner_waits_for(cli: Operator, folder: Folder) -> None:
    boss = f'[users."{ENTERPRISE}"]\nmanager = "{{boss}}"\n[groups]'
    (folder.folder / "hr.toml").write_text(FILE.replace("[groups]", boss))
    rows = "ada,ada,Ada,Board,true,eve\neve,eve,Eve,Board,true,\n"
    (folder.folder / "hr.csv").write_text(COLUMNS.replace("\n", ",boss\n") + rows)
    ada, eve = cli("sync", "run", "hr", "--dry-run").stdout.split("+ User eve: join")
    assert "    refers to, not here yet: eve\n" in ada
    assert "refers to" not in eve


def test_a_dry_run_counts_what_would_be_done(cli: Operator, folder: Folder) -> None:
    told = cli.json("sync", "run", "hr", "--dry-run")
    assert told["counts"]["User"] == {"read": 3, "joiners": 3}
    assert told["counts"]["Group"] == {"read": 1, "joiners": 1, "membersAdded": 3}
    assert [step["step"] for step in told["plan"]] == ["join"] * 4
    assert names(cli) == {}


def test_a_long_plan_is_cut_and_whole_as_json(cli: Operator, folder: Folder) -> None:
    folder.say("".join(f"{n},u{n},U,,true\n" for n in range(400)))
    told = cli.json("sync", "run", "hr", "--dry-run")
    assert len(told["plan"]) == 400
    shown = cli("sync", "plan", told["id"]).stdout
    assert "… and 300 more; with --json all of them are printed." in shown
    assert cli.json("sync", "plan", told["id"]) == told


def test_nothing_that_a_terminal_obeys_is_printed(cli: Operator, folder: Folder) -> None:
    folder.say("e,e,\x1b[31mRed,,true\nf,f\x1b[2J,F,,true\n")
    result = cli("sync", "run", "hr", "--dry-run")
    assert "Red" in result.stdout and "\x1b" not in result.output


def test_guards_stop_a_run_and_the_command_that_is_told_confirms_it(
    cli: Operator, folder: Folder
) -> None:
    id = stopped(cli, folder)
    refused = cli("sync", "run", "hr")
    assert refused.exit_code == 3
    show, confirm = [line.split()[1:] for line in refused.stderr.splitlines()[1:]]
    assert confirm == ["sync", "run", "hr", "--confirm", id]
    assert "- User Bob: suspend (bob)" in cli(*show).stdout
    assert names(cli)["bobbob"] == "Active"
    done = cli(*confirm)
    assert (done.exit_code, done.stdout.splitlines()[-1]) == (0, "Done.")
    assert names(cli) == {"adaada": "Active", "bobbob": "Suspended", "eveeve": "Suspended"}
    assert cli.refused(*confirm) == ["Error: This run awaits no confirmation: it is confirmed."]


def test_a_dry_run_says_that_guards_would_stop_it(cli: Operator, folder: Folder) -> None:
    cli("sync", "run", "hr")
    folder.say(ADA)
    result = cli("sync", "run", "hr", "--dry-run")
    assert (result.exit_code, "would stop" in result.stderr) == (3, True)
    assert cli.json("sync", "list")[0]["unconfirmed"] is None


def test_a_confirmation_is_for_its_own_source(cli: Operator, folder: Folder) -> None:
    id = stopped(cli, folder)
    (folder.folder / "other.toml").write_text(FILE)
    assert cli.refused("sync", "run", "other", "--confirm", id) == ['Error: That is a run of "hr".']
    assert cli("sync", "run", "hr", "--confirm", id, "--dry-run").exit_code == 2


def test_who_has_a_name_already_is_left_out_until_adopted(
    cli: Operator, folder: Folder, scim: Scim
) -> None:
    user = scim.user(userName="adaada")["id"]
    result = cli("sync", "run", "hr")
    assert result.exit_code == 0
    [warning] = result.stderr.splitlines()
    assert warning.startswith("Warning: line 2 of hr.csv: ") and user in warning
    assert cli("sync", "run", "hr", "--adopt", "ada").exit_code == 0
    assert scim.get(f"/Users/{user}").get_json(force=True)["displayName"] == "Ada"
    assert [each["action"] for each in cli.json("history", "--id", user)].count("adopt") == 1


def test_a_source_that_cannot_be_read_fails(cli: Operator, folder: Folder) -> None:
    (folder.folder / "hr.csv").unlink()
    result = cli("sync", "run", "hr")
    assert (result.exit_code, result.stderr.startswith("Error: ")) == (1, True)
    [run] = cli.json("sync", "runs", "hr")
    assert run["state"] == "failed" and f"Error: {run['detail']}\n" == result.stderr


def test_one_run_of_a_source_at_a_time(
    cli: Operator, folder: Folder, application: Application
) -> None:
    id = stopped(cli, folder)
    with SyncLocks(application.parts.database).held(FIRST_TENANT, "hr"):
        assert cli.refused("sync", "run", "hr") == ["Error: A run of hr is going on."]
        [told] = cli.refused("sync", "run", "hr", "--confirm", id)
        assert told.endswith("; what was confirmed waits for a worker.")
    # In a process of its own: it sets up the log for the rest of its life.
    command = (sys.executable, "-c", "from scim_server.cli import main; main()", "worker", "--once")
    subprocess.run(command, env=os.environ | cli.environment, check=True)
    assert names(cli)["bobbob"] == "Suspended"


def test_sources_and_runs_are_listed(cli: Operator, folder: Folder) -> None:
    (folder.folder / "new.toml").write_text(f'schedule = "0 3 * * *"\n{FILE}')
    cli("sync", "run", "hr", "--full")
    hr, new = cli.json("sync", "list")
    assert (hr["name"], hr["tenant"], hr["state"], hr["due"]) == ("hr", "default", "done", None)
    assert (new["lastRun"], new["schedule"]) == (None, "0 3 * * *")
    assert "0 3 * * *" in cli("sync", "list").stdout
    [run] = cli.json("sync", "runs")
    assert (run["mode"], cli.json("sync", "runs", "hr")) == ("full", [run])
    assert cli.refused("sync", "runs", "nobody") == ['Error: No source is called "nobody".']


def test_all_faults_of_all_files_are_told_at_once(cli: Operator, folder: Folder) -> None:
    (folder.folder / "one.toml").write_text('type = "phone book"\nshedule = "x"')
    (folder.folder / "two.toml").write_text("type =")
    lines = cli.refused("sync", "list")
    assert [line[:15] for line in lines] == ["Error: one.toml"] * 2 + ["Error: two.toml"]
    assert len(cli.refused("sync", "run", "one")) == 2
    assert cli("sync", "run", "hr").exit_code == 0
    assert cli.refused("sync", "list", SCIM_SOURCES="") == [
        "Error: SCIM_SOURCES is not set: it names the folder of sources."
    ]


def test_another_tenants_source_is_run_there(cli: Operator, folder: Folder) -> None:
    (folder.folder / "hr.toml").write_text(f'tenant = "acme"\n{FILE}')
    [told] = cli.refused("sync", "run", "hr")
    assert told.startswith('Error: There is no tenant "acme"')
    cli("tenant", "add", "acme")
    assert cli("sync", "run", "hr").exit_code == 0
    assert names(cli) == {} and len(cli.json("user", "list", "--tenant", "acme")) == 3
    folder.say(ADA)
    show, confirm = cli("sync", "run", "hr").stderr.splitlines()[1:]
    assert show.endswith(" --tenant acme")
    assert cli(*confirm.split()[1:]).exit_code == 0
