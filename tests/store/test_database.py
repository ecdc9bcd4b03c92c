"""How a database is opened, and what is told when it cannot be used (security rules 11 and 24)."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from scim_server.protocol.errors import Unavailable
from scim_server.store.database import Database
from scim_server.store.migrate import migrate
from tests.application import Application
from tests.store.shelf import Shelf, at_once

TENANT = "INSERT INTO tenant (id, name, created) VALUES (:id, :name, '')"


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path}/scim.db", connections=2)
    migrate(database)
    yield database
    database.close()


@pytest.mark.parametrize("use", ["reading", "snapshot", "writing"])
@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("busy_timeout", 5000),
    ],
)
def test_every_sqlite_connection_is_safe(
    sqlite: Database, use: str, pragma: str, value: object
) -> None:
    with getattr(sqlite, use)() as connection:
        assert connection.execute(text(f"PRAGMA {pragma}")).scalar_one() == value


def test_a_sqlite_writer_holds_the_lock_from_its_first_moment(
    sqlite: Database, tmp_path: Path
) -> None:
    other = sqlite3.connect(tmp_path / "scim.db", timeout=0)
    with sqlite.writing(), pytest.raises(sqlite3.OperationalError, match="locked"):
        other.execute("BEGIN IMMEDIATE")
    other.close()


def test_a_sqlite_reader_is_not_kept_waiting_by_a_writer(sqlite: Database) -> None:
    with sqlite.writing() as writer, sqlite.snapshot() as reader:
        writer.execute(text(TENANT), {"id": 7, "name": "seven"})
        assert reader.execute(text("SELECT count(*) FROM tenant")).scalar_one() == 1


def test_postgresql_is_spoken_to_through_psycopg() -> None:
    database = Database("postgresql://nowhere/scim")
    assert database.url.drivername == "postgresql+psycopg"


@pytest.mark.parametrize("use", ["reading", "snapshot", "writing"])
def test_a_database_that_cannot_be_reached_is_unavailable(tmp_path: Path, use: str) -> None:
    for url in (f"sqlite:///{tmp_path}/no/such/folder", f"postgresql://@/scim?host={tmp_path}"):
        with pytest.raises(Unavailable), getattr(Database(url), use)():
            raise AssertionError("there is no such database")


@pytest.mark.parametrize("use", ["reading", "snapshot", "writing"])
def test_the_file_of_a_mistyped_name_is_not_made(tmp_path: Path, use: str) -> None:
    with pytest.raises(Unavailable), getattr(Database(f"sqlite:///{tmp_path}/scm.db"), use)():
        raise AssertionError("there is no such database")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["scim.db", "a b.db", "100%.db", "what?.db", "one#two.db"])
def test_a_file_may_have_any_name(tmp_path: Path, name: str) -> None:
    database = Database(f"sqlite:///{tmp_path}/{name.replace('?', '%3F')}")
    migrate(database)
    database.close()
    assert [file.name for file in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", ["no/scim.db", "x" * 300])
def test_a_file_that_cannot_be_made_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(Unavailable):
        Database(f"sqlite:///{tmp_path}/{name}").create()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("sqlite:////srv/scim.db", "sqlite:////srv/scim.db"),
        ("sqlite:///scim.db", f"sqlite:///{Path.cwd()}/scim.db"),
        ("postgresql://scim:secret@host/scim", "postgresql://scim:***@host/scim"),
        (
            "postgresql+psycopg://host/scim?password=secret&sslmode=require",
            "postgresql://host/scim?sslmode=require",
        ),
    ],
)
def test_people_are_told_where_it_is_and_no_password(url: str, place: str) -> None:
    assert Database(url).place == place


@pytest.mark.parametrize("use", ["reading", "snapshot", "writing"])
def test_a_database_without_tables_is_unavailable(database_url: str, use: str) -> None:
    database = Database(database_url)
    database.create()
    with pytest.raises(Unavailable), getattr(database, use)() as connection:
        connection.execute(text("SELECT * FROM resource"))
    database.close()


def test_a_faulty_statement_is_a_defect_and_no_fault_of_the_database(
    application: Application,
) -> None:
    database = application.parts.database
    with pytest.raises(DBAPIError), database.snapshot() as connection:
        connection.execute(text("SELECT no_such_column FROM resource"))


def test_a_defect_does_not_tell_the_parameters(application: Application) -> None:
    statement = text("SELECT no_such_column FROM resource WHERE document = :secret")
    with pytest.raises(DBAPIError) as defect, application.parts.database.snapshot() as connection:
        connection.execute(statement, {"secret": "hush"})
    assert "hush" not in str(defect.value)


def test_what_is_raised_inside_is_raised_outside(application: Application) -> None:
    for use in ("reading", "snapshot", "writing"):
        with pytest.raises(ZeroDivisionError), getattr(application.parts.database, use)():
            raise ZeroDivisionError


def test_a_reading_connection_survives_an_exception(shelf: Shelf) -> None:
    user = shelf.user()
    with pytest.raises(ZeroDivisionError), shelf.store.reading(shelf.tenant):
        raise ZeroDivisionError
    with shelf.store.reading(shelf.tenant) as reader:
        assert reader.get(user.kind, user.id)[0] == user


def test_a_reader_sees_what_was_committed_a_moment_ago(shelf: Shelf) -> None:
    with shelf.store.reading(shelf.tenant) as reader:
        assert reader.count(shelf.query()) == 0
        shelf.user()
        assert reader.count(shelf.query()) == 1


def test_more_writers_than_connections_all_get_their_turn(shelf: Shelf) -> None:
    outcomes = at_once([shelf.user] * 24)
    assert len({getattr(each, "id", each) for each in outcomes}) == 24
    assert shelf.read(lambda reader: reader.count(shelf.query())) == 24
