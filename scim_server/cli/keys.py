"""scim-server key …: API keys, the system's and users'; shown when made, and never again."""

from datetime import timedelta

import click
import orjson

from scim_server.cli.options import FIRST_NAME, for_scripts, most, new_name, tell, tell_rest
from scim_server.cli.people import acting, id_of, ids
from scim_server.directory.rights.keys import Wanted
from scim_server.web.keys import LONGEST_DAYS, KeyAnswer, shown

MEMBERS = ("id", "name", "userName", "scopes", "created", "createdBy", "expires", "used")

in_tenant = click.option(
    "--tenant", default=FIRST_NAME, show_default=True, help="Name of the keys' tenant."
)


@click.group()
def key() -> None:
    """API keys: of the system, or of a user, whose keys do what the user may do."""


@key.command()
@new_name
@in_tenant
@click.option(
    "--scope",
    "scopes",
    metavar="SCOPE",
    multiple=True,
    required=True,
    help="What it may do; may be repeated: users:read, *:write, admin, admin:users:read …",
)
@click.option("--user", metavar="NAME", help="Whose it is; the system's unless told.")
@click.option(
    "--expires-days",
    type=click.IntRange(1, LONGEST_DAYS),
    metavar="DAYS",
    default=365,
    show_default=True,
    help="How long it lives.",
)
@for_scripts
def add(
    name: str,
    tenant: str,
    scopes: tuple[str, ...],
    user: str | None,
    expires_days: int,
    as_json: bool,
) -> None:
    """Make a key and print its token, this once."""
    wanted = Wanted(name, frozenset(scopes), timedelta(days=expires_days))
    with acting(tenant) as (parts, caller):
        if user is None:
            made, token = parts.keys.make(caller, wanted)
        else:
            made, token = parts.keys.make_for(caller, id_of(parts, caller, user), wanted)
    if as_json:
        click.echo(orjson.dumps({"key": made.name, "id": made.id, "token": token}).decode())
    else:
        click.echo(token)
        click.echo("Shown this once; only its digest is kept.", err=True)


@key.command("list")
@in_tenant
@click.option("--user", metavar="NAME", help="Only this user's.")
@most
@for_scripts
def list_keys(tenant: str, user: str | None, most: int, as_json: bool) -> None:
    """List the keys that have not expired, the newest first."""
    with acting(tenant) as (parts, caller):
        owner = None if user is None else id_of(parts, caller, user)
        page = parts.keys.page(caller, owner, None, most)
    rows = [KeyAnswer().dump(shown(each)) | {"userName": each.user_name} for each in page.keys]
    tell(rows, MEMBERS, as_json)
    tell_rest(page.total - len(page.keys))


@key.command()
@ids
@in_tenant
def revoke(ids: tuple[str, ...], tenant: str) -> None:
    """End keys, by their ids."""
    with acting(tenant) as (parts, caller):
        for id in ids:
            parts.keys.revoke(caller, id, None)
            click.echo(f"{id} is no key any more.")
