"""scim-server user …: accounts, one or many, files in and out."""

import json
from pathlib import Path

import pytest

from tests.cli.operator import Operator


@pytest.fixture
def people(cli: Operator) -> Operator:
    """With Ada, Bob and Cleo."""
    for name in ("ada", "bob", "cleo"):
        assert cli("user", "add", name, "--display-name", name.title()).exit_code == 0
    return cli


def statuses(cli: Operator) -> dict[str, str]:
    return {each["userName"]: each["status"] for each in cli.json("user", "list")}


def test_an_account_is_made_and_shown(cli: Operator) -> None:
    made = cli.json(
        *("user", "add", "ada", "--email", "ada@example.com", "--role", "Super Admin"),
        *("--activation", "inactive", "--folder", "/emea", "--phone", "1"),
        *("--given-name", "Ada", "--family-name", "Lovelace"),
    )
    shown = cli.json("user", "show", "ADA")
    assert shown == made | {"groups": []}
    assert (shown["status"], shown["role"], shown["source"]) == ("Inactive", "Super Admin", "Local")
    assert "Lovelace" in cli("user", "show", "ada").stdout
    assert cli.refused("user", "add", "ada") == ['Error: userName already exists: "ada".']


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ((), ["cleo", "bob", "ada"]),
        (("--search", "ad"), ["ada"]),
        (("--filter", 'userName sw "b"'), ["bob"]),
        (("--status", "Suspended"), []),
        (("--stale", "1"), []),
        (("--most", "2"), ["cleo", "bob"]),
    ],
)
def test_a_list_is_narrowed(people: Operator, options: tuple[str, ...], names: list[str]) -> None:
    assert [each["userName"] for each in people.json("user", "list", *options)] == names


def test_users_are_counted(people: Operator) -> None:
    people("user", "suspend", "ada")
    told = people.json("user", "statistics")
    assert (told["users"], told["status"]) == (3, {"Active": 2, "Suspended": 1})
    assert "Suspended" in people("user", "statistics").stdout


def test_steps_are_taken_by_name(people: Operator) -> None:
    done = people("user", "suspend", "ada", "bob", "ada", "--reason", "merger")
    assert (done.exit_code, done.stdout) == (0, "suspend: 2 done, 0 refused.\n")
    assert statuses(people) == {"ada": "Suspended", "bob": "Suspended", "cleo": "Active"}
    done = people("user", "reactivate", "ada", "cleo")
    assert done.exit_code == 1
    assert done.stderr.startswith("Error: cleo: An account that is Active cannot")
    assert people("user", "deprovision", "bob").exit_code == 0
    assert statuses(people) == {"ada": "Active", "bob": "Deprovisioned", "cleo": "Active"}


def test_unknown_names_stop_all(people: Operator) -> None:
    assert people.refused("user", "suspend", "ada", "eve") == ['Error: No user is called "eve".']
    assert people.refused("user", "show", "eve") == ['Error: No user is called "eve".']
    assert statuses(people)["ada"] == "Active"


def test_users_are_deleted_when_that_is_confirmed(people: Operator) -> None:
    assert people("user", "delete", "ada").exit_code == 1
    assert len(statuses(people)) == 3
    assert people("user", "delete", "ada", "bob", "--yes").exit_code == 0
    assert statuses(people) == {"cleo": "Active"}


def test_users_are_signed_out(people: Operator) -> None:
    assert people("user", "sessions", "end", "ada").stdout == "Ended 0 sessions of 1 users.\n"


def test_a_file_comes_in_and_goes_out(people: Operator, tmp_path: Path) -> None:
    out, lines = tmp_path / "users.csv", tmp_path / "users.jsonl"
    assert people("user", "export", "--output", str(out)).exit_code == 0
    assert people("user", "export", "--format", "jsonl", "--output", str(lines)).exit_code == 0
    assert [json.loads(line)["userName"] for line in lines.read_text().splitlines()] == [
        "ada",
        "bob",
        "cleo",
    ]
    assert people("user", "export", "--filter", 'userName eq "bob"').stdout.count("\n") == 2
    people("user", "delete", "ada", "bob", "cleo", "--yes")
    done = people("user", "import", str(out), "--progress")
    assert done.stdout == "Created 3, updated 0, unchanged 0, refused 0.\n"
    done = people("user", "import", str(lines), "--update")
    assert done.stdout == "Created 0, updated 0, unchanged 3, refused 0.\n"


def test_a_bad_line_stops_a_file_unless_it_is_skipped(people: Operator, tmp_path: Path) -> None:
    file = tmp_path / "users.csv"
    file.write_text("userName\nada\ndan\n")
    done = people("user", "import", str(file))
    assert (done.exit_code, done.stdout) == (1, "Nothing was changed.\n")
    assert done.stderr == 'Error: line 2: userName already exists: "ada".\n'
    done = people("user", "import", str(file), "--dry-run")
    assert done.exit_code == 1
    assert [line.split()[:3] for line in done.stdout.splitlines()[1:3]] == [
        ["2", "ada", "refused"],
        ["3", "dan", "create"],
    ]
    assert "dan" not in statuses(people)
    assert people("user", "import", str(file), "--skip-bad").exit_code == 0
    assert statuses(people)["dan"] == "Active"


def test_a_file_that_ends_half_way_tells_how_far_it_came(people: Operator, tmp_path: Path) -> None:
    file = tmp_path / "users.jsonl"
    rows = [json.dumps({"userName": f"u-{number}"}) for number in range(1100)]
    file.write_text("\n".join([*rows, '"' + "x" * 200_000]))
    done = people("user", "import", str(file), "--skip-bad")
    assert (done.exit_code, done.stdout) == (
        1,
        "Created 1,000, updated 0, unchanged 0, refused 0.\n",
    )
    assert done.stderr == "Error: After line 1,000: Line 1101 has more than 131072 bytes.\n"
