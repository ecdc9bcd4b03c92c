"""scim-server …, as an operator and as scripts meet it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from scim_server.app import build
from scim_server.cli import main
from scim_server.config import Config
from scim_server.directory.credentials import is_token
from scim_server.protocol.errors import Unauthorized

DEAD = "postgresql://scim:hunter2@127.0.0.1:1/scim"


class Cli:
    """Commands on one database."""

    def __init__(self, **environment: str) -> None:
        self.environment = environment

    def __call__(self, *arguments: str, **environment: str) -> Result:
        settings = self.environment | environment
        return CliRunner().invoke(main, arguments, env=settings, catch_exceptions=False)

    def json(self, *arguments: str) -> Any:
        """What a command prints with --json, and nothing besides."""
        result = self(*arguments, "--json")
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    def says(self, *arguments: str, **environment: str) -> tuple[int, str]:
        """Exit status and what is on stderr; stdout stays empty where something is wrong."""
        result = self(*arguments, **environment)
        assert result.stdout == ""
        return result.exit_code, result.stderr

    def is_valid(self, token: str) -> bool:
        """Whether the server would let it in."""
        parts = build(Config(database_url=self.environment["SCIM_DATABASE_URL"]))
        try:
            parts.credentials.authenticate(token)
        except Unauthorized:
            return False
        finally:
            parts.database.close()
        return True


@pytest.fixture
def fresh(database_url: str) -> Iterator[Cli]:
    """An empty database."""
    yield Cli(SCIM_DATABASE_URL=database_url)


@pytest.fixture
def cli(fresh: Cli) -> Cli:
    """An initialised database."""
    assert fresh("init").exit_code == 0
    return fresh


def test_init_creates_the_database_and_then_leaves_it_alone(fresh: Cli) -> None:
    assert re.search(r": created, at \d{4}\.$", fresh("init").stdout.strip())
    assert re.search(r": up to date, at \d{4}\.$", fresh("init").stdout.strip())


def test_init_shows_no_password() -> None:
    status, told = Cli(SCIM_DATABASE_URL=DEAD).says("init")
    assert status == 1 and "hunter2" not in told


@pytest.mark.parametrize(
    "command",
    [["client", "list"], ["client", "add", "x"], ["tenant", "list"], ["check"], ["serve"]],
)
def test_a_database_that_was_not_initialised_is_named(fresh: Cli, command: list[str]) -> None:
    status, told = fresh.says(*command)
    assert status == 1 and told.strip().endswith("run scim-server init.")


@pytest.mark.parametrize("command", [["init"], ["client", "list"], ["check"], ["serve"]])
def test_a_database_that_is_away_takes_one_line(command: list[str]) -> None:
    status, told = Cli(SCIM_DATABASE_URL=DEAD).says(*command)
    assert status == 1 and len(told.splitlines()) == 1


def test_serve_tells_every_fault_at_once(tmp_path: Path) -> None:
    (tmp_path / "bad.schema.json").write_text('{"id": "urn:x:y", "name": "Bad"}')
    environment = {
        "SCIM_DATABASE_URL": DEAD,
        "SCIM_BIND": "nowhere",
        "SCIM_PAGE_SIZE": "many",
        "SCIM_SCHEMAS": str(tmp_path),
    }
    status, told = Cli(**environment).says("serve")
    assert status == 1
    assert [line.partition(":")[0] for line in told.splitlines()] == [
        "SCIM_BIND",
        "SCIM_PAGE_SIZE",
        "bad.schema.json",
        told.splitlines()[-1].partition(":")[0],
    ]
    assert "database cannot be used" in told


def test_a_setting_that_follows_from_a_faulty_one_is_no_stumbling_block(cli: Cli) -> None:
    status, told = cli.says("serve", SCIM_BIND="?")
    assert status == 1 and told.startswith("SCIM_BIND: must be HOST:PORT\n")


def test_a_client_is_added_and_its_token_works(cli: Cli) -> None:
    told = cli.json("client", "add", "okta")
    assert told["client"] == "okta" and set(told) == {"client", "token"}
    assert cli.is_valid(told["token"])


def test_a_client_gets_what_was_asked_for(cli: Cli) -> None:
    cli("tenant", "add", "acme")
    scopes = ["--scope", "users:read", "--scope", "bulk"]
    manners = ["--mode", "strict", "--profile", "entra", "--rate", "25", "--expires-days", "10"]
    cli.json("client", "add", "reader", "--tenant", "acme", *scopes, *manners)
    [one] = cli.json("client", "list")
    [token] = one.pop("tokens")
    assert one == {
        "tenant": "acme",
        "client": "reader",
        "scopes": ["bulk", "users:read"],
        "mode": "strict",
        "profile": "entra",
        "user": None,
        "rate": 25,
    }
    assert token["days_left"] == 9 and token["last_used"] is None


def test_no_token_is_ever_listed(cli: Cli) -> None:
    token = cli.json("client", "add", "okta")["token"]
    for listed in (cli("client", "list").stdout, cli("client", "list", "--json").stdout):
        assert token not in listed
        assert not any(map(is_token, re.findall(r"scim_[\w-]+", listed)))
        assert token[:21] in listed


def test_a_token_that_ends_soon_is_warned_of(cli: Cli) -> None:
    cli("client", "add", "okta", "--expires-days", "20")
    cli("client", "add", "entra", "--expires-days", "60")
    result = cli("client", "list", "--json")
    assert result.stderr == "okta: its token ends in 19 days; scim-server client rotate okta\n"


def test_rotation_leaves_no_gap_and_two_tokens_at_most(cli: Cli) -> None:
    tokens = [cli.json("client", "add", "okta")["token"]]
    tokens += [cli.json("client", "rotate", "okta")["token"] for _ in range(2)]
    assert [cli.is_valid(token) for token in tokens] == [False, True, True]


def test_revoked_tokens_are_dead_at_once(cli: Cli) -> None:
    token = cli.json("client", "add", "okta")["token"]
    assert cli("client", "revoke", "okta").exit_code == 0
    assert not cli.is_valid(token)


@pytest.mark.parametrize(
    ("when", "valid"),
    [(["--days", "0"], False), (["--days", "1"], True), (["--at", "2026-01-01"], False)],
)
def test_tokens_can_be_let_expire(cli: Cli, when: list[str], valid: bool) -> None:
    token = cli.json("client", "add", "okta")["token"]
    assert cli("client", "expire", "okta", *when).exit_code == 0
    assert cli.is_valid(token) is valid


def test_tenants_are_listed_with_their_numbers(cli: Cli) -> None:
    cli("tenant", "add", "acme")
    tenants = [{"tenant": "default", "number": 1}, {"tenant": "acme", "number": 2}]
    assert cli.json("tenant", "list") == tenants
    assert "acme" in cli("tenant", "list").stdout


@pytest.mark.parametrize(
    ("command", "status", "what"),
    [
        (["client", "rotate", "x"], 1, 'has no client "x"'),
        (["client", "revoke", "x"], 1, 'has no client "x"'),
        (["client", "expire", "x", "--days", "1"], 1, 'has no client "x"'),
        (["client", "add", "x", "--tenant", "y"], 1, 'There is no tenant "y"'),
        (["client", "list", "--tenant", "y"], 1, 'There is no tenant "y"'),
        (["client", "add", "taken"], 1, 'called "taken" already'),
        (["client", "add", " "], 2, "1 to 100 characters"),
        (["client", "add", "x", "--scope", "cars:read"], 2, "cars:read: choose from"),
        (["client", "add", "x", "--user", "nobody"], 1, 'No User has the id "nobody"'),
        (["client", "expire", "taken"], 2, "One of --at and --days"),
        (["tenant", "add", "default"], 1, 'called "default" already'),
        (["tenant", "add", ""], 2, "1 to 100 characters"),
    ],
)
def test_a_refusal_says_why(cli: Cli, command: list[str], status: int, what: str) -> None:
    cli("client", "add", "taken")
    told = cli.says(*command)
    assert told[0] == status and what in told[1]


def test_check_is_content_with_a_sound_database(cli: Cli) -> None:
    result = cli("check")
    assert result.exit_code == 0
    assert result.stdout == "No violation in 1 tenants, 0 resources, 0 memberships, 0 events.\n"
