"""scim-server user reset-factors: for people who have lost what they sign in with."""

from collections.abc import Collection, Iterable, Sequence
from typing import TextIO

import click
import orjson

from scim_server.app import Parts
from scim_server.cli.opening import ready
from scim_server.cli.options import for_scripts, tenant_number
from scim_server.cli.people import bar, found, in_tenant, operator
from scim_server.directory.callers import Caller
from scim_server.directory.factors import EVERY, Factor
from scim_server.directory.users_authenticators import CHUNK, Done


@click.command("reset-factors")
@click.argument("names", nargs=-1)
@in_tenant
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
        caller = operator(tenant_number(parts, tenant))
        ids = list(found(parts, caller, list(told)))
        done = _reset(parts, caller, ids, {Factor(kind) for kind in kinds} or EVERY)
    if as_json:
        click.echo(orjson.dumps({"users": done.users, "authenticators": done.authenticators}))
    else:
        click.echo(f"Authenticators removed: {done.authenticators:,}, of users: {done.users:,}.")


def _lines(file: Iterable[str]) -> list[str]:
    return [line.strip() for line in file if line.strip()]


def _reset(parts: Parts, caller: Caller, ids: Sequence[str], kinds: Collection[Factor]) -> Done:
    total = Done()
    with bar("Resetting", len(ids)) as (progress, task):
        for done in parts.users_authenticators.resets(caller, ids, kinds):
            total.add(done)
            progress.advance(task, CHUNK)
    return total
