"""The report for a terminal: progress while it runs, then tables and every failure."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress
from rich.table import Table

from conformance.catalogue import Requirement
from conformance.findings import Examination, Exchange, Played, Verdict
from conformance.report.overview import answer, parts, source

COLOURS = {
    Verdict.PASSED: "green",
    Verdict.FAILED: "red",
    Verdict.ABSENT: "yellow",
    Verdict.UNEXAMINED: "dim",
}
ANSWERS = {"yes": "green", "in part": "yellow", "no": "red"}


@contextmanager
def progress(console: Console, steps: int) -> Iterator[Callable[[str], None]]:
    """A bar that moves with each title that is told."""
    with Progress(console=console, transient=True) as bar:
        task = bar.add_task("", total=steps)
        yield lambda title: bar.update(task, advance=1, description=escape(title))


def show(
    console: Console, examination: Examination, requirements: Mapping[str, Requirement]
) -> None:
    """Print the tables, then each failure with what was expected and came."""
    if examination.examined:
        console.print(_requirements(examination, requirements))
    if examination.played:
        console.print(_clients(examination))
    for id, verdict in examination.verdicts(requirements).items():
        if verdict is Verdict.FAILED:
            _failure(console, examination, requirements[id])
    for played in examination.played:
        _dialogue(console, played)
    for interruption in examination.interruptions:
        console.print(f"[yellow]broken off[/] {interruption.check}: {escape(interruption.reason)}")


def _requirements(examination: Examination, requirements: Mapping[str, Requirement]) -> Table:
    table = Table("Part", *Verdict, title=escape(examination.base_url))
    for part in parts(examination, requirements):
        numbers = (f"[{COLOURS[v]}]{n}[/]" if n else "" for v, n in part.counts.items())
        table.add_row(part.title, *numbers)
    return table


def _clients(examination: Examination) -> Table:
    table = Table("Client", "Will it work?", "Dialogues", title=escape(examination.base_url))
    for client, played in examination.clients().items():
        held = sum(1 for each in played if not each.failures)
        word = answer(played)
        table.add_row(escape(client), f"[{ANSWERS[word]}]{word}[/]", f"{held} of {len(played)}")
    return table


def _failure(console: Console, examination: Examination, requirement: Requirement) -> None:
    console.print(
        f"[red]{requirement.id}[/] {requirement.level} {escape(source(requirement))}:"
        f" {escape(requirement.text)}"
    )
    for finding in examination.failures(requirement.id):
        console.print(f"  {finding.check}: expected {escape(finding.expected)}")
        for exchange in finding.exchanges[-1:]:
            console.print(_indented(exchange), markup=False, highlight=False)


def _dialogue(console: Console, played: Played) -> None:
    if played.failures:
        console.print(f"[red]{escape(played.name)}[/] {escape(played.title)}")
    for failure in played.failures:
        console.print(str(failure), markup=False, highlight=False)


def _indented(exchange: Exchange) -> str:
    return f"    > {exchange.request}\n    < {exchange.answer}"
