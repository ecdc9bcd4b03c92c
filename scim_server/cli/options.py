"""What several commands share: the rule for names, --json, a tenant's number, tables."""

import sys
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from scim_server.app import Parts

FIRST_NAME = "default"
"""Of the tenant that comes with the database."""
LONGEST_NAME = 100
UNFOLDED = 200
"""Characters of a line that is read by other programs."""


def _name(_: click.Context, __: click.Parameter, text: str) -> str:
    name = text.strip()
    if not 0 < len(name) <= LONGEST_NAME:
        raise click.BadParameter(f"must have 1 to {LONGEST_NAME} characters.")
    return name


new_name = click.argument("name", callback=_name)
for_scripts = click.option("--json", "as_json", is_flag=True, help="Print JSON, for scripts.")


def tenant_number(parts: Parts, name: str) -> int:
    """The number behind a tenant's name."""
    tenants = parts.clients.tenants()
    if name not in tenants:
        known = ", ".join(tenants)
        raise click.ClickException(f'There is no tenant "{name}"; there are: {known}.')
    return tenants[name]


def show(columns: list[str], rows: list[list[Any]]) -> None:
    """Print a table for people."""
    # Lines between the columns would make a terminal of 80 characters fold the days.
    table = Table(box=None, padding=(0, 2, 0, 0))
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*("" if cell is None else str(cell) for cell in row))
    width = None if sys.stdout.isatty() else UNFOLDED
    Console(width=width, markup=False, emoji=False).print(table)
