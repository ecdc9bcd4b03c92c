"""The schema of the database: brought to the head, and asked whether it is there."""

from functools import cache
from importlib.resources import files

from alembic.command import upgrade
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from scim_server.store.database import Database
from scim_server.store.sql import is_sqlite

LOCK = 7643
"""Number of the advisory lock: two nodes that start together migrate once."""
NOT_CURRENT = "The database is not at this version: run scim-server init."


class NewerDatabase(Exception):
    """The database has had a migration that this version of the server does not know."""


def migrate(database: Database) -> tuple[str | None, str | None]:
    """Create or upgrade every table; does nothing on a database that is up to date.

    Returns the migrations it was at and is at now. Raises Unavailable, NewerDatabase.
    """
    database.create()
    with database.writing() as connection:
        if not is_sqlite(connection):
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        before = known_revision(connection)
        upgrade(config(connection), "head")
        return before, head()


def is_current(connection: Connection) -> bool:
    """Whether the database has every migration that this version of the server knows."""
    return revision(connection) == head()


def revision(connection: Connection) -> str | None:
    """The last migration that the database has had; None: it is empty."""
    return MigrationContext.configure(connection).get_current_revision()


def known_revision(connection: Connection) -> str | None:
    """The last migration that the database has had. Raises NewerDatabase."""
    found = revision(connection)
    if found not in _known():
        raise NewerDatabase(
            f"it is at {found}, of which this version knows nothing;"
            " install the version that it was last used with."
        )
    return found


@cache
def head() -> str | None:
    """The last migration that this version of the server knows."""
    return ScriptDirectory.from_config(config()).get_current_head()


@cache
def _known() -> set[str | None]:
    scripts = ScriptDirectory.from_config(config()).walk_revisions()
    return {None, *(script.revision for script in scripts)}


def config(connection: Connection | None = None) -> Config:
    """Alembic's own settings; its commands run on the connection."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(files("scim_server.store") / "migrations"))
    return config
