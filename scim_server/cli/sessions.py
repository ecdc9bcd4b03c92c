"""scim-server user sessions …: where users are signed in, and out."""

import click

from scim_server.cli.options import for_scripts, most, tell, tell_rest
from scim_server.cli.people import acting, found, id_of, ids, in_tenant, names
from scim_server.web.admin.sessions import SessionAnswer

MEMBERS = ("id", "userName", "created", "used", "address", "device", "methods")


@click.group()
def sessions() -> None:
    """Where users are signed in."""


@sessions.command("list")
@click.argument("name", required=False)
@in_tenant
@most
@for_scripts
def list_sessions(name: str | None, tenant: str, most: int, as_json: bool) -> None:
    """List the live sessions of a user, or of all, the newest first."""
    with acting(tenant) as (parts, caller):
        user = None if name is None else id_of(parts, caller, name)
        page = parts.sessions.page(caller, user, None, most)
    tell(SessionAnswer(many=True).dump(page.sessions), MEMBERS, as_json)
    tell_rest(page.total - len(page.sessions))


@sessions.command()
@ids
@in_tenant
def revoke(ids: tuple[str, ...], tenant: str) -> None:
    """End some sessions, by their ids."""
    with acting(tenant) as (parts, caller):
        ended = parts.sessions.end(caller, ids)
    click.echo(f"Ended {ended:,} of {len(set(ids)):,} sessions.")


@sessions.command()
@names
@in_tenant
def end(names: tuple[str, ...], tenant: str) -> None:
    """Sign users out everywhere: end their sessions, API keys and links."""
    with acting(tenant) as (parts, caller):
        people = found(parts, caller, names)
        ended = sum(parts.sessions.clear(caller, id) for id in people)
    click.echo(f"Ended {ended:,} sessions of {len(people):,} users.")
