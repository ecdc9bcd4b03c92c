"""scim-server client … and tenant …"""

import re

import click
import pytest

from scim_server.cli import main
from scim_server.cli.scopes import every_scope
from scim_server.config import Config
from scim_server.directory.tokens import is_token
from scim_server.parts import build
from tests.cli.operator import Operator


def test_a_client_is_added_and_its_token_works(cli: Operator) -> None:
    told = cli.json("client", "add", "okta")
    assert told["client"] == "okta" and set(told) == {"client", "token"}
    assert cli.is_valid(told["token"])


def test_a_client_gets_what_was_asked_for(cli: Operator) -> None:
    cli("tenant", "add", "acme")
    scopes = ["--scope", "users:read", "--scope", "bulk"]
    manners = ["--mode", "lenient", "--profile", "entra", "--rate", "25", "--expires-days", "10"]
    cli.json("client", "add", "reader", "--tenant", "acme", *scopes, *manners)
    [one] = cli.json("client", "list")
    [token] = one.pop("tokens")
    assert one == {
        "tenant": "acme",
        "client": "reader",
        "scopes": ["bulk", "users:read"],
        "mode": "lenient",
        "profile": "entra",
        "user": None,
        "rate": 25,
    }
    assert token["days_left"] == 10 and token["last_used"] is None


def test_the_help_lists_the_scopes() -> None:
    group = main.commands["client"]
    assert isinstance(group, click.Group)
    [option] = [each for each in group.commands["add"].params if each.name == "scopes"]
    assert isinstance(option, click.Option) and option.help
    told = re.findall(r"[\w*:]+:(?:read|write)|bulk|introspect|admin", option.help)
    bundled = every_scope(build(Config(database_url="sqlite://")).registry)
    parts = ("devices:", "admin:")
    listed = {scope for scope in told if not scope.startswith(parts)}
    assert listed == {scope for scope in bundled if not scope.startswith(parts)}


def test_no_token_is_ever_listed(cli: Operator) -> None:
    token = cli.json("client", "add", "okta")["token"]
    for listed in (cli("client", "list").stdout, cli("client", "list", "--json").stdout):
        assert token not in listed
        assert not any(map(is_token, re.findall(r"scim_[\w-]+", listed)))
        assert token[:21] in listed


def test_a_client_without_a_valid_token_is_seen(cli: Operator) -> None:
    cli("client", "add", "okta")
    cli("client", "revoke", "okta")
    assert re.search(r"okta\W.*\Wnone\W", cli("client", "list").stdout)


def test_a_name_is_listed_as_it_is(cli: Operator) -> None:
    cli("client", "add", "[b]okta[/b] :x:")
    assert "  [b]okta[/b] :x:  " in cli("client", "list").stdout


def test_a_token_that_ends_soon_is_warned_of(cli: Operator) -> None:
    cli("tenant", "add", "ac me")
    cli("client", "add", "okta", "--expires-days", "30")
    cli("client", "add", "entra", "--expires-days", "31")
    cli("client", "add", "ping", "--expires-days", "1", "--tenant", "ac me")
    warnings = cli("client", "list", "--json").stderr
    assert [re.sub(r"\d{4}-\d\d-\d\d", "DAY", line) for line in warnings.splitlines()] == [
        "okta: its last token ends in 30 days, on DAY;"
        " for a new one: scim-server client rotate okta",
        "ping: its last token ends in 1 day, on DAY;"
        " for a new one: scim-server client rotate ping --tenant 'ac me'",
    ]


def test_a_client_with_a_later_token_is_not_warned_of(cli: Operator) -> None:
    cli("client", "add", "okta", "--expires-days", "60")
    cli("client", "rotate", "okta", "--expires-days", "5")
    assert cli("client", "list", "--json").stderr == ""


def test_a_token_has_as_many_days_left_as_it_was_given(cli: Operator) -> None:
    cli("client", "add", "okta")
    cli("client", "expire", "okta", "--days", "5")
    [one] = cli.json("client", "list")
    assert one["tokens"][0]["days_left"] == 5


def test_rotation_leaves_no_gap_and_two_tokens_at_most(cli: Operator) -> None:
    tokens = [cli.json("client", "add", "okta")["token"]]
    tokens += [cli.json("client", "rotate", "okta")["token"] for _ in range(2)]
    assert [cli.is_valid(token) for token in tokens] == [False, True, True]


def test_revoked_tokens_are_dead_at_once(cli: Operator) -> None:
    token = cli.json("client", "add", "okta")["token"]
    assert cli("client", "revoke", "okta").exit_code == 0
    assert not cli.is_valid(token)


@pytest.mark.parametrize(
    ("when", "valid"),
    [(["--days", "0"], False), (["--days", "1"], True), (["--at", "2026-01-01"], False)],
)
def test_tokens_can_be_let_expire(cli: Operator, when: list[str], valid: bool) -> None:
    token = cli.json("client", "add", "okta")["token"]
    assert cli("client", "expire", "okta", *when).exit_code == 0
    assert cli.is_valid(token) is valid


def test_tenants_are_listed_with_their_numbers(cli: Operator) -> None:
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
        (
            ["client", "add", "x", "--mode", "strict", "--profile", "entra"],
            2,
            "A strict client is told everything: --profile entra is for others.",
        ),
        (["client", "expire", "taken"], 2, "One of --at and --days"),
        (["tenant", "add", "default"], 1, 'called "default" already'),
        (["tenant", "add", ""], 2, "1 to 100 characters"),
    ],
)
def test_a_refusal_says_why(cli: Operator, command: list[str], status: int, what: str) -> None:
    cli("client", "add", "taken")
    result = cli(*command)
    assert (result.exit_code, result.stdout) == (status, "")
    assert what in result.stderr
