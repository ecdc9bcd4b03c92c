"""scim-server role …: the first administrator, and whoever comes after."""

from collections.abc import Iterator

import click
import orjson

from scim_server.app import Parts
from scim_server.cli.opening import ready
from scim_server.cli.options import for_scripts, show, tenant_number
from scim_server.cli.people import in_tenant, operator
from scim_server.directory.grants import Grant
from scim_server.directory.rights import BASIC_USER, ROLES, Limits

GIVEN = [name for name in ROLES if name != BASIC_USER]
AT_ONCE = 1000

the_role = click.argument("role", type=click.Choice(GIVEN, case_sensitive=False))


@click.group()
def role() -> None:
    """Who may do what over the administration API."""


@role.command()
@click.argument("user")
@the_role
@in_tenant
@click.option("--group", "groups", metavar="ID", multiple=True, help="Only for who is in it.")
@click.option("--folder", metavar="PATH", help="Only for who is in it or below: /emea/sales.")
@click.option(
    "--attribute",
    "attributes",
    metavar="NAME",
    multiple=True,
    help="Only this may be written; may be repeated.",
)
def grant(
    user: str,
    role: str,
    tenant: str,
    groups: tuple[str, ...],
    folder: str | None,
    attributes: tuple[str, ...],
) -> None:
    """Give a user a role, by the name that they sign in with. It counts at once.

    Limits to groups, a folder or attributes are for the roles Administrator and Delegated
    Administrator; the latter needs one of the first two.
    """
    limits = Limits(frozenset(groups), folder, frozenset(attributes))
    with ready() as parts:
        number = tenant_number(parts, tenant)
        given = parts.roles.give(operator(number), _id(parts, number, user), role, limits)
    click.echo(f"{user} is {given.role} now.")


@role.command()
@click.argument("user")
@the_role
@in_tenant
def revoke(user: str, role: str, tenant: str) -> None:
    """Take a role back from a user, with and without limits.

    The last Super Admin keeps theirs; what a group gives, stays.
    """
    with ready() as parts:
        number = tenant_number(parts, tenant)
        held = list(_grants(parts, number, _id(parts, number, user), role))
        for each in held:
            parts.roles.take(operator(number), each.id)
    if not held:
        raise click.ClickException(f"{user} has not been given the role {role}.")
    click.echo(f"{user} is {role} no more.")


@role.command("list")
@in_tenant
@for_scripts
def list_roles(tenant: str, as_json: bool) -> None:
    """List who holds which role, for what part of the directory, and who gave it."""
    with ready() as parts:
        number = tenant_number(parts, tenant)
        rows = [
            {
                "role": each.role,
                "type": each.kind,
                "holder": each.holder,
                "display": each.display,
                "limits": each.limits.told(),
                "given_by": each.given_by,
                "created": f"{each.created}Z",
            }
            for each in _grants(parts, number, None, None)
        ]
    if as_json:
        click.echo(orjson.dumps(rows).decode())
        return
    show(
        ["role", "type", "holder", "name", "limits", "given by", "on"],
        [
            [
                *(each["role"], each["type"], each["holder"], each["display"]),
                orjson.dumps(each["limits"]).decode() if each["limits"] else None,
                *(each["given_by"], str(each["created"])[:10]),
            ]
            for each in rows
        ],
    )


def _grants(parts: Parts, tenant: int, holder: str | None, role: str | None) -> Iterator[Grant]:
    """All of them, page by page."""
    after: str | None = None
    while True:
        found = parts.roles.page(operator(tenant), holder, role, after, AT_ONCE)
        yield from found.grants
        if not found.more:
            return
        after = found.grants[-1].id


def _id(parts: Parts, tenant: int, name: str) -> str:
    with parts.transactions.store.reading(tenant) as reader:
        found = reader.logins.find(name)
    if found is None:
        raise click.ClickException(f'No user signs in with the name "{name}".')
    return found.user
