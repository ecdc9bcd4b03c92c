"""The report for a terminal: progress while it runs, then a table and every failure."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import groupby

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress
from rich.table import Table

from conformance.catalogue import Requirement
from conformance.check import Check
from conformance.findings import Examination, Exchange, Verdict

COLOURS = {
    Verdict.PASSED: "green",
    Verdict.FAILED: "red",
    Verdict.ABSENT: "yellow",
    Verdict.UNEXAMINED: "dim",
}
PARTS = {
    "A": "Attributes and data types",
    "B": "Resources, schemas, extensions",
    "C": "User",
    "D": "Group and Enterprise User",
    "E": "Discovery",
    "F": "HTTP and media types",
    "G": "Create",
    "H": "Retrieve and query",
    "I": "Filter",
    "J": "Sort and index paging",
    "K": "Projection",
    "L": "Query by POST",
    "M": "Replace",
    "N": "PATCH",
    "O": "Delete",
    "P": "Bulk",
    "Q": "/Me, versions, errors",
    "R": "Authentication and tenancy",
    "S": "Security and privacy",
    "T": "Cursor paging",
    "U": "Events and asynchronous requests",
    "V": "Devices",
    "W": "Drafts and profiles",
    "X": "Operation",
    "Y": "Deployed clients",
}
"""The parts of the catalogue."""


@contextmanager
def progress(console: Console, checks: int) -> Iterator[Callable[[Check], None]]:
    """A bar that moves with each check that is told."""
    with Progress(console=console, transient=True) as bar:
        task = bar.add_task("", total=checks)
        yield lambda check: bar.update(task, advance=1, description=escape(check.title))


def show(
    console: Console, examination: Examination, requirements: Mapping[str, Requirement]
) -> None:
    """Print the table, then each requirement that failed with what was expected and came."""
    verdicts = examination.verdicts(requirements)
    table = Table("Part", *Verdict, title=escape(examination.base_url))
    for part, ids in groupby(verdicts, lambda id: requirements[id].part):
        counts = Counter(verdicts[id] for id in ids)
        table.add_row(
            PARTS[part],
            *(f"[{COLOURS[v]}]{counts[v]}[/]" if counts[v] else "" for v in Verdict),
        )
    console.print(table)
    for id, verdict in verdicts.items():
        if verdict is Verdict.FAILED:
            _failure(console, examination, requirements[id])
    for interruption in examination.interruptions:
        console.print(f"[yellow]broken off[/] {interruption.check}: {escape(interruption.reason)}")


def _failure(console: Console, examination: Examination, requirement: Requirement) -> None:
    console.print(
        f"[red]{requirement.id}[/] {requirement.level} RFC {requirement.source}:"
        f" {escape(requirement.text)}"
    )
    for finding in examination.failures(requirement.id):
        console.print(f"  {finding.check}: expected {escape(finding.expected)}")
        for exchange in finding.exchanges[-1:]:
            console.print(_indented(exchange), markup=False, highlight=False)


def _indented(exchange: Exchange) -> str:
    return f"    > {exchange.request}\n    < {exchange.answer}"
