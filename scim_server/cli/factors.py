"""scim-server user authenticators …, reset-factors: second factors, seen and taken away."""

from collections.abc import Collection, Iterable, Sequence
from typing import TextIO

import click
import orjson

from scim_server.cli.options import for_scripts, tell
from scim_server.cli.people import acting, bar, found, id_of, in_tenant
from scim_server.directory.authenticators.factors import EVERY, Factor
from scim_server.directory.authenticators.users_authenticators import CHUNK, Done
from scim_server.directory.callers import Caller
from scim_server.parts import Parts
from scim_server.web.signing.authenticators import AuthenticatorAnswer


@click.group()
def authenticators() -> None:
    """The second factors of a user."""


@authenticators.command("list")
@click.argument("name")
@in_tenant
@for_scripts
def list_authenticators(name: str, tenant: str, as_json: bool) -> None:
    """List the authenticators of a user, without their secrets."""
    with acting(tenant) as (parts, caller):
        held = parts.users_authenticators.of(caller, id_of(parts, caller, name))
    rows = AuthenticatorAnswer(many=True).dump(held.authenticators)
    tell(rows, ("id", "kind", "name", "created", "used"), as_json)


@authenticators.command("remove")
@click.argument("name")
@click.argument("id")
@in_tenant
def remove_authenticator(name: str, id: str, tenant: str) -> None:
    """Remove one authenticator of a user, who is told by mail."""
    with acting(tenant) as (parts, caller):
        parts.users_authenticators.remove(caller, id_of(parts, caller, name), id)
    click.echo("Removed.")


@click.command("reset-factors")
@click.argument("names", metavar="[NAME]...", nargs=-1)
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
    with acting(tenant) as (parts, caller):
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
