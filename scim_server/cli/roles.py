"""scim-server role …: the first administrator, and whoever comes after."""

from collections.abc import Iterator

import click
import orjson

from scim_server.cli.opening import ready
from scim_server.cli.options import for_scripts, show, tenant_number
from scim_server.cli.people import in_tenant, operator
from scim_server.directory.rights.grants import Grant, gift_of_role
from scim_server.directory.rights.rights import GIVEN, Limits
from scim_server.parts import Parts

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
@click.option("--user", "users", metavar="ID", multiple=True, help="Only this user.")
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
    users: tuple[str, ...],
    attributes: tuple[str, ...],
) -> None:
    """Give a user a role, by the name that they sign in with. It counts at once.

    Limits to groups, a folder, users or attributes are for the roles Administrator and Delegated
    Administrator; the latter needs one of the first three.
    """
    limits = Limits(frozenset(groups), folder, frozenset(attributes), frozenset(users))
    with ready() as parts:
        number = tenant_number(parts, tenant)
        gift = gift_of_role(role, limits)
        parts.roles.give(operator(number), _id(parts, number, user), gift)
    click.echo(f"{user} is {role} now.")


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
    """List who holds which role or permissions, for what part of the directory, and by whom."""
    with ready() as parts:
        found = list(_grants(parts, tenant_number(parts, tenant), None, None))
    if as_json:
        click.echo(orjson.dumps(list(map(_described, found))).decode())
    else:
        show(
            ["role", "type", "holder", "name", "limits", "given by", "on"],
            [
                [
                    *(each.gift.name, each.kind, each.holder, each.display),
                    orjson.dumps(limits).decode() if (limits := each.gift.limits.told()) else None,
                    *(each.given_by, each.created[:10]),
                ]
                for each in found
            ],
        )


def _described(grant: Grant) -> dict[str, object]:
    return {
        "role": grant.gift.role,
        "permissions": sorted(grant.gift.permissions),
        "type": grant.kind,
        "holder": grant.holder,
        "display": grant.display,
        "limits": grant.gift.limits.told(),
        "given_by": grant.given_by,
        "given_by_id": grant.giver,
        "created": f"{grant.created}Z",
    }


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
    with parts.store.reading(tenant) as reader:
        found = reader.logins.find(name)
    if found is None:
        raise click.ClickException(f'No user signs in with the name "{name}".')
    return found.user
