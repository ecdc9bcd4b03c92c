"""From the environment to an open database."""

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager

import click

from scim_server.config.environment import read_config
from scim_server.parts import Parts, build
from scim_server.protocol.errors import Unavailable
from scim_server.store.database import Database
from scim_server.store.migrate import NewerDatabase, head, known_revision


@contextmanager
def opened() -> Iterator[Parts]:
    """The parts of a server. Raises BadConfig, BadSchemas, ClickException: the database is away."""
    parts = build(read_config(os.environ))
    # It all lives to the end: else the collector looks at it for every thousand accounts anew.
    gc.freeze()
    try:
        yield parts
    except (Unavailable, NewerDatabase) as fault:
        raise click.ClickException(_unusable(parts.database, fault)) from None
    finally:
        parts.database.close()


@contextmanager
def ready() -> Iterator[Parts]:
    """The parts of a server on a database that has been initialised. Raises as opened."""
    with opened() as parts:
        for fault in unready(parts.database):
            raise click.ClickException(fault)
        yield parts


def unready(database: Database) -> list[str]:
    """What is in the way of using the database."""
    try:
        if database.file and not database.file.exists():
            return [_fault(database, "does not exist: run scim-server init.")]
        with database.reading() as connection:
            found = known_revision(connection)
    except (OSError, Unavailable, NewerDatabase) as fault:
        return [_unusable(database, fault)]
    if found == head():
        return []
    state = f"is at {found}, and this version needs {head()}" if found else "is empty"
    return [_fault(database, f"{state}: run scim-server init.")]


def unmakeable(database: Database) -> list[str]:
    """What is in the way of creating the database, or of migrating the one that is there."""
    try:
        if database.file and not database.file.exists():
            folder = database.file.parent
            what = f"cannot be created: there is no folder {folder}."
            return [] if folder.is_dir() else [_fault(database, what)]
        with database.reading() as connection:
            known_revision(connection)
    except (OSError, Unavailable, NewerDatabase) as fault:
        return [_unusable(database, fault)]
    return []


def _unusable(database: Database, fault: OSError | Unavailable | NewerDatabase) -> str:
    """With what the system or the driver says, in one line."""
    if isinstance(fault, NewerDatabase):
        return _fault(database, f"is too new: {fault}")
    cause = getattr(fault.__cause__, "orig", None) or fault.__cause__ or fault
    said = str(cause).strip().partition("\n")[0].strip()
    return _fault(database, f"cannot be used: {said}")


def _fault(database: Database, what: str) -> str:
    return f"SCIM_DATABASE_URL: {database.place} {what}"
