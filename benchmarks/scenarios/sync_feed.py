"""An HR system's export of 100,000 rows, of which one in a hundred has changed."""

import csv
from collections.abc import Iterator
from pathlib import Path

from benchmarks import population
from benchmarks.company import REPORTS
from benchmarks.contents import contents
from benchmarks.measure import NotMeasured
from benchmarks.population import ENTERPRISE_USER
from benchmarks.stage import Stage
from benchmarks.syncing import Ran, source
from benchmarks.targets import Outcome

ONE_IN = 100
"""Rows, one of which changes."""
TITLE = "Head of everything"
FILE = """type = "feed"
[feed]
file = "workers.csv"
id = "Worker"
start = "Start"
end = "End"
[users]
userName = "{Mail}"
displayName = "{First} {Last}"
name = {givenName = "{First}", familyName = "{Last}"}
title = "{Title}"
emails = [{value = "{Mail}", type = "work", primary = true}]
phoneNumbers = [{value = "{Phone}", type = "work"}]
[users."urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"]
employeeNumber = "{Worker}"
department = "{Department}"
costCenter = "{Cost centre}"
division = "{Division}"
manager = "{Manager}"
"""
COLUMNS = (
    *("Worker", "First", "Last", "Mail", "Phone", "Title", "Department", "Division"),
    *("Cost centre", "Manager", "Start", "End"),
)


def measure(stage: Stage) -> Iterator[Outcome]:
    """Measure each database on its own."""
    size = stage.scale.large
    changing = range(0, size, ONE_IN)
    for database in stage.databases:
        folder = stage.file(f"{database}-feed")
        synced = source(stage.empty(database, "feed"), folder, FILE)
        _write(folder / "workers.csv", range(size), range(0))
        load = synced.run()
        _require(load, "joiners", size)
        _write(folder / "workers.csv", range(size), changing)
        ran = synced.run()
        _require(ran, "movers", len(changing))
        there = contents(synced.settings).users.values()
        if [document["title"] for _, document in there].count(TITLE) != len(changing):
            raise NotMeasured("not everybody has the new title")
        note = f"{ran.peak_mib:.0f} MiB; first load: {load.seconds:.0f} s, {load.peak_mib:.0f} MiB"
        yield Outcome("sync-feed", database, ran.seconds, note=note)


def _require(ran: Ran, word: str, number: int) -> None:
    if ran.count(word) != number:
        raise NotMeasured(f"{number:,} {word} expected: {ran.told['counts']}")


def _write(sheet: Path, ranks: range, changed: range) -> None:
    with sheet.open("w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file)
        lines.writerow(COLUMNS)
        lines.writerows(_cells(rank, rank in changed) for rank in ranks)


def _cells(rank: int, is_changed: bool) -> tuple[str, ...]:
    user = population.user(rank)
    name, work = user["name"], user[ENTERPRISE_USER]
    return (
        *(
            work["employeeNumber"],
            name["givenName"],
            name["familyName"],
            user["emails"][0]["value"],
        ),
        *(user["phoneNumbers"][0]["value"], TITLE if is_changed else user["title"]),
        *(work["department"], work["division"], work["costCenter"]),
        *(population.user(rank // REPORTS)[ENTERPRISE_USER]["employeeNumber"], "2015-01-01", ""),
    )
