"""The tables come from Alembic on both databases, and are those of the models."""

from collections.abc import Iterator
from multiprocessing import get_context

import pytest
from alembic.autogenerate import compare_metadata
from alembic.command import downgrade
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from scim_server.store.clients import SqlClients
from scim_server.store.database import Database
from scim_server.store.migrate import (
    NewerDatabase,
    config,
    head,
    is_current,
    migrate,
    revision,
)
from scim_server.store.models.base import Base


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    made = Database(database_url)
    made.create()
    yield made
    made.close()


def tables(database: Database) -> set[str]:
    with database.snapshot() as connection:
        return set(inspect(connection).get_table_names())


def current(database: Database) -> bool:
    with database.snapshot() as connection:
        return is_current(connection)


def test_an_empty_database_is_not_current(database: Database) -> None:
    assert not current(database)


def test_a_migrated_database_is_current_and_has_every_table(database: Database) -> None:
    assert migrate(database) == (None, head())
    assert current(database)
    assert tables(database) == {"alembic_version", *Base.metadata.tables}


def test_migrating_again_keeps_everything(database: Database) -> None:
    migrate(database)
    clients = SqlClients(database)
    clients.add_tenant("acme", "2026-11-21T00:00:00")
    before = clients.secret("cursor"), clients.tenants()
    assert migrate(database) == (head(), head())
    assert (clients.secret("cursor"), clients.tenants()) == before


def test_every_database_has_a_secret_of_its_own(database: Database, database_url: str) -> None:
    migrate(database)
    first = SqlClients(database).secret("cursor")
    with database.writing() as connection:
        downgrade(config(connection), "base")
    migrate(database)
    assert SqlClients(database).secret("cursor") != first


def test_a_database_of_another_version_is_not_current(database: Database) -> None:
    migrate(database)
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'later'"))
    assert not current(database)
    with database.snapshot() as connection:
        assert (revision(connection), head()) == ("later", head())


def test_a_newer_database_is_left_alone(database: Database) -> None:
    migrate(database)
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'later'"))
    with pytest.raises(NewerDatabase, match="it is at later, of which this version knows nothing"):
        migrate(database)
    with database.snapshot() as connection:
        assert revision(connection) == "later"


def test_a_downgrade_leaves_nothing(database: Database) -> None:
    migrate(database)
    with database.writing() as connection:
        downgrade(config(connection), "base")
    assert tables(database) == {"alembic_version"}
    migrate(database)
    assert current(database)


def test_the_tables_are_those_of_the_models(database: Database) -> None:
    migrate(database)
    with database.snapshot() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, Base.metadata) == []


def test_a_failed_migration_leaves_nothing(database: Database) -> None:
    with database.writing() as connection:
        connection.execute(text("CREATE TABLE event (id integer)"))
    with pytest.raises(Exception, match="event"):
        migrate(database)
    assert tables(database) == {"event"}


def migrate_at(url: str) -> None:
    database = Database(url)
    migrate(database)
    database.close()


def test_processes_that_start_together_migrate_once(database: Database, database_url: str) -> None:
    context = get_context("forkserver")
    context.set_forkserver_preload([__name__])  # to import takes longer than to migrate
    processes = [context.Process(target=migrate_at, args=(database_url,)) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0, 0]
    assert current(database)
