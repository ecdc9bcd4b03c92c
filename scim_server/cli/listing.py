"""What scim-server client list shows, and what it warns of."""

import shlex
from datetime import datetime
from typing import Any

import click

from scim_server.cli.options import FIRST_NAME, show
from scim_server.directory.credentials import (
    WARNED_DAYS,
    Client,
    Token,
    days_left,
)
from scim_server.directory.tokens import Use, visible_prefix


def described(tenant: str, one: Client, live: list[Token], now: datetime) -> dict[str, Any]:
    """A client with its tokens, of which no more is told than how each begins."""
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
                "prefix": visible_prefix(Use.CLIENT, token.tenant, token.id),
                "created": token.created,
                "expires": token.expires,
                "days_left": days_left(token, now),
                "last_used": token.last_used,
            }
            for token in live
        ],
    }


def show_clients(found: list[dict[str, Any]]) -> None:
    """Print a table, a line for each token."""
    none = {"prefix": "none", "expires": None, "days_left": None, "last_used": None}
    show(
        ["tenant", "client", "scopes", "mode", "token begins", "expires", "days", "last used"],
        [
            [
                *(each["tenant"], each["client"], " ".join(each["scopes"]), each["mode"]),
                *(token["prefix"], _day(token["expires"]), token["days_left"]),
                _day(token["last_used"]),
            ]
            for each in found
            for token in each["tokens"] or [none]
        ],
    )


def _day(instant: str | None) -> str | None:
    return instant and instant[:10]


def warn_of_end(each: dict[str, Any]) -> None:
    """A client whose longest-lived token ends soon is about to be locked out."""
    tokens = each["tokens"]
    if not tokens or any(token["expires"] is None for token in tokens):
        return
    last = max(tokens, key=lambda token: token["expires"])
    if last["days_left"] <= max(WARNED_DAYS):
        click.echo(_warning(each["tenant"], each["client"], last), err=True)


def _warning(tenant: str, name: str, last: dict[str, Any]) -> str:
    days = "1 day" if last["days_left"] == 1 else f"{last['days_left']} days"
    command = ["scim-server", "client", "rotate", name]
    if tenant != FIRST_NAME:
        command += ["--tenant", tenant]
    return (
        f"{name}: its last token ends in {days}, on {_day(last['expires'])};"
        f" for a new one: {shlex.join(command)}"
    )
