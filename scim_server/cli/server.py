"""scim-server init, serve, quickstart, check."""

import os
import sys
from datetime import timedelta
from typing import NoReturn

import click

from scim_server.app import Parts, new_id
from scim_server.cli.opening import opened, ready, start_faults
from scim_server.directory.callers import BULK, EVERY, WRITE
from scim_server.directory.credentials import Client
from scim_server.store.check import sizes, violations
from scim_server.store.clients import FIRST_TENANT
from scim_server.store.migrate import migrate, revision

FIRST_CLIENT = "first"
FIRST_LIFETIME = timedelta(days=365)
GUNICORN = (sys.executable, "-m", "gunicorn", "--config", "python:scim_server.serving")


@click.command()
def init() -> None:
    """Create the database, or bring it to this version; again and again is fine."""
    with opened() as parts:
        click.echo(_migrated(parts))


@click.command()
def serve() -> None:
    """Serve until SIGTERM. Tells everything that is wrong with the start at once."""
    faults = start_faults(os.environ)
    if faults:
        click.echo("\n".join(faults), err=True)
        sys.exit(1)
    _run_gunicorn()


@click.command()
def quickstart() -> None:
    """Make the database and a first client where there is none, tell its token, and serve."""
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
    """Verify the stored data; a line for each violation, and exit status 1 if there is one."""
    with ready() as parts:
        found = 0
        for violation in violations(parts.database, parts.registry):
            click.echo(str(violation))
            found += 1
        counted = ", ".join(f"{n:,} {name}" for name, n in sizes(parts.database).items())
    click.echo(f"{found:,} violations in {counted}." if found else f"No violation in {counted}.")
    sys.exit(1 if found else 0)


def _migrated(parts: Parts) -> str:
    """Migrate, and say what that came to."""
    place = parts.database.url.render_as_string()
    with parts.database.reading() as connection:
        before = revision(connection)
    migrate(parts.database)
    with parts.database.reading() as connection:
        after = revision(connection)
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
    scopes = frozenset({f"{EVERY}:{WRITE}", BULK})
    first = Client(FIRST_TENANT, new_id(), FIRST_CLIENT, scopes)
    return parts.credentials.add(first, FIRST_LIFETIME)


def _run_gunicorn() -> NoReturn:
    """Become the server: signals reach it without us in between."""
    os.execv(sys.executable, [*GUNICORN, "scim_server.app:from_environment()"])
