"""What was judged by hand of every failure that the kit reports (judgements.toml)."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from conformance.wire import Json

FILE = Path(__file__).with_name("judgements.toml")
Judgements = Mapping[str, Mapping[str, str]]
"""Server, then requirement: what the server did, and why that is a fault."""


@cache
def judgements() -> Judgements:
    """Every judgement."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def failed(report: Json) -> list[str]:
    """The requirements that a server fails, in the order of the catalogue."""
    return [each["id"] for each in report["requirements"] if each["verdict"] == "failed"]


def open_questions(reports: Mapping[str, Json], judged: Judgements) -> list[str]:
    """Failures without a judgement, and judgements without a failure."""
    found = []
    for server, report in reports.items():
        failures, known = set(failed(report)), set(judged.get(server, ()))
        found += [f"{server} fails {id}: not judged yet" for id in sorted(failures - known)]
        found += [f"{server} does not fail {id}: judged in vain" for id in sorted(known - failures)]
    return found
