"""From the environment to an open database."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import click

from scim_server.app import Parts, build
from scim_server.cli.group import why_away
from scim_server.config import BadConfig, Config
from scim_server.protocol.errors import Unavailable
from scim_server.protocol.load import BadSchemas
from scim_server.store.migrate import NOT_CURRENT, is_current


@contextmanager
def opened() -> Iterator[Parts]:
    """The parts of a server. Raises BadConfig, BadSchemas."""
    parts = build(Config.from_env(os.environ))
    try:
        yield parts
    finally:
        parts.database.close()


@contextmanager
def ready() -> Iterator[Parts]:
    """The parts of a server on a database that has been initialised."""
    with opened() as parts:
        with parts.database.reading() as connection:
            if not is_current(connection):
                raise click.ClickException(NOT_CURRENT)
        yield parts


def start_faults(environment: Mapping[str, str]) -> list[str]:
    """Everything that keeps a server with this environment from starting.

    Faulty settings are put aside to find out what is wrong besides.
    """
    faults, sound = [], dict(environment)
    try:
        config = Config.from_env(sound)
    except BadConfig as bad:
        faults = str(bad).splitlines()
        for fault in faults:
            sound.pop(fault.partition(":")[0], None)
        config = Config.from_env(sound)
    try:
        parts = build(config)
    except BadSchemas as bad:
        # The database is asked with the schemas that come with the server.
        faults += bad.faults
        parts = build(Config.from_env(sound | {"SCIM_SCHEMAS": ""}))
    return faults + _database_faults(parts)


def _database_faults(parts: Parts) -> list[str]:
    try:
        with parts.database.reading() as connection:
            return [] if is_current(connection) else [NOT_CURRENT]
    except Unavailable as fault:
        return [why_away(fault)]
    finally:
        parts.database.close()
