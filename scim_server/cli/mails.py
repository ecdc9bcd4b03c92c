"""scim-server mail …: what waits to be sent, what was, and what has failed."""

import click

from scim_server.cli.options import for_scripts, most, tell, tell_rest
from scim_server.cli.people import acting, id_of, ids, in_tenant
from scim_server.directory.mail.outbox import Sought, State
from scim_server.web.admin.mails import MailAnswer

MEMBERS = ("id", "userName", "address", "template", "state", "due", "ended", "attempts", "fault")


@click.group()
def mail() -> None:
    """Mail to users; scim-server worker sends it."""


@mail.command("list")
@in_tenant
@click.option("--user", metavar="NAME", help="Only mail to this user.")
@click.option("--state", type=click.Choice([each.value for each in State]))
@most
@for_scripts
def list_mails(tenant: str, user: str | None, state: str | None, most: int, as_json: bool) -> None:
    """List mail, the newest first; never what it says."""
    with acting(tenant) as (parts, caller):
        owner = None if user is None else id_of(parts, caller, user)
        sought = Sought(owner, State(state) if state else None)
        page = parts.mails.page(caller, sought, None, most)
    tell(MailAnswer(many=True).dump(page.mails), MEMBERS, as_json)
    tell_rest(page.total - len(page.mails))


@mail.command()
@ids
@in_tenant
def retry(ids: tuple[str, ...], tenant: str) -> None:
    """Let mail be sent now that was put off or has failed."""
    with acting(tenant) as (parts, caller):
        for id in ids:
            parts.mails.retry(caller, id)
            click.echo(f"{id} is due.")


@mail.command()
@ids
@in_tenant
def discard(ids: tuple[str, ...], tenant: str) -> None:
    """Let mail not be sent; its links end with it."""
    with acting(tenant) as (parts, caller):
        for id in ids:
            parts.mails.discard(caller, id)
            click.echo(f"{id} is not sent.")
