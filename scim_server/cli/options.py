"""What several commands share: the rule for names, --json, a tenant's number, tables."""

import re
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import click
import orjson
from rich.console import Console
from rich.table import Table

from scim_server.parts import Parts

FIRST_NAME = "default"
"""Of the tenant that comes with the database."""
LONGEST_NAME = 100
UNFOLDED = 200
"""Characters of a line that is read by other programs."""
_INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)\.\d+Z")


def _name(_: click.Context, __: click.Parameter, text: str) -> str:
    name = text.strip()
    if not 0 < len(name) <= LONGEST_NAME:
        raise click.BadParameter(f"must have 1 to {LONGEST_NAME} characters.")
    return name


new_name = click.argument("name", callback=_name)
for_scripts = click.option("--json", "as_json", is_flag=True, help="Print JSON, for scripts.")


most = click.option(
    "--most",
    type=click.IntRange(1, 100_000),
    default=100,
    show_default=True,
    help="How many are listed.",
)


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
        lines = (("" if cell is None else str(cell)).split("\n") for cell in row)
        table.add_row(*("\n".join(map(printable, each)) for each in lines))
    width = None if sys.stdout.isatty() else UNFOLDED
    Console(width=width, markup=False, emoji=False).print(table)


def printable(line: str) -> str:
    """Without what a terminal would obey: others have written it."""
    return "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in line)


def tell(rows: Sequence[Mapping[str, Any]], members: Sequence[str], as_json: bool) -> None:
    """Print a list: whole for scripts, for people these members of it."""
    if as_json:
        click.echo(orjson.dumps(rows).decode())
    else:
        show(list(members), [[cell(row.get(member)) for member in members] for row in rows])


def tell_one(row: Mapping[str, Any], as_json: bool) -> None:
    """Print one document."""
    if as_json:
        click.echo(orjson.dumps(row).decode())
    else:
        show(["member", "value"], [[member, cell(value)] for member, value in row.items()])


def tell_rest(number: int) -> None:
    """Tell that there are more than were listed."""
    if number > 0:
        click.echo(f"There are {number:,} more: --most lists them.", err=True)


def cell(value: object) -> object:
    """A value as people read it: instants to the second, words in a line."""
    match value:
        case str():
            return _INSTANT.sub(r"\1 \2", value)
        case bool():
            return str(value).lower()
        case list() if all(isinstance(each, str) for each in value):
            return ", ".join(value)
        case dict() | list():
            return orjson.dumps(value).decode() if value else None
    return value
