"""What a mapping makes of entries, side by side with what the source says."""

from pathlib import Path

import pytest

from scim_server.sync.entries import Unreadable
from scim_server.sync.preview import LONGEST_LINE, MOST_LINES, preview
from tests.application import ENTERPRISE, GROUP, USER
from tests.cli.operator import Operator
from tests.sync.mapped import entry, sound

WORKERS = """id,name,mail,boss,left
1,Ada,ada@example.com,2,no
2,Charles,charles@example.com,,yes
3,Mary,,1,
4,\x1b[2JEve,eve@example.com,,no
"""
FILE = f"""
type = "feed"
[feed]
file = "workers.csv"
id = "id"
[users]
userName = "{{mail}}"
displayName = "{{name}}"
active = {{if = "{{left}}", is = "yes", then = false, else = true}}
"{ENTERPRISE}".manager = "{{boss}}"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Of one source."""
    (tmp_path / "workers.csv").write_text(WORKERS)
    (tmp_path / "hr.toml").write_text(FILE)
    return tmp_path


@pytest.fixture
def cli(folder: Path) -> Operator:
    """Without a database."""
    nowhere = f"sqlite:///{folder}/nowhere/scim.db"
    return Operator(SCIM_SOURCES=str(folder), SCIM_DATABASE_URL=nowhere)


def test_an_entry_shows_with_names_in_the_place_of_ids() -> None:
    mapped = sound(f'"{ENTERPRISE}".manager = "{{boss}}"')
    shown = preview(mapped, entry({"uid": "ada", "boss": "2"}, active=False))
    assert (shown.title, shown.why) == ("User here", None)
    assert shown.left == ["uid: ada", "boss: 2"]
    assert shown.document == {
        "schemas": [USER, ENTERPRISE],
        "userName": "ada",
        ENTERPRISE: {"manager": {"value": "2"}},
        "active": False,
    }
    assert '  "userName": "ada",' in shown.right


def test_a_group_shows_with_its_members() -> None:
    mapped = sound('displayName = "{cn}"', "Group")
    shown = preview(mapped, entry({"cn": "staff"}, kind="Group", members=("a", "b"))).document
    members = [{"value": "a"}, {"value": "b"}]
    assert shown == {"schemas": [GROUP], "displayName": "staff", "members": members}


def test_what_cannot_be_made_shows_with_the_reason() -> None:
    shown = preview(sound(""), entry({"x": "y"}))
    assert (shown.document, shown.right) == (None, ['Error: "userName" is required.'])
    shown = preview(sound(""), Unreadable("User", "line 7", "has no id"))
    assert (shown.title, shown.left, shown.right) == ("User line 7", [], ["Error: has no id"])


def test_much_is_cut_and_nothing_is_obeyed_by_a_terminal() -> None:
    mapped = sound('displayName = "{cn}"', "Group")
    everybody = tuple(map(str, range(1000)))
    said = {"cn": "\x1b[31mred\x9b", "x": "y" * 1000}
    shown = preview(mapped, entry(said, kind="Group", members=everybody, place="a\nb"))
    assert len(shown.right) == MOST_LINES + 1
    assert max(map(len, shown.left)) == LONGEST_LINE + 1
    assert shown.left[0] == "cn: \\x1b[31mred\\x9b"
    assert all(line.isprintable() for line in (shown.title, *shown.left, *shown.right))


def test_preview_shows_the_first_entries_and_needs_no_database(cli: Operator) -> None:
    told = cli("sync", "preview", "hr", "--limit", "2")
    assert told.exit_code == 0, told.output
    for text in ("mail: ada@example.com", '"userName": "ada@example.com"', '"active": false'):
        assert text in told.stdout
    assert "Mary" not in told.stdout


def test_preview_ends_badly_where_an_entry_cannot_be_mapped(cli: Operator) -> None:
    told = cli("sync", "preview", "hr")
    assert told.exit_code == 1
    assert 'Error: "userName" is required.' in told.stdout
    assert "eve@example.com" in told.stdout and "\x1b" not in told.stdout


def test_preview_tells_why_a_source_cannot_be_read(cli: Operator, folder: Path) -> None:
    (folder / "workers.csv").unlink()
    [fault] = cli.refused("sync", "preview", "hr")
    assert fault.startswith("Error: ") and "workers.csv" in fault
    [fault] = cli.refused("sync", "preview", "nobody")
    assert fault == "Error: nobody.toml: cannot be read: No such file or directory"


def test_check_lists_sources_and_what_they_write(cli: Operator) -> None:
    told = cli("sync", "check")
    assert told.exit_code == 0, told.output
    assert f"User: displayName, {ENTERPRISE}:manager, userName" in told.stdout


def test_check_tells_everything_that_is_wrong(cli: Operator, folder: Path) -> None:
    (folder / "corp.toml").write_text("=")
    (folder / "hr.toml").write_text(FILE.replace("type", "tpye") + 'x = "{"')
    faults = cli.refused("sync", "check")
    assert [fault.split(": ")[1] for fault in faults] == ["corp.toml", *["hr.toml"] * 3]


def test_without_a_folder_there_are_no_sources(cli: Operator) -> None:
    [fault] = cli.refused("sync", "check", SCIM_SOURCES="")
    assert fault.startswith("Error: SCIM_SOURCES is not set")
