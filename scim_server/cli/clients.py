"""scim-server client …: a token is printed when it is made, and never again."""

from datetime import UTC, datetime, timedelta
from typing import get_args

import click
import orjson

from scim_server.cli.listing import described, show_clients, warn_of_end
from scim_server.cli.opening import ready
from scim_server.cli.options import FIRST_NAME, for_scripts, new_name, tenant_number
from scim_server.cli.scopes import DEFAULT_SCOPES, SCOPES_HELP, check_scopes, check_user
from scim_server.directory.credentials import Client, Mode, Profile
from scim_server.parts import Parts, new_id, utc_now
from scim_server.protocol.values import stamp

LATEST = timedelta(days=36_500)

in_tenant = click.option(
    "--tenant", default=FIRST_NAME, show_default=True, help="Name of the client's tenant."
)
lifetime = click.option(
    "--expires-days",
    type=click.IntRange(1, LATEST.days),
    metavar="DAYS",
    default=365,
    show_default=True,
    help="How long the token lives.",
)


@click.group()
def client() -> None:
    """Identity providers and others that call, and their tokens."""


@client.command()
@new_name
@in_tenant
@click.option(
    "--scope",
    "scopes",
    metavar="SCOPE",
    multiple=True,
    default=DEFAULT_SCOPES,
    show_default=True,
    help=SCOPES_HELP,
)
@click.option(
    "--mode",
    type=click.Choice(get_args(Mode)),
    default="tolerant",
    show_default=True,
    help="strict: the RFCs to the letter; tolerant: also what real clients send beyond them.",
)
@click.option(
    "--profile",
    type=click.Choice(get_args(Profile)),
    default="rfc",
    show_default=True,
    help="entra: a shorter /Schemas, for Microsoft's validator.",
)
@lifetime
@click.option("--user", metavar="ID", help="The user that /Me means for this client.")
@click.option(
    "--rate",
    metavar="NUMBER",
    type=click.IntRange(0),
    help="Requests a second; 0: no limit. SCIM_RATE_PER_SECOND unless told.",
)
@for_scripts
def add(
    name: str,
    tenant: str,
    scopes: tuple[str, ...],
    mode: Mode,
    profile: Profile,
    expires_days: int,
    user: str | None,
    rate: int | None,
    as_json: bool,
) -> None:
    """Register a client and print its token, this once."""
    if mode == "strict" and profile != "rfc":
        raise click.UsageError(
            f"A strict client is told everything: --profile {profile} is for others."
        )
    with ready() as parts:
        check_scopes(parts.registry, scopes)
        number = tenant_number(parts, tenant)
        check_user(parts, number, user)
        new = Client(number, new_id(), name, frozenset(scopes), mode, profile, user, rate)
        token = parts.credentials.add(new, timedelta(days=expires_days))
    _tell(new, token, as_json)


@client.command("list")
@click.option("--tenant", help="List this tenant's clients only.")
@for_scripts
def list_clients(tenant: str | None, as_json: bool) -> None:
    """List the clients and their valid tokens.

    Of a token only the beginning is known. Warns of clients whose last token ends soon.
    """
    with ready() as parts:
        numbers = {tenant: tenant_number(parts, tenant)} if tenant else parts.clients.tenants()
        now = utc_now()
        found = [
            described(name, one, [t for t in tokens if t.is_live(stamp(now))], now)
            for name, number in numbers.items()
            for one, tokens in parts.clients.clients(number)
        ]
    if as_json:
        click.echo(orjson.dumps(found).decode())
    else:
        show_clients(found)
    for each in found:
        warn_of_end(each)


@client.command()
@click.argument("name")
@in_tenant
@lifetime
@for_scripts
def rotate(name: str, tenant: str, expires_days: int, as_json: bool) -> None:
    """Print a further token of a client.

    The token made before it stays valid until the next rotation; older ones end.
    """
    with ready() as parts:
        one = _client(parts, tenant, name)
        token = parts.credentials.issue(one, timedelta(days=expires_days))
    _tell(one, token, as_json)


@client.command()
@click.argument("name")
@in_tenant
def revoke(name: str, tenant: str) -> None:
    """End every token of a client, at once."""
    with ready() as parts:
        parts.credentials.revoke(_client(parts, tenant, name))
    click.echo(f"No token of {name} is valid any more.")


@client.command()
@click.argument("name")
@in_tenant
@click.option(
    "--at", metavar="TIME", type=click.DateTime(), help="In UTC: 2027-01-31, 2027-01-31T18:00:00."
)
@click.option(
    "--days", metavar="DAYS", type=click.IntRange(0, LATEST.days), help="From now; 0: at once."
)
def expire(name: str, tenant: str, at: datetime | None, days: int | None) -> None:
    """Let every valid token of a client end at a time."""
    if (at is None) == (days is None):
        raise click.UsageError("One of --at and --days is needed.")
    moment = at.replace(tzinfo=UTC) if at else utc_now() + timedelta(days=days or 0)
    with ready() as parts:
        parts.credentials.expire(_client(parts, tenant, name), moment)
    click.echo(f"The tokens of {name} end at {moment:%Y-%m-%d %H:%M:%S} UTC.")


def _client(parts: Parts, tenant: str, name: str) -> Client:
    found = parts.clients.client(tenant_number(parts, tenant), name)
    if found is None:
        raise click.ClickException(f'The tenant "{tenant}" has no client "{name}".')
    return found


def _tell(one: Client, token: str, as_json: bool) -> None:
    if as_json:
        click.echo(orjson.dumps({"client": one.name, "token": token}).decode())
        return
    click.echo(f"Client {one.name}, {one.mode}, may: {', '.join(sorted(one.scopes))}.")
    click.echo("The token is shown this once; only its digest is kept.")
    click.echo(f"SCIM_TOKEN={token}")
