"""What a tenant has decided, what happened in it, and its mail, by the command line."""

import pytest

from tests.cli.operator import Operator


def test_a_policy_is_shown_and_set(cli: Operator) -> None:
    assert cli.json("policy", "show")["lockAfter"] == 10
    told = cli.json("policy", "set", "lockAfter=5", "noticeMails=false", 'passwordBlocklist=["x"]')
    assert (told["lockAfter"], told["noticeMails"], told["passwordBlocklist"]) == (5, False, ["x"])
    assert cli.json("policy", "show") == told
    assert cli.json("policy", "set", "lockAfter=")["lockAfter"] == 10
    shown = cli("policy", "show").stdout
    assert "noticeMails" in shown and "false" in shown


@pytest.mark.parametrize(
    ("decision", "status", "why"),
    [
        ("lockAfter", 2, "must be NAME=VALUE"),
        ("lockAfter=many", 2, "VALUE must be a number"),
        ("lockAfter=0", 2, "lockAfter: "),
        ("lockFor=1", 2, "lockFor: "),
        ("lockSeconds=86400", 1, "Lock seconds cannot be more than Lock seconds most."),
    ],
)
def test_a_decision_that_cannot_be_is_told(
    cli: Operator, decision: str, status: int, why: str
) -> None:
    before = cli.json("policy", "show")
    result = cli("policy", "set", decision)
    assert (result.exit_code, result.stdout) == (status, "")
    assert why in result.stderr
    assert cli.json("policy", "show") == before


@pytest.fixture
def busy(cli: Operator) -> Operator:
    """Where something has happened."""
    cli("user", "add", "ada", "--email", "ada@mail.example", "--display-name", "Ada")
    cli("user", "add", "bob")
    cli("user", "suspend", "ada", "--reason", "on leave")
    cli("user", "delete", "bob", "--yes")
    return cli


def test_the_history_is_listed_and_narrowed(busy: Operator) -> None:
    actions = [each["action"] for each in busy.json("history")]
    assert actions == ["delete", "suspend", "create", "create"]
    [suspended] = busy.json("history", "--action", "suspend")
    assert (suspended["reason"], suspended["actor"]["name"]) == ("on leave", "scim-server")
    assert len(busy.json("history", "--user", "ada")) == 2
    gone = busy.json("history")[0]["resource"]
    assert [each["action"] for each in busy.json("history", "--id", gone)] == ["delete", "create"]
    assert busy.json("history", "--from", suspended["at"])[-1] == suspended
    assert busy.json("history", "--to", "2026-01-01") == []
    assert busy.json("history", "--actor", "nobody") == []
    assert busy.json("history", "--address", "192.0.2.1") == []


def test_people_read_who_did_what_to_whom(busy: Operator) -> None:
    told = busy("history", "--most", "2")
    assert told.stderr == "There are 2 more: --most lists them.\n"
    line = next(line for line in told.stdout.splitlines() if "suspend" in line)
    assert "User Ada" in line and "scim-server" in line and "on leave" in line


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("--from", "yesterday"), "Not a valid datetime."),
        (("--from", "0001-01-01"), "must be from the years"),
        (("--action", "dance"), "is not one of"),
        (("--user", "ada", "--id", "x"), "One of --user and --id is enough."),
    ],
)
def test_what_narrows_nothing_is_told(busy: Operator, options: tuple[str, ...], why: str) -> None:
    result = busy("history", *options)
    assert (result.exit_code, result.stdout) == (2, "")
    assert why in result.stderr


def test_mail_is_listed_retried_and_discarded(busy: Operator) -> None:
    busy("user", "reactivate", "ada")
    assert busy("user", "invite", "ada", "--mail").exit_code == 0
    [mail] = busy.json("mail", "list", "--user", "ada", "--state", "waiting")
    assert (mail["template"], mail["address"]) == ("invitation", "ada@mail.example")
    assert busy.json("mail", "list", "--state", "failed") == []
    assert mail["id"] in busy("mail", "list").stdout
    assert busy.refused("mail", "retry", mail["id"]) == [
        "Error: Nothing has kept this mail from being sent."
    ]
    assert busy("mail", "discard", mail["id"]).stdout == f"{mail['id']} is not sent.\n"
    assert busy.json("mail", "list", "--state", "waiting") == []
