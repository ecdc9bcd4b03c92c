"""scim-server tenant …"""

import sys
from typing import Any

import click
import orjson
from rich.console import Console
from rich.table import Table

from scim_server.app import Parts, utc_now
from scim_server.cli.opening import ready

UNFOLDED = 200
"""Characters of a line that is read by other programs."""


@click.group()
def tenant() -> None:
    """Tenants: nothing crosses from one to another. The first is called default."""


@tenant.command("add")
@click.argument("name")
def add_tenant(name: str) -> None:
    """Add a tenant."""
    if not 0 < len(name.strip()) <= 100:
        raise click.BadParameter("must have 1 to 100 characters.", param_hint="NAME")
    with ready() as parts:
        created = utc_now().replace(tzinfo=None).isoformat(timespec="seconds")
        number = parts.clients.add_tenant(name.strip(), created)
    click.echo(f"Tenant {name.strip()} is number {number}.")


@tenant.command("list")
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
def list_tenants(as_json: bool) -> None:
    """List the tenants."""
    with ready() as parts:
        tenants = parts.clients.tenants()
    if as_json:
        rows = [{"tenant": name, "number": number} for name, number in tenants.items()]
        click.echo(orjson.dumps(rows).decode())
        return
    show(["number", "tenant"], [[number, name] for name, number in tenants.items()])


def tenant_number(parts: Parts, name: str) -> int:
    """The number behind a tenant's name."""
    tenants = parts.clients.tenants()
    if name not in tenants:
        known = ", ".join(tenants)
        raise click.ClickException(f'There is no tenant "{name}"; there are: {known}.')
    return tenants[name]


def show(columns: list[str], rows: list[list[Any]]) -> None:
    """Print a table for people."""
    table = Table()
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*("" if cell is None else str(cell) for cell in row))
    Console(width=None if sys.stdout.isatty() else UNFOLDED).print(table)
