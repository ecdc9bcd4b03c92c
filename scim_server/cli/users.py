"""scim-server user …: accounts, one or many, by the names that they sign in with."""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import click
import orjson

from scim_server.cli.factors import authenticators, reset_factors
from scim_server.cli.options import for_scripts, most, tell, tell_one
from scim_server.cli.people import acting, bar, found, id_of, in_tenant, names
from scim_server.cli.resets import invite, recovery_link, reset_password
from scim_server.cli.sessions import sessions
from scim_server.cli.sheets import export_users, import_users
from scim_server.directory.accounts import profiles
from scim_server.directory.accounts.accounts import Activation, NewAccount
from scim_server.directory.accounts.lifecycle import Status, Step
from scim_server.directory.accounts.many import Result
from scim_server.directory.accounts.roster import Row, Wanted
from scim_server.directory.callers import Caller
from scim_server.directory.rights.rights import UNLIMITED
from scim_server.parts import Parts
from scim_server.web.admin.many import counts

AT_ONCE = 1000
COLUMNS = ("userName", "displayName", "email", "status", "role", "source", "created", "lastSignIn")

because = click.option("--reason", help="Why; the history keeps it.")

MEMBERS = {
    "--display-name": "displayName",
    "--given-name": "givenName",
    "--family-name": "familyName",
    "--email": "email",
    "--secondary-email": "secondaryEmail",
    "--phone": "phone",
    "--user-type": "userType",
    "--folder": "folder",
}


def profile_options(command: Callable[..., None]) -> Callable[..., None]:
    """An option for each member of an account that is a text."""
    for option, member in reversed(MEMBERS.items()):
        meaning = profiles.TEXTS[member].meaning
        command = click.option(option, member, metavar="TEXT", help=meaning)(command)
    return command


@click.group()
def user() -> None:
    """Accounts, by the names that people sign in with."""


for command in (
    *(authenticators, reset_factors, sessions, invite, recovery_link, reset_password),
    *(import_users, export_users),
):
    user.add_command(command)


@user.command()
@click.argument("name")
@in_tenant
@profile_options
@click.option("--role", type=click.Choice(UNLIMITED, case_sensitive=False), help="Its role.")
@click.option(
    "--activation",
    type=click.Choice([each.value for each in Activation]),
    default=Activation.ACTIVE.value,
    show_default=True,
    help="pending: it waits, and a mail is sent to activate it.",
)
@for_scripts
def add(
    name: str, tenant: str, role: str | None, activation: str, as_json: bool, **members: str | None
) -> None:
    """Make an account."""
    profile = {"userName": name} | {key: value for key, value in members.items() if value}
    new = NewAccount(profile, Activation(activation), role=role)
    with acting(tenant) as (parts, caller):
        made = parts.accounts.create(caller, new)
    if as_json:
        click.echo(orjson.dumps(_described(made)).decode())
    else:
        click.echo(f"{name} is {made.resource.status} now.")


@user.command("change")
@click.argument("name")
@in_tenant
@click.option("--user-name", "userName", metavar="TEXT", help="What the user signs in with.")
@profile_options
@for_scripts
def change_user(name: str, tenant: str, as_json: bool, **members: str | None) -> None:
    """Change members of an account; an empty TEXT takes one away."""
    profile = {key: value or None for key, value in members.items() if value is not None}
    if not profile:
        raise click.UsageError("Name what is to be changed.")
    with acting(tenant) as (parts, caller):
        row = parts.accounts.change(caller, id_of(parts, caller, name), profile)
    tell_one(_described(row), as_json)


@user.command("show")
@click.argument("name")
@in_tenant
@for_scripts
def show_user(name: str, tenant: str, as_json: bool) -> None:
    """Show an account."""
    with acting(tenant) as (parts, caller):
        row = parts.roster.one(caller, id_of(parts, caller, name))
    tell_one(_described(row) | {"groups": [each.display for each in row.groups]}, as_json)


@user.command("list")
@in_tenant
@click.option("--search", help="Text in userName, displayName or an e-mail address.")
@click.option("--filter", help="A SCIM filter.")
@click.option("--status", type=click.Choice(list(Status), case_sensitive=False))
@click.option(
    "--stale",
    metavar="DAYS",
    type=click.IntRange(1, 36_500),
    help="Active ones that have not signed in for so long.",
)
@most
@for_scripts
def list_users(
    tenant: str,
    search: str | None,
    filter: str | None,
    status: str | None,
    stale: int | None,
    most: int,
    as_json: bool,
) -> None:
    """List users, the newest first."""
    wanted = Wanted(search, filter, Status(status) if status else None, stale)
    with acting(tenant) as (parts, caller):
        rows = [_described(each) for each in _listed(parts, caller, wanted, most)]
    tell(rows, COLUMNS, as_json)


@user.command()
@in_tenant
@for_scripts
def statistics(tenant: str, as_json: bool) -> None:
    """Count users by status, source and role, and what they have."""
    with acting(tenant) as (parts, caller):
        tell_one(counts(parts.roster.statistics(caller)), as_json)


def _step(event: Step, help: str) -> None:
    @user.command(event.value, help=help)
    @names
    @in_tenant
    @because
    def take(names: tuple[str, ...], tenant: str, reason: str | None) -> None:
        with acting(tenant) as (parts, caller):
            people = found(parts, caller, names)
            _tell(people, parts.many.step(caller, list(people), event, reason), event.value)


_step(Step.ACTIVATE, "Let accounts that are Inactive sign in.")
_step(Step.SUSPEND, "End the sessions, keys and links of users, and keep them out.")
_step(Step.REACTIVATE, "Let users in again who are Suspended.")
_step(Step.APPROVE, "Let users in who are Pending.")
_step(Step.UNLOCK, "Let users in again whom failed sign-ins have locked.")
_step(Step.DEPROVISION, "Take everything from users but the record of them, for good.")


@user.command()
@names
@in_tenant
@click.option("--yes", is_flag=True, help="Do not ask.")
def delete(names: tuple[str, ...], tenant: str, yes: bool) -> None:
    """Delete users and all that they own, for good. Export them first."""
    with acting(tenant) as (parts, caller):
        people = found(parts, caller, names)
        if not yes:
            click.confirm(f"Delete {len(people):,} for good?", abort=True, err=True)
        _tell(people, parts.many.delete(caller, list(people)), "delete")


def _listed(parts: Parts, caller: Caller, wanted: Wanted, most: int) -> Iterator[Row]:
    place = None
    while most > 0:
        page = parts.roster.page(caller, wanted, place, min(most, AT_ONCE))
        yield from page.rows
        most -= len(page.rows)
        place = page.after
        if place is None:
            return


def _tell(names: Mapping[str, str], results: Iterable[Result], what: str) -> None:
    """Tell of each that was refused, and end with exit status 1 where there is one."""
    refused = 0
    with bar(what, len(names)) as (progress, task):
        for result in results:
            progress.advance(task)
            if result.fault is not None:
                refused += 1
                click.echo(f"Error: {names[result.id]}: {result.fault.detail}", err=True)
    click.echo(f"{what}: {len(names) - refused:,} done, {refused:,} refused.")
    sys.exit(1 if refused else 0)


def _described(row: Row) -> dict[str, Any]:
    resource, signed_in = row.resource, row.resource.signed_in
    return profiles.shown(resource) | {
        "id": resource.id,
        "status": resource.status,
        "role": resource.role,
        "source": resource.source,
        "created": f"{resource.created}Z",
        "lastSignIn": signed_in and f"{signed_in}Z",
        "activeSessions": row.tally.sessions,
        "apiKeys": row.tally.keys,
    }
