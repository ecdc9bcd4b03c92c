"""scim-server user reset-factors: for people who have lost what they sign in with."""

import sys
from collections.abc import Collection, Iterable, Sequence
from typing import TextIO

import click
import orjson
from rich.console import Console
from rich.progress import Progress

from scim_server.app import Parts
from scim_server.cli.opening import ready
from scim_server.cli.options import FIRST_NAME, for_scripts, tenant_number
from scim_server.directory.callers import ADMIN, Caller
from scim_server.directory.events import Actor
from scim_server.directory.factors import EVERY, Factor
from scim_server.directory.users_authenticators import CHUNK, Done
from scim_server.protocol.intake import Strict

MOST_SHOWN = 10


@click.command("reset-factors")
@click.argument("names", nargs=-1)
@click.option("--tenant", default=FIRST_NAME, show_default=True, help="Name of the users' tenant.")
@click.option(
    "--kind",
    "kinds",
    type=click.Choice([kind.value for kind in Factor]),
    multiple=True,
    help="Only these factors; may be repeated. All unless told.",
)
@click.option(
    "--from",
    "file",
    type=click.File("r", "utf-8"),
    help="A file of names, a line each; - is stdin.",
)
@for_scripts
def reset_factors(
    names: tuple[str, ...],
    tenant: str,
    kinds: tuple[str, ...],
    file: TextIO | None,
    as_json: bool,
) -> None:
    """Remove the second factors of users, by the names that they sign in with.

    Each user is told by mail. Changes nothing where one of the names is unknown.
    """
    told = dict.fromkeys((*names, *_lines(file or ())))
    if not told:
        raise click.UsageError("Name a user.")
    with ready() as parts:
        number = tenant_number(parts, tenant)
        caller = Caller(number, Actor("scim-server", ""), frozenset({ADMIN}), Strict())
        ids = _ids(parts, caller, list(told))
        done = _reset(parts, caller, ids, {Factor(kind) for kind in kinds} or EVERY)
    if as_json:
        click.echo(orjson.dumps({"users": done.users, "authenticators": done.authenticators}))
    else:
        click.echo(f"Authenticators removed: {done.authenticators:,}, of users: {done.users:,}.")


def _lines(file: Iterable[str]) -> list[str]:
    return [line.strip() for line in file if line.strip()]


def _ids(parts: Parts, caller: Caller, names: Sequence[str]) -> list[str]:
    """Raises ClickException, naming who is unknown."""
    found = parts.accounts.named(caller, names)
    unknown = [f'"{name}"' for name in names if name not in found]
    if unknown:
        more = f" and {len(unknown) - MOST_SHOWN:,} more" if len(unknown) > MOST_SHOWN else ""
        raise click.ClickException(f"No user is called {', '.join(unknown[:MOST_SHOWN])}{more}.")
    return list(found.values())


def _reset(parts: Parts, caller: Caller, ids: Sequence[str], kinds: Collection[Factor]) -> Done:
    total = Done()
    # On stderr, and on a terminal only: what is printed may be read by a program.
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task("Resetting", total=len(ids))
        for done in parts.users_authenticators.resets(caller, ids, kinds):
            total.add(done)
            progress.advance(task, CHUNK)
    return total
