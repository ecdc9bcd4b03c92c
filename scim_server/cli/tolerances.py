"""scim-server tolerances: the request log knows which client needed what; here it is counted."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, TextIO

import click
import orjson

from scim_server.cli.options import for_scripts, show
from scim_server.protocol.tolerance.table import TOLERANCES

Use = tuple[int, str, str]
"""Tenant, client, and the name of a tolerance."""


@click.command()
@click.argument("log", type=click.File(), default="-")
@for_scripts
def tolerances(log: TextIO, as_json: bool) -> None:
    """Count which client needed which tolerance.

    Reads a log of the server: a file, or standard input.
    """
    counted = Counter(_uses(log))
    rows = [(*use, counted[use]) for use in sorted(counted)]
    if as_json:
        names = ("tenant", "client", "tolerance", "requests")
        click.echo(orjson.dumps([dict(zip(names, row, strict=True)) for row in rows]).decode())
        return
    columns = ["tenant", "client", "tolerance", "requests", "what was let pass"]
    show(columns, [[*row, _sentence(row[2])] for row in rows])


def _uses(lines: Iterable[str]) -> Iterator[Use]:
    for line in lines:
        request = _request(line)
        for name in request.get("tolerances", ()):
            yield request["tenant"], request["client"], name


def _request(line: str) -> dict[str, Any]:
    """A line of the request log, after what a supervisor may have put before it; or nothing."""
    try:
        found = orjson.loads(line[line.find("{") :])
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) and found.get("event") == "request" else {}


def _sentence(name: str) -> str:
    """Nothing, for a tolerance of another version."""
    return TOLERANCES[name].sentence if name in TOLERANCES else ""
