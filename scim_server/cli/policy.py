"""scim-server policy …: what a tenant has decided."""

import click
import orjson
from marshmallow import ValidationError

from scim_server.cli.options import FIRST_NAME, for_scripts, tell_one
from scim_server.cli.people import acting
from scim_server.web.admin.policy import PolicyAnswer, PolicyBody

in_tenant = click.option(
    "--tenant", default=FIRST_NAME, show_default=True, help="Name of the tenant that decides."
)


@click.group()
def policy() -> None:
    """Passwords, locks, sessions, links, registration: what a tenant decides about them."""


@policy.command("show")
@in_tenant
@for_scripts
def show_policy(tenant: str, as_json: bool) -> None:
    """Show every decision, with the defaults where there is none."""
    with acting(tenant) as (parts, caller):
        tell_one(PolicyAnswer().dump(parts.policies.get(caller)), as_json)


@policy.command("set")
@click.argument("decisions", metavar="NAME=VALUE...", nargs=-1, required=True)
@in_tenant
@for_scripts
def set_policy(decisions: tuple[str, ...], tenant: str, as_json: bool) -> None:
    """Decide anew: lockAfter=5, selfRegistration=true, passwordBlocklist='["acme"]'.

    An empty VALUE is the default again. A change counts from the next request.
    """
    try:
        wanted = PolicyBody().load(dict(map(_decision, decisions)))
    except ValidationError as fault:
        told = dict(fault.messages_dict)
        raise click.UsageError(
            "; ".join(f"{name}: {what}" for name, what in told.items())
        ) from None
    with acting(tenant) as (parts, caller):
        tell_one(PolicyAnswer().dump(parts.policies.change(caller, wanted)), as_json)


def _decision(text: str) -> tuple[str, object]:
    name, equals, value = text.partition("=")
    if not equals:
        raise click.UsageError(f"{text}: must be NAME=VALUE.")
    try:
        return name, orjson.loads(value) if value else None
    except orjson.JSONDecodeError:
        raise click.UsageError(f"{text}: VALUE must be a number, true, false or JSON.") from None
