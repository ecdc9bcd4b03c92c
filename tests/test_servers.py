"""The servers that the tests start are real, and each test has a database of its own."""

from collections.abc import Iterator

import pytest
from sqlalchemy import NullPool, create_engine, inspect, text

from tests.servers import PostgresServer, bundled_binaries, postgres


@pytest.fixture
def bundled_server() -> Iterator[PostgresServer]:
    with bundled_binaries() as binaries, postgres(binaries) as server:
        yield server


def version(url: str) -> str:
    with create_engine(url, poolclass=NullPool).connect() as connection:
        return str(connection.scalar(text("select version()")))


def create_table(url: str) -> None:
    with create_engine(url, poolclass=NullPool).begin() as connection:
        connection.execute(text("create table mark (id integer)"))


def tables(url: str) -> list[str]:
    return inspect(create_engine(url, poolclass=NullPool)).get_table_names()


def test_it_is_a_postgresql(postgres_server: PostgresServer) -> None:
    url = postgres_server.create_database()
    assert version(url).startswith("PostgreSQL")
    postgres_server.drop(url)


def test_a_machine_without_postgresql_has_the_bundled_one(bundled_server: PostgresServer) -> None:
    assert version(bundled_server.create_database()).startswith("PostgreSQL 18")


def test_two_databases_are_separate(postgres_server: PostgresServer) -> None:
    first, second = postgres_server.create_database(), postgres_server.create_database()
    create_table(first)
    assert (tables(first), tables(second)) == (["mark"], [])
    postgres_server.drop(first)
    postgres_server.drop(second)


def test_a_clone_has_the_tables_of_its_original(postgres_server: PostgresServer) -> None:
    original = postgres_server.create_database()
    create_table(original)
    copy = postgres_server.clone(original)
    assert tables(copy) == ["mark"]
    postgres_server.drop(copy)
    postgres_server.drop(original)


def test_a_database_url_leads_to_an_empty_database(database_url: str) -> None:
    assert tables(database_url) == []
    create_table(database_url)
    assert tables(database_url) == ["mark"]
