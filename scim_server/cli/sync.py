"""scim-server sync …: directories and HR systems that say who is here."""

import sys

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from scim_server.cli.opening import opened
from scim_server.cli.options import UNFOLDED, show
from scim_server.cli.runs import list_runs, list_sources, show_run
from scim_server.cli.sources import source_files
from scim_server.cli.sync_release import release_source
from scim_server.cli.sync_run import run_source
from scim_server.parts import utc_now
from scim_server.sync.entries import Asked
from scim_server.sync.files.sources import SourceFile
from scim_server.sync.preview import Preview, previews


@click.group()
def sync() -> None:
    """Directories and HR systems that say who is here."""


for command in (run_source, list_sources, list_runs, show_run, release_source):
    sync.add_command(command)


@sync.command("check")
def check_sources() -> None:
    """Read the files of all sources, and tell all that is wrong with them."""
    with opened() as parts:
        files = source_files(parts).every()
    show(["source", "type", "tenant", "schedule", "writes"], [_row(file) for file in files])


@sync.command("preview")
@click.argument("source")
@click.option(
    "--limit",
    type=click.IntRange(1, 1000),
    default=5,
    show_default=True,
    help="How many users, and how many groups.",
)
def preview_source(source: str, limit: int) -> None:
    """Show what a source says of its first entries, and what the mapping makes of it.

    Nothing is changed, and no database is needed.
    """
    with opened() as parts:
        file = source_files(parts).read(source)
    console = Console(width=None if sys.stdout.isatty() else UNFOLDED, markup=False, emoji=False)
    is_sound = True
    with file.source(utc_now).reading(Asked()) as reading:
        for each in previews(reading, file.mapped, limit):
            console.print(_side_by_side(each))
            is_sound = is_sound and each.document is not None
    sys.exit(0 if is_sound else 1)


def _row(file: SourceFile) -> list[str | None]:
    written = (f"{kind}: {', '.join(mapped.owned)}" for kind, mapped in file.mapped.items())
    return [file.name, file.type.name, file.tenant, file.schedule, "\n".join(written)]


def _side_by_side(each: Preview) -> Table:
    table = Table(title=Text(each.title), title_justify="left", expand=True)
    table.add_column("source", ratio=2, overflow="fold")
    table.add_column("SCIM", ratio=3, overflow="fold")
    table.add_row(Text("\n".join(each.left)), Text("\n".join(each.right)))
    return table
