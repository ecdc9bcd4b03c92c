"""The report for a terminal: progress while it runs, then tables and every failure."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress
from rich.table import Table

from conformance.catalogue import Requirement
from conformance.findings import Examination, Played, Verdict
from conformance.report.overview import (
    ALWAYS,
    NOTHING,
    TOLD,
    answer,
    counts,
    omissions,
    parts,
    source,
)

COLOURS = {
    Verdict.PASSED: "green",
    Verdict.FAILED: "red",
    Verdict.EXCUSED: "magenta",
    Verdict.ABSENT: "yellow",
    Verdict.UNEXAMINED: "dim",
}
ANSWERS = {"yes": "green", "in part": "yellow", "no": "red"}


@contextmanager
def progress(console: Console, steps: int) -> Iterator[Callable[[str], None]]:
    """A bar that moves with each title that is told; nothing where no person looks."""
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=steps)
        yield lambda title: bar.update(task, advance=1, description=escape(title))


def show(
    console: Console, examination: Examination, requirements: Mapping[str, Requirement]
) -> None:
    """Print the tables, then each failure with what was expected and came, and the sum last."""
    verdicts = examination.verdicts(requirements)
    _line(console, "bold", examination.base_url, "")
    if examination.examined:
        console.print(_requirements(examination, requirements))
    if examination.played:
        console.print(_clients(examination))
    for verdict in (Verdict.EXCUSED, Verdict.FAILED):
        for id in [id for id, given in verdicts.items() if given is verdict]:
            _failure(console, examination, requirements[id], verdict)
    for played in examination.played:
        _dialogue(console, played)
    for word, text in _remarks(examination, verdicts):
        _line(console, "yellow", word, text)
    console.print(_sum(examination, verdicts), soft_wrap=True)


def _remarks(
    examination: Examination, verdicts: Mapping[str, Verdict]
) -> Iterator[tuple[str, str]]:
    """What no requirement failed for."""
    for interruption in examination.interruptions:
        yield "broken off", f"{interruption.check}: {interruption.reason}"
    if examination.omitted:
        reasons = omissions(examination).items()
        told = ", ".join(f"{reason} ({len(checks)})" for reason, checks in reasons)
        yield "left out", f"{len(examination.omitted)} of the checks: {told}"
    if examination.left:
        yield "left behind", f"{len(examination.left)}: {', '.join(examination.left)}"
    for id, reason in examination.excuses.items():
        if verdicts.get(id) is Verdict.PASSED:
            yield "excused, but it passes", f"{id}: {reason}"


def _line(console: Console, colour: str, word: str, text: str) -> None:
    """Not wrapped: what is told is copied and searched."""
    told = f"[{colour}]{escape(word)}[/] {escape(text)}".rstrip()
    console.print(_writable(console, told), soft_wrap=True)


def _writable(console: Console, text: str) -> str:
    """The text with an escape for each character that the console's encoding lacks."""
    return text.encode(console.encoding, "backslashreplace").decode(console.encoding)


def _sum(examination: Examination, verdicts: Mapping[str, Verdict]) -> str:
    """The last line: the numbers, for whom the tables have left the screen."""
    clients = examination.clients().values()
    works = [answer(played) == "yes" for played in clients]
    told = [f"{n} {verdict}" for verdict, n in counts(verdicts.values()).items() if n]
    sums = [", ".join(told)] if examination.examined else []
    sums += [f"{sum(works)} of {len(works)} clients work"] if works else []
    return "; ".join(sums) + "." if sums else NOTHING


def _requirements(examination: Examination, requirements: Mapping[str, Requirement]) -> Table:
    """A line for each part, a column for each verdict that there is."""
    found = list(parts(examination, requirements))
    sums = {verdict: sum(part.counts[verdict] for part in found) for verdict in TOLD}
    columns = {verdict: n for verdict, n in sums.items() if n or verdict in ALWAYS}
    table = Table(show_footer=True)
    table.add_column("Part", "All")
    for verdict, n in columns.items():
        table.add_column(verdict, str(n), justify="right")
    for part in found:
        table.add_row(part.title, *(_number(verdict, part.counts[verdict]) for verdict in columns))
    return table


def _number(verdict: Verdict, n: int) -> str:
    return f"[{COLOURS[verdict]}]{n}[/]" if n else ""


def _clients(examination: Examination) -> Table:
    table = Table("Client", "Will it work?", "Dialogues")
    for client, played in examination.clients().items():
        held = sum(1 for each in played if not each.failures)
        word = answer(played)
        table.add_row(escape(client), f"[{ANSWERS[word]}]{word}[/]", f"{held} of {len(played)}")
    return table


def _failure(
    console: Console, examination: Examination, requirement: Requirement, verdict: Verdict
) -> None:
    told = f"{verdict} {requirement.id}"
    sentence = f"{requirement.level} {source(requirement)}: {requirement.text}"
    _line(console, COLOURS[verdict], told, sentence)
    if verdict is Verdict.EXCUSED:
        _line(console, "bold", "  because", examination.excuses[requirement.id])
    for finding in examination.failures(requirement.id):
        _line(console, "bold", f"  {finding.check}:", f"expected {finding.expected}")
        for exchange in finding.exchanges[-1:]:
            _plain(console, f"    > {exchange.request}\n    < {exchange.answer}")


def _dialogue(console: Console, played: Played) -> None:
    if played.failures:
        _line(console, "red", played.name, played.title)
    for failure in played.failures:
        _plain(console, str(failure))


def _plain(console: Console, text: str) -> None:
    console.print(_writable(console, text), markup=False, highlight=False, soft_wrap=True)
