"""RESULTS.md and the raw figures beside it."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.measure import Series
from benchmarks.targets import TARGETS, Outcome

INTRODUCTION = """# Benchmark results

Figures of different runs do not compare: only ratios within one run count. What is compared is
measured in turns, round after round; a ratio is the median over the rounds. Every answer is checked
before it counts. The client shares the machine with the servers. PostgreSQL runs with fsync on and
its default settings, SQLite with `synchronous=FULL`; scim2-server keeps everything in memory.
It listens with a backlog of five, so that with eight connections a few of its clients wait a second
for TCP to try again; that is part of its figures. Sessions, keys and authenticators are put into
the database by the server's own code, for signing in would take a password hash each. The counts
of SQL statements are proved by the tests, not here.
"""


@dataclass(frozen=True)
class Run:
    """One scenario's run: what produced it and what came out."""

    scenario: str
    command: str
    date: str
    machine: dict[str, str]
    outcomes: list[Outcome]
    fault: str | None = None
    """Why the scenario could not be measured."""


def keep(folder: Path, run: Run) -> None:
    """Keep a scenario's run in place of the one before, and render all that are kept."""
    raw = json.dumps(asdict(run), indent=1, ensure_ascii=False)
    (folder / "figures").mkdir(exist_ok=True)
    (folder / "figures" / f"{run.scenario}.json").write_text(raw + "\n")
    kept = [_load(path) for path in sorted((folder / "figures").glob("*.json"))]
    (folder / "RESULTS.md").write_text(render(kept))


def _load(path: Path) -> Run:
    raw = json.loads(path.read_text())
    outcomes = [
        Outcome(**{**outcome, "series": tuple(Series(**one) for one in outcome["series"])})
        for outcome in raw["outcomes"]
    ]
    return Run(**{**raw, "outcomes": outcomes})


def render(runs: Sequence[Run]) -> str:
    """Return runs of scenarios as Markdown."""
    machine = "\n".join(f"- {name}: {value}" for name, value in runs[-1].machine.items())
    header = ("Scenario", "Measure", "On", "Must reach", "Reached", "Verdict", "Note")
    verdicts = ((run.scenario, *_verdict(outcome)) for run in runs for outcome in run.outcomes)
    commands = (
        (run.scenario, f"`{run.command}`", run.date, run.machine["revision"]) for run in runs
    )
    figures = _figures(outcome for run in runs for outcome in run.outcomes)
    parts = (
        INTRODUCTION,
        "## Targets",
        _table(header, verdicts),
        _shortfalls(runs),
        "## How it was measured",
        _table(("Scenario", "Command", "When", "Revision"), commands),
        machine,
        "## Figures behind them",
        "Milliseconds of one operation, the median over the rounds; with 8 or 16 connections, "
        "elapsed time per operation.",
        _table(("Operation", "ms", "operations/s", "fastest round", "slowest round"), figures),
    )
    return "\n\n".join(parts) + "\n"


def _verdict(outcome: Outcome) -> Sequence[str]:
    target = TARGETS[outcome.target]
    return (
        target.measure,
        outcome.subject,
        f"{target.sense} {target.limit:g}{target.unit}",
        f"{_digits(outcome.reached)}{target.unit}",
        "pass" if target.met_by(outcome.reached) else "**shortfall**",
        outcome.note.replace("|", "\\|"),
    )


def _figures(outcomes: Iterable[Outcome]) -> Iterator[Sequence[str]]:
    shown = set[str]()
    for outcome in outcomes:
        for series in outcome.series:
            measure = TARGETS[outcome.target].measure.partition(":")[0]
            row = f"{measure}: {series.name}"
            if row not in shown:
                shown.add(row)
                rate = 1000 / series.median
                costs = (series.median, rate, min(series.rounds), max(series.rounds))
                yield (row, *(_digits(cost) for cost in costs))


def _shortfalls(runs: Sequence[Run]) -> str:
    outcomes = [outcome for run in runs for outcome in run.outcomes]
    missed = [o for o in outcomes if not TARGETS[o.target].met_by(o.reached)]
    lines = [
        f"- {TARGETS[o.target].measure} ({o.subject}): {_digits(o.reached)}"
        f" instead of {TARGETS[o.target].sense} {TARGETS[o.target].limit:g}"
        for o in missed
    ]
    lines += [f"- not measured: {run.scenario}: {run.fault}" for run in runs if run.fault]
    return "\n".join(["Shortfalls:\n", *lines]) if lines else "No shortfall."


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _digits(value: float) -> str:
    """Return a number with about three significant digits."""
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
