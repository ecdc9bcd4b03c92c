"""What an operator is told of the database: where it is, what is the matter, what to do."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import NullPool, create_engine, make_url, text

from tests.cli.operator import DEAD, Operator
from tests.servers import PostgresServer

NEEDS_INIT = [["client", "list"], ["client", "add", "x"], ["tenant", "list"], ["check"], ["serve"]]
EVERY = [["init"], ["quickstart"], *NEEDS_INIT]


def test_init_creates_the_database_and_then_leaves_it_alone(fresh: Operator) -> None:
    assert re.search(r": created, at \d{4}\.$", fresh("init").stdout.strip())
    assert re.search(r": up to date, at \d{4}\.$", fresh("init").stdout.strip())


@pytest.mark.parametrize("command", NEEDS_INIT)
def test_a_database_that_was_not_initialised_is_named(fresh: Operator, command: list[str]) -> None:
    [told] = fresh.refused(*command)
    database = make_url(fresh.environment["SCIM_DATABASE_URL"]).database
    assert database and re.match(r"Error: SCIM_DATABASE_URL: \w+://.*" + database, told)
    assert told.endswith(": run scim-server init.")


@pytest.mark.parametrize("command", NEEDS_INIT)
def test_only_init_and_quickstart_make_a_file(tmp_path: Path, command: list[str]) -> None:
    url = f"sqlite:///{tmp_path}/mistyped.db"
    [told] = Operator(SCIM_DATABASE_URL=url).refused(*command)
    assert told == f"Error: SCIM_DATABASE_URL: {url} does not exist: run scim-server init."
    assert list(tmp_path.iterdir()) == []


def test_a_relative_path_is_told_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    told = Operator(SCIM_DATABASE_URL="sqlite:///scim.db")("init").stdout
    assert told.startswith(f"sqlite:///{tmp_path}/scim.db: created")


def test_a_file_without_tables_is_not_taken_for_a_database(tmp_path: Path) -> None:
    (tmp_path / "scim.db").touch()
    [told] = Operator(SCIM_DATABASE_URL=f"sqlite:///{tmp_path}/scim.db").refused("check")
    assert told.endswith("scim.db is empty: run scim-server init.")


@pytest.mark.parametrize("command", EVERY)
def test_a_database_that_is_away_is_told_with_the_cause_and_no_password(command: list[str]) -> None:
    [told] = Operator(SCIM_DATABASE_URL=DEAD).refused(*command)
    place = "postgresql://scim:***@127.0.0.1:1/scim"
    assert told.startswith(f"Error: SCIM_DATABASE_URL: {place} cannot be used: ")
    assert told.endswith("Connection refused")


@pytest.mark.parametrize("command", EVERY)
def test_a_file_of_something_else_is_left_as_it_is(tmp_path: Path, command: list[str]) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("no database, though it is long enough for SQLite to look at\n" * 20)
    before = file.read_bytes()
    [told] = Operator(SCIM_DATABASE_URL=f"sqlite:///{file}").refused(*command)
    assert told.endswith("notes.txt cannot be used: file is not a database")
    assert file.read_bytes() == before


@pytest.mark.parametrize("command", ["init", "quickstart"])
def test_a_folder_that_is_missing_is_named_and_not_made(tmp_path: Path, command: str) -> None:
    [told] = Operator(SCIM_DATABASE_URL=f"sqlite:///{tmp_path}/no/scim.db").refused(command)
    assert told.endswith(f"/no/scim.db cannot be created: there is no folder {tmp_path}/no.")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["init", "quickstart"])
def test_a_folder_that_takes_no_file_is_named(command: str) -> None:
    [told] = Operator(SCIM_DATABASE_URL="sqlite:////proc/scim.db").refused(command)
    assert told.startswith("Error: SCIM_DATABASE_URL: sqlite:////proc/scim.db cannot be used: [Err")


@pytest.mark.parametrize("command", EVERY)
def test_a_name_that_no_file_can_have_is_told(tmp_path: Path, command: list[str]) -> None:
    url = f"sqlite:///{tmp_path}/{'x' * 300}"
    [told] = Operator(SCIM_DATABASE_URL=url).refused(*command)
    assert told.startswith(f"Error: SCIM_DATABASE_URL: {url} cannot be used: ")
    assert "File name too long" in told


@pytest.mark.parametrize("command", EVERY)
def test_a_newer_database_says_what_to_install(cli: Operator, command: list[str]) -> None:
    engine = create_engine(cli.environment["SCIM_DATABASE_URL"], poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'later'"))
    [told] = cli.refused(*command)
    assert told.endswith(
        " is too new: it is at later, of which this version knows nothing;"
        " install the version that it was last used with."
    )


@pytest.fixture
def guest(postgres_server: PostgresServer) -> Iterator[str]:
    """The URL of a database by an account that may create no table in it."""
    url = postgres_server.create_database()
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("CREATE ROLE guest LOGIN"))
        connection.execute(text("REVOKE CREATE ON SCHEMA public FROM PUBLIC"))
    yield make_url(url).set(username="guest").render_as_string()
    with engine.begin() as connection:
        connection.execute(text("DROP ROLE guest"))
    postgres_server.drop(url)


def test_an_account_without_the_right_to_create_tables_is_told_so(guest: str) -> None:
    [told] = Operator(SCIM_DATABASE_URL=guest).refused("init")
    assert told.endswith("cannot be used: permission denied for schema public")


def test_check_is_content_with_a_sound_database(cli: Operator) -> None:
    result = cli("check")
    assert result.exit_code == 0
    assert result.stdout == "No violation in 1 tenant, 0 resources, 0 memberships, 0 events.\n"


@pytest.mark.parametrize(
    ("clients", "told"),
    [
        (["a"], "1 violation in 1 tenant, 0 resources,"),
        (["a", "b"], "2 violations in 1 tenant, 0 resources,"),
    ],
)
def test_check_counts_what_it_finds(cli: Operator, clients: list[str], told: str) -> None:
    for name in clients:
        cli("client", "add", name)
    engine = create_engine(cli.environment["SCIM_DATABASE_URL"], poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("UPDATE token SET digest = 'none'"))
    result = cli("check")
    assert result.exit_code == 1
    assert result.stdout.splitlines()[-1].startswith(told)
