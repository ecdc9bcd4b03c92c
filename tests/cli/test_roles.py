"""scim-server role …"""

from typing import Any

import pytest

from scim_server.config import Config
from scim_server.directory.callers import Caller
from scim_server.directory.events import Actor
from scim_server.parts import build
from scim_server.protocol.intake import Strict
from scim_server.protocol.searching import Asked
from tests.application import USER
from tests.cli.operator import Operator

SUPER = "Super Admin"


@pytest.fixture
def ann(cli: Operator) -> str:
    """The id of a user who signs in as ann."""
    parts = build(Config(database_url=cli.environment["SCIM_DATABASE_URL"]))
    caller = Caller(1, Actor("test", ""), frozenset({"*:write"}), Strict())
    body: dict[str, Any] = {"schemas": [USER], "userName": "ann"}
    view = parts.directory.create(caller, parts.users, body, Asked())
    parts.database.close()
    assert view.document is not None
    id: str = view.document["id"]
    return id


def test_the_first_administrator(cli: Operator, ann: str) -> None:
    assert cli("role", "grant", "Ann", SUPER).stdout == f"Ann is {SUPER} now.\n"
    [one] = cli.json("role", "list")
    assert (one["role"], one["holder"], one["limits"]) == (SUPER, ann, {})
    assert one["given_by"] == "scim-server"
    assert SUPER in cli("role", "list").stdout


def test_a_role_is_given_within_limits_and_taken_back(cli: Operator, ann: str) -> None:
    limits = ["--folder", "/emea", "--attribute", "username", "--attribute", "emails"]
    cli("role", "grant", "ann", "delegated administrator", *limits)
    [one] = cli.json("role", "list")
    assert one["limits"] == {"folder": "/emea", "attributes": ["emails", "userName"]}
    cli("role", "revoke", "ann", "Delegated Administrator")
    assert cli.json("role", "list") == []


def test_what_is_refused_is_told(cli: Operator, ann: str) -> None:
    cli("role", "grant", "ann", SUPER)
    [last] = cli.refused("role", "revoke", "ann", SUPER)
    assert "last Super Admin" in last
    [unknown] = cli.refused("role", "grant", "bob", SUPER)
    assert '"bob"' in unknown
    [never] = cli.refused("role", "revoke", "ann", "Administrator")
    assert "Administrator" in never
    [group] = cli.refused("role", "grant", "ann", "Administrator", "--group", "nobody")
    assert '"nobody"' in group
