"""scim-server user import and export: files of accounts."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import IO, TextIO

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from scim_server.cli.opening import ready
from scim_server.cli.options import show, tenant_number
from scim_server.cli.people import in_tenant, operator
from scim_server.directory.accounts.roster import Wanted
from scim_server.directory.files.exporting import Format
from scim_server.directory.files.importing import Stage
from scim_server.directory.files.outcomes import Effect, Plan, Report
from scim_server.directory.files.sheets import Line, read_csv, read_json

MOST_TOLD = 100
MANY = 2**20
"""Bytes that are counted for lines at once."""


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@in_tenant
@click.option("--dry-run", is_flag=True, help="Change nothing; tell what every line would do.")
@click.option("--skip-bad", is_flag=True, help="Go on without bad lines.")
@click.option("--update", is_flag=True, help="Change the accounts that there are by that name.")
@click.option("--progress", is_flag=True, help="Show a bar also where stderr is no terminal.")
def import_users(
    file: Path, tenant: str, dry_run: bool, skip_bad: bool, update: bool, progress: bool
) -> None:
    """Make accounts, or change them, from CSV, or from JSON lines in a file named *.jsonl.

    Nothing is changed where one line is bad, unless --skip-bad.
    """
    plan = Plan(dry_run, skip_bad, update)
    with ready() as parts, _bar(file, progress) as tell:
        number = tenant_number(parts, tenant)
        report = parts.imports.run(operator(number), lambda: _lines(file), plan, tell)
    _told(plan, report)


@click.command("export")
@in_tenant
@click.option(
    "--format",
    type=click.Choice([each.value for each in Format]),
    default=Format.CSV.value,
    show_default=True,
)
@click.option("--filter", help="A SCIM filter.")
@click.option("--output", type=click.File("w", "utf-8"), default="-", help="- is stdout.")
def export_users(tenant: str, format: str, filter: str | None, output: TextIO) -> None:
    """Write users as an import takes them, the oldest first."""
    with ready() as parts:
        caller = operator(tenant_number(parts, tenant))
        for text in parts.exports.text(caller, Wanted(filter=filter), Format(format)):
            output.write(text)


def _lines(file: Path) -> Iterator[Line]:
    reader: Callable[[IO[bytes]], Iterator[Line]]
    reader = read_json if file.suffix == ".jsonl" else read_csv
    with file.open("rb") as source:
        yield from reader(source)


@contextmanager
def _bar(file: Path, asked: bool) -> Iterator[Callable[[Stage, int], None]]:
    # On stderr: what is printed may be read by a program.
    console = Console(stderr=True)
    columns = (TextColumn("{task.completed:,} lines {task.description}"), BarColumn())
    hidden = not (asked or sys.stderr.isatty())
    with Progress(
        *columns, TaskProgressColumn(), TimeElapsedColumn(), console=console, disable=hidden
    ) as progress:
        total = None if hidden else _count(file)
        task = cache(lambda stage: progress.add_task(stage, total=total))
        yield lambda stage, done: progress.update(task(stage), completed=done)


def _count(file: Path) -> int:
    """About how many lines there are: a cell may hold some."""
    with file.open("rb") as source:
        return max(sum(block.count(b"\n") for block in iter(lambda: source.read(MANY), b"")) - 1, 1)


def _told(plan: Plan, report: Report) -> None:
    """Tell what became of the lines, and end with exit status 1 where nothing could be done."""
    if plan.dry_run:
        rows = [[each.line, each.name, each.effect, each.detail] for each in report.lines]
        show(["line", "userName", "effect", "why"], rows)
    else:
        for each in report.lines[:MOST_TOLD]:
            click.echo(f"Error: line {each.line}: {each.detail}", err=True)
        if len(report.told) > MOST_TOLD:
            click.echo(f"Error: and {len(report.told) - MOST_TOLD:,} lines more.", err=True)
    stopped = report.refused and not (plan.skip_bad or plan.dry_run)
    counts = ", ".join(f"{WORDS[effect]} {number:,}" for effect, number in report.counts.items())
    click.echo("Nothing was changed." if stopped else f"{counts[:1].upper()}{counts[1:]}.")
    if report.fault is not None:
        raise click.ClickException(f"After line {report.through:,}: {report.fault.detail}")
    sys.exit(1 if report.refused and not plan.skip_bad else 0)


WORDS = {
    Effect.CREATE: "created",
    Effect.UPDATE: "updated",
    Effect.NOTHING: "unchanged",
    Effect.REFUSED: "refused",
}
