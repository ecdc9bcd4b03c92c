"""scim-server user reset-factors, over what users have enrolled."""

from pathlib import Path

from tests.application import ORIGIN, Application, Scim
from tests.cli.operator import Operator
from tests.software_key import SoftwareKey
from tests.web.factors import listed, registered


def enrolled(application: Application, scim: Scim, name: str) -> str:
    """The id of a new user who has a key."""
    user: str = scim.user(userName=name)["id"]
    assert registered(application.admin(scim.tenant), user, SoftwareKey(ORIGIN)).status_code == 201
    return user


def test_the_factors_of_users_are_reset_by_name(
    cli: Operator, application: Application, scim: Scim
) -> None:
    ids = [enrolled(application, scim, name) for name in ("ada", "ben", "eve")]
    told = cli("user", "reset-factors", "ada", "BEN")
    assert told.exit_code == 0, told.output
    assert told.stdout == "Authenticators removed: 2, of users: 2.\n"
    admin = application.admin(scim.tenant)
    assert [listed(admin, id) for id in ids] == [[], [], ["blue key"]]
    [event] = [
        each
        for each in admin.get(f"/users/{ids[0]}/events").get_json()["events"]
        if each["action"] == "reset authenticators"
    ]
    assert event["actor"]["name"] == "scim-server"


def test_names_come_from_a_file(
    cli: Operator, application: Application, scim: Scim, tmp_path: Path
) -> None:
    enrolled(application, scim, "ada")
    scim.user(userName="ben")
    file = tmp_path / "names.txt"
    file.write_text("ada\n\nben\n")
    told = cli.json("user", "reset-factors", "--from", str(file))
    assert told == {"users": 1, "authenticators": 1}


def test_only_some_kinds(cli: Operator, application: Application, scim: Scim) -> None:
    user = enrolled(application, scim, "ada")
    assert cli.json("user", "reset-factors", "ada", "--kind", "totp")["authenticators"] == 0
    assert listed(application.admin(scim.tenant), user) == ["blue key"]
    told = cli.json("user", "reset-factors", "ada", "--kind", "totp", "--kind", "webauthn")
    assert told == {"users": 1, "authenticators": 1}


def test_where_a_name_is_unknown_nothing_is_changed(
    cli: Operator, application: Application, scim: Scim
) -> None:
    user = enrolled(application, scim, "ada")
    told = cli.refused("user", "reset-factors", "ada", "nobody", "--tenant", "default")
    assert told == ['Error: No user is called "nobody".']
    assert listed(application.admin(scim.tenant), user) == ["blue key"]


def test_somebody_is_named(cli: Operator) -> None:
    told = cli("user", "reset-factors")
    assert told.exit_code == 2 and "Name a user." in told.stderr
