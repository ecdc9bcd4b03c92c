"""scim-server user invite, recovery-link, reset-password: ways in for who has none."""

from collections.abc import Callable

import click

from scim_server.cli.options import cell, for_scripts, tell_one
from scim_server.cli.people import acting, id_of, in_tenant
from scim_server.directory.signing.links import Purpose
from scim_server.directory.signing.resets import Handed, How, sign_out, stay_signed_in
from scim_server.web.admin.resets import HandedAnswer

by_mail = click.option("--mail", is_flag=True, help="Mail the link, in place of printing it.")


@click.command()
@click.argument("name")
@in_tenant
@by_mail
@for_scripts
def invite(name: str, tenant: str, mail: bool, as_json: bool) -> None:
    """Make a link with which a user chooses a password and begins."""
    _tell(_link(name, tenant, Purpose.INVITATION, mail), as_json)


@click.command("recovery-link")
@click.argument("name")
@in_tenant
@by_mail
@for_scripts
def recovery_link(name: str, tenant: str, mail: bool, as_json: bool) -> None:
    """Make a link with which a user chooses another password."""
    _tell(_link(name, tenant, Purpose.RECOVERY, mail), as_json)


@click.command("reset-password")
@click.argument("name")
@in_tenant
@click.option(
    "--how",
    type=click.Choice([each.value for each in How]),
    required=True,
    help="temporary: print one that must be changed at the next sign-in; mail: a link to choose"
    " another one, and the old one works until then; remove: nobody signs in with a password.",
)
@click.option("--sign-out", "everywhere", is_flag=True, help="End sessions and API keys, too.")
@for_scripts
def reset_password(name: str, tenant: str, how: str, everywhere: bool, as_json: bool) -> None:
    """Reset the password of a user."""
    with acting(tenant) as (parts, caller):
        ways: dict[How, Callable[..., Handed]] = {
            How.MAIL: parts.resets.mail_password,
            How.TEMPORARY: parts.resets.make_temporary,
            How.REMOVE: parts.resets.remove,
        }
        first = sign_out if everywhere else stay_signed_in
        handed = ways[How(how)](caller, id_of(parts, caller, name), first)
    _tell(handed, as_json)


def _link(name: str, tenant: str, purpose: Purpose, mail: bool) -> Handed:
    with acting(tenant) as (parts, caller):
        way = parts.resets.mail_link if mail else parts.resets.show_link
        return way(caller, id_of(parts, caller, name), purpose)


def _tell(handed: Handed, as_json: bool) -> None:
    told = {key: value for key, value in HandedAnswer().dump(handed).items() if value is not None}
    if as_json:
        tell_one(told, as_json)
    elif handed.address:
        click.echo(f"A link is mailed to {handed.address}.")
    elif secret := handed.link or handed.password:
        click.echo(secret)
        click.echo(f"Shown this once; it works once, until {cell(told['expires'])} UTC.", err=True)
    else:
        click.echo("The password is removed.")
