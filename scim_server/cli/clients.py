"""scim-server client …: a token is printed when it is made, and never again."""

from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import click
import orjson

from scim_server.app import Parts, new_id, utc_now
from scim_server.cli.opening import ready
from scim_server.cli.options import for_scripts, new_name, show, tenant_number
from scim_server.cli.scopes import DEFAULT_SCOPES, check_scopes, check_user
from scim_server.directory.credentials import (
    Client,
    Mode,
    Profile,
    Token,
    days_left,
    visible_prefix,
)
from scim_server.protocol.values import stamp

WARNED_DAYS = 30
LATEST = timedelta(days=36_500)

in_tenant = click.option("--tenant", default="default", show_default=True, help="Its name.")
lifetime = click.option(
    "--expires-days",
    type=click.IntRange(1, LATEST.days),
    default=365,
    show_default=True,
    help="How long the token lives.",
)


@click.group()
def client() -> None:
    """Clients: identity providers and others that call the server, each with tokens of its own."""


@client.command()
@new_name
@in_tenant
@click.option("--scope", "scopes", multiple=True, default=DEFAULT_SCOPES, show_default=True)
@click.option("--mode", type=click.Choice(get_args(Mode)), default="tolerant", show_default=True)
@click.option("--profile", type=click.Choice(get_args(Profile)), default="rfc", show_default=True)
@lifetime
@click.option("--user", metavar="ID", help="The user that /Me means for this client.")
@click.option("--rate", type=click.IntRange(0), help="Requests a second; 0: no limit.")
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
    with ready() as parts:
        check_scopes(parts.registry, scopes)
        number = tenant_number(parts, tenant)
        check_user(parts, number, user)
        new = Client(number, new_id(), name, frozenset(scopes), mode, profile, user, rate)
        token = parts.credentials.add(new, timedelta(days=expires_days))
    _tell(new, token, as_json)


@client.command("list")
@click.option("--tenant", help="Only this one's.")
@for_scripts
def list_clients(tenant: str | None, as_json: bool) -> None:
    """List the clients and their live tokens, of which only the beginning is known."""
    with ready() as parts:
        numbers = {tenant: tenant_number(parts, tenant)} if tenant else parts.clients.tenants()
        now = utc_now()
        found = [
            _described(name, one, [t for t in tokens if t.is_live(stamp(now))], now)
            for name, number in numbers.items()
            for one, tokens in parts.clients.clients(number)
        ]
    if as_json:
        click.echo(orjson.dumps(found).decode())
    else:
        _show(found)
    for each in found:
        _warn(each)


@client.command()
@click.argument("name")
@in_tenant
@lifetime
@for_scripts
def rotate(name: str, tenant: str, expires_days: int, as_json: bool) -> None:
    """Print a further token; the newest of the older ones stays valid until it is replaced too."""
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
@click.option("--at", type=click.DateTime(), help="UTC.")
@click.option("--days", type=click.IntRange(0, LATEST.days), help="From now.")
def expire(name: str, tenant: str, at: datetime | None, days: int | None) -> None:
    """Let every live token of a client end at a time."""
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


def _described(tenant: str, one: Client, live: list[Token], now: datetime) -> dict[str, Any]:
    return {
        "tenant": tenant,
        "client": one.name,
        "scopes": sorted(one.scopes),
        "mode": one.mode,
        "profile": one.profile,
        "user": one.user,
        "rate": one.rate,
        "tokens": [
            {
                "prefix": visible_prefix(token),
                "created": token.created,
                "expires": token.expires,
                "days_left": days_left(token, now),
                "last_used": token.last_used,
            }
            for token in live
        ],
    }


def _show(found: list[dict[str, Any]]) -> None:
    nothing = {"prefix": "", "expires": None, "days_left": None, "last_used": None}
    show(
        ["tenant", "client", "scopes", "mode", "token", "expires", "days", "last used"],
        [
            [
                *(each["tenant"], each["client"], " ".join(each["scopes"]), each["mode"]),
                *(f"{token['prefix']}…", _day(token["expires"]), token["days_left"]),
                _day(token["last_used"]),
            ]
            for each in found
            for token in each["tokens"] or [nothing]
        ],
    )


def _day(instant: str | None) -> str | None:
    return instant and instant[:10]


def _warn(each: dict[str, Any]) -> None:
    """A client whose longest-lived token ends soon is about to be locked out."""
    left = [token["days_left"] for token in each["tokens"]]
    if left and None not in left and max(left) <= WARNED_DAYS:
        name, days = each["client"], max(left)
        warning = f"{name}: its token ends in {days} days; scim-server client rotate {name}"
        click.echo(warning, err=True)
