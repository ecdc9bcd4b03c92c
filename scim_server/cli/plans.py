"""Runs and their plans on the terminal: who joins, moves and leaves, and what changes."""

from collections.abc import Iterator
from typing import Any

import click
from rich.console import Console
from rich.text import Text

from scim_server.cli.options import cell, printable, show
from scim_server.directory.callers import Caller
from scim_server.directory.sources.runs import Run
from scim_server.parts import Parts
from scim_server.sync.outcomes import LEFT_OUT
from scim_server.web.admin.sources import StepAnswer

MOST_LINES = 300
LONGEST = 200
"""Characters of a value."""
AT_ONCE = 1000
"""Steps that are read."""
SIGNS = {
    "join": ("+", "green"),
    "move": ("~", "yellow"),
    "adopt": ("=", "cyan"),
    "leave": ("-", "red"),
}


def steps(parts: Parts, caller: Caller, run: str) -> Iterator[dict[str, Any]]:
    """The whole plan that a run has kept, as the administration API shows it."""
    start, more = 0, True
    while more:
        page = parts.sources.plan(caller, run, start, AT_ONCE)
        yield from StepAnswer(many=True).dump(page.items)
        start, more = start + AT_ONCE, page.more


def show_plan(parts: Parts, caller: Caller, run: str) -> None:
    """Print as much of it as people can read."""
    console = Console(markup=False, emoji=False, highlight=False)
    total, lines = parts.sources.plan(caller, run, 0, 1).total, 0
    for shown, step in enumerate(steps(parts, caller, run)):
        if lines >= MOST_LINES:
            click.echo(f"… and {total - shown:,} more; with --json all of them are printed.")
            break
        for line in _lines(step):
            console.print(line, soft_wrap=True)
            lines += 1


def show_counts(run: Run) -> None:
    """Print what a run came to, and what it left out."""
    words = list(dict.fromkeys(word for counts in run.counts.values() for word in counts))
    rows = [[kind, *map(counts.get, words)] for kind, counts in run.counts.items()]
    if rows:
        show(["", *words], rows)
    for each in run.told:
        click.echo(f"Warning: {printable(each['place'])}: {printable(each['why'])}", err=True)
    left_out = sum(counts.get(LEFT_OUT, 0) for counts in run.counts.values())
    if left_out > len(run.told):
        click.echo(f"Warning: and {left_out - len(run.told):,} more were left out.", err=True)


def _lines(step: dict[str, Any]) -> Iterator[Text]:
    sign, colour = SIGNS[step["step"]]
    name = step["display"] or step["entry"]
    what = step.get("departure") or step.get("status") or step["step"]
    where = step.get("place") or step["entry"]
    yield Text(printable(f"{sign} {step['kind']} {name}: {what} ({where})"), colour)
    for attribute, sides in step.get("changes", {}).items():
        told = [_value(sides[side]) for side in ("before", "after") if side in sides]
        gone = () if "after" in sides else ("nothing",)
        yield Text(printable(f"    {attribute}: {' → '.join((*told, *gone))}"))
    if "refersTo" in step:
        yield Text(printable(f"    refers to, not here yet: {', '.join(step['refersTo'])}"))
    for word, sign in (("membersAdded", "+"), ("membersRemoved", "-")):
        if word in step:
            yield Text(printable(f"    members: {sign}{_some(**step[word])}"))


def _value(value: object) -> str:
    text = str(cell(value))
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _some(count: int, first: list[str]) -> str:
    more = ", …" if count > len(first) else ""
    return f"{count:,} ({', '.join(first)}{more})"
