"""scim-server init, serve, quickstart, check."""

import os
import sys
from datetime import timedelta
from typing import NoReturn

import click

from scim_server.cli.opening import opened, ready, unmakeable, unready
from scim_server.cli.scopes import DEFAULT_SCOPES
from scim_server.cli.starting import require_startable
from scim_server.directory.callers import FIRST_TENANT
from scim_server.directory.credentials import Client
from scim_server.parts import Parts, new_id
from scim_server.store.check.invariants import sizes, violations
from scim_server.store.migrate import migrate

FIRST_CLIENT = "first"
FIRST_LIFETIME = timedelta(days=365)
GUNICORN = (sys.executable, "-m", "gunicorn", "--config", "python:scim_server.serving")


@click.command()
def init() -> None:
    """Create the database, or bring it to this version.

    Does nothing where it is at this version already.
    """
    with opened() as parts:
        for fault in unmakeable(parts.database):
            raise click.ClickException(fault)
        click.echo(_migrated(parts))


@click.command()
def serve() -> None:
    """Serve until SIGTERM.

    First tells everything that is wrong with settings, schemas, database and address, at once.
    """
    require_startable(unready)
    _run_gunicorn()


@click.command()
def quickstart() -> None:
    """Prepare the database and a first client, and serve.

    Creates or migrates the database, prints a new token of the client "first" and a curl line that
    works, and serves until SIGTERM. Changes nothing where the server could not start.
    """
    require_startable(unmakeable)
    with opened() as parts:
        click.echo(_migrated(parts))
        base_url, token = parts.config.base_url, _first_token(parts)
    click.echo(f"SCIM_URL={base_url}")
    click.echo(f"SCIM_TOKEN={token}")
    click.echo("The token is shown this once. Only its digest is kept; every start makes a new one")
    click.echo("and keeps the one before valid. Try it:")
    click.echo(f'  curl -H "Authorization: Bearer {token}" {base_url}/Users')
    sys.stdout.flush()
    _run_gunicorn()


@click.command()
def check() -> None:
    """Verify the stored data.

    Prints a line for each violation, and ends with exit status 1 where there is one.
    """
    with ready() as parts:
        found = 0
        for violation in violations(parts.database, parts.registry):
            click.echo(str(violation))
            found += 1
        counted = ", ".join(_counted(n, name) for name, n in sizes(parts.database).items())
    told = _counted(found, "violations") if found else "No violation"
    click.echo(f"{told} in {counted}.")
    sys.exit(1 if found else 0)


def _counted(number: int, names: str) -> str:
    return f"{number:,} {names.removesuffix('s') if number == 1 else names}"


def _migrated(parts: Parts) -> str:
    """Migrate, and say what that came to."""
    place = parts.database.place
    before, after = migrate(parts.database)
    if before is None:
        return f"{place}: created, at {after}."
    if before == after:
        return f"{place}: up to date, at {after}."
    return f"{place}: brought from {before} to {after}."


def _first_token(parts: Parts) -> str:
    """A fresh token of the first client, which is made where it is missing."""
    existing = parts.clients.client(FIRST_TENANT, FIRST_CLIENT)
    if existing:
        return parts.credentials.issue(existing, FIRST_LIFETIME)
    first = Client(FIRST_TENANT, new_id(), FIRST_CLIENT, frozenset(DEFAULT_SCOPES))
    return parts.credentials.add(first, FIRST_LIFETIME)


def _run_gunicorn() -> NoReturn:
    """Become the server: signals reach it without us in between."""
    os.execv(sys.executable, [*GUNICORN, "scim_server.app:from_environment()"])
