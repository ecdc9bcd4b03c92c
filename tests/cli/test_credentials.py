"""Sessions, authenticators, API keys, links and passwords of users, by the command line."""

import pytest

from tests.application import Admin, Application, Scim
from tests.cli.operator import Operator
from tests.cli.test_factors import enrolled
from tests.mail.people import NEW, activate, choose
from tests.mail.test_notices import enrolled as enrolled_by
from tests.signing import Signing, signed_in


@pytest.fixture
def ada(cli: Operator, application: Application, scim: Scim) -> Signing:
    """Signed in, after an invitation."""
    email = ("--email", "ada@mail.example")
    assert cli("user", "add", "ada", *email, "--activation", "inactive").exit_code == 0
    link = cli.json("user", "invite", "ada")["link"]
    assert activate(application, link.rpartition("/")[2]).status_code == 204
    return signed_in(application, scim, "ada", NEW)


def is_in(ada: Signing) -> bool:
    return ada.get("/session").status_code == 200


def test_sessions_are_listed_and_revoked(cli: Operator, ada: Signing) -> None:
    cli("user", "add", "bob")
    assert cli.json("user", "sessions", "list", "bob") == []
    [session] = cli.json("user", "sessions", "list", "ADA")
    assert cli.json("user", "sessions", "list") == [session]
    assert (session["userName"], session["address"]) == ("ada", "127.0.0.1")
    assert session["id"] in cli("user", "sessions", "list").stdout
    told = cli("user", "sessions", "revoke", session["id"], "unknown").stdout
    assert told == "Ended 1 of 2 sessions.\n"
    assert not is_in(ada)


def test_what_is_not_listed_is_counted(
    cli: Operator, application: Application, scim: Scim, ada: Signing
) -> None:
    for _ in range(2):
        signed_in(application, scim, "ada", NEW)
    listed = cli("user", "sessions", "list", "--most", "1", "--json")
    assert listed.stderr == "There are 2 more: --most lists them.\n"
    assert listed.stdout.count('"id"') == 1


def test_authenticators_are_listed_and_removed(cli: Operator, ada: Signing) -> None:
    id = enrolled_by(ada, "phone")
    [shown] = cli.json("user", "authenticators", "list", "ada")
    assert (shown["id"], shown["kind"], shown["name"]) == (id, "totp", "phone")
    assert cli("user", "authenticators", "remove", "ada", id).exit_code == 0
    assert cli.json("user", "authenticators", "list", "ada") == []
    assert "no authenticator" in cli.refused("user", "authenticators", "remove", "ada", id)[0]


def test_keys_are_made_listed_and_revoked(
    cli: Operator, application: Application, ada: Signing
) -> None:
    system = cli.json("key", "add", "backup", "--scope", "admin:users:read")
    own = cli.json("key", "add", "script", "--scope", "admin", "--user", "ada")
    assert Admin(application, system["token"]).get("/users").status_code == 200
    assert {each["name"]: each["userName"] for each in cli.json("key", "list")} == {
        "backup": None,
        "script": "ada",
    }
    [shown] = cli.json("key", "list", "--user", "ada")
    assert shown["id"] == own["id"]
    assert own["token"] not in cli("key", "list").stdout
    assert cli("key", "revoke", system["id"]).exit_code == 0
    assert Admin(application, system["token"]).get("/users").status_code == 401
    assert "There is no key" in cli.refused("key", "revoke", system["id"])[0]
    assert "cars:read" in cli.refused("key", "add", "x", "--scope", "cars:read")[0]


def test_a_recovery_link_is_printed_once_or_mailed(
    cli: Operator, application: Application, ada: Signing
) -> None:
    printed = cli("user", "recovery-link", "ada")
    assert printed.stderr.startswith("Shown this once")
    token = printed.stdout.strip().rpartition("/")[2]
    assert choose(application, token, NEW + "!").status_code == 204
    mailed = cli("user", "recovery-link", "ada", "--mail")
    assert mailed.stdout == "A link is mailed to ada@mail.example.\n"
    cli("user", "add", "bob", "--email", "bob@mail.example", "--activation", "inactive")
    assert cli.json("user", "invite", "bob", "--mail") == {"address": "bob@mail.example"}


def test_a_password_is_reset(
    cli: Operator, application: Application, scim: Scim, ada: Signing
) -> None:
    assert cli.json("user", "reset-password", "ada", "--how", "mail") == {
        "address": "ada@mail.example"
    }
    assert is_in(ada)
    cli("user", "reset-password", "ada", "--how", "mail", "--sign-out")
    assert not is_in(ada)
    told = cli.json("user", "reset-password", "ada", "--how", "temporary")
    assert told.keys() == {"password", "expires"}
    body = {"userName": "ada", "password": told["password"]}
    answer = Signing(application).post("/sign-in", body)
    assert answer.get_json()["code"] == "passwordChangeRequired"
    assert cli("user", "reset-password", "ada", "--how", "remove").stdout == (
        "The password is removed.\n"
    )
    assert Signing(application).post("/sign-in", body).status_code == 401


def test_who_is_unknown_is_told(cli: Operator) -> None:
    for command in (
        ("user", "sessions", "list", "eve"),
        ("user", "authenticators", "list", "eve"),
        ("user", "invite", "eve"),
        ("key", "list", "--user", "eve"),
        ("mail", "list", "--user", "eve"),
        ("history", "--user", "eve"),
    ):
        assert cli.refused(*command) == ['Error: No user is called "eve".']


def test_a_status_that_forbids_a_link_is_told(cli: Operator, scim: Scim) -> None:
    cli("user", "add", "bob", "--activation", "inactive")
    assert cli.refused("user", "recovery-link", "bob") == [
        "Error: An account that is Inactive takes no recovery."
    ]


def test_factors_are_seen_by_their_kind(
    cli: Operator, application: Application, scim: Scim
) -> None:
    enrolled(application, scim, "ben")
    assert "webauthn" in cli("user", "authenticators", "list", "ben").stdout
