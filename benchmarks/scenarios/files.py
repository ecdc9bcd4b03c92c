"""Files of 100,000 users: in by the command with its progress, out over the administration API."""

import csv
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks import population, processes, servers
from benchmarks.directory import Directory
from benchmarks.drive import Drive, drive
from benchmarks.measure import NotMeasured, Series
from benchmarks.population import ENTERPRISE_USER
from benchmarks.stage import Stage
from benchmarks.targets import Outcome

READS = 3
"""Of each connection."""
CROWD = 8
COLUMNS = (
    *("userName", "displayName", "givenName", "familyName", "email", "secondaryEmail"),
    *("phone", "userType", "folder", "status"),
)


def measure(stage: Stage) -> Iterator[Outcome]:
    """Measure each database on its own."""
    for database in stage.databases:
        # No users but the few that every directory has: those of the file are the rest.
        directory = stage.ours(database, 0)
        size = stage.scale.large
        sheet = stage.file("users.csv")
        _write(sheet, directory.fresh_ranks(size))
        yield _taken(database, directory, sheet, size)
        yield from _given(database, directory, len(directory.ids) + size)


def _write(sheet: Path, ranks: range) -> None:
    with sheet.open("w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file)
        lines.writerow(COLUMNS)
        lines.writerows(map(_cells, ranks))


def _cells(rank: int) -> tuple[str, ...]:
    user = population.user(rank)
    name, department = user["name"], user[ENTERPRISE_USER]["department"]
    return (
        *(user["userName"], user["displayName"], name["givenName"], name["familyName"]),
        *(each["value"] for each in user["emails"]),
        *(user["phoneNumbers"][0]["value"], user["userType"], f"/{department.lower()}", "Active"),
    )


def _taken(database: str, directory: Directory, sheet: Path, size: int) -> Outcome:
    """The command from its start to its end."""
    started = time.perf_counter()
    said = servers.scim_server(
        directory.server.settings, "user", "import", "--progress", str(sheet)
    )
    seconds = time.perf_counter() - started
    if not said.startswith(f"Created {size:,},"):
        raise NotMeasured(said)
    line = Series(f"{database}, one line", [seconds * 1000 / size])
    return Outcome("import", database, size / seconds, (line,), f"{seconds:.0f} s")


def _given(database: str, directory: Directory, size: int) -> Iterator[Outcome]:
    """Read by many first, so that each connection's page cache of the database is full."""
    _read(directory, size, CROWD)
    pid = directory.server.pid
    processes.forget_peak(pid)
    idle = processes.memory_mib(pid)
    sent = _read(directory, size, 1)
    peak = processes.peak_memory_mib(pid)
    lines = Series(f"{database}, one line", [each * 1000 / size for each in sent.latencies])
    yield Outcome("export", database, 1000 / lines.median, (lines,))
    note = f"{idle:.0f} MiB idle, {peak:.0f} MiB peak, {len(sent.bodies[0]):,} bytes sent"
    yield Outcome("export-memory", database, peak - idle, (), note)


def _read(directory: Directory, size: int, connections: int) -> Drive:
    admin = directory.beside("/admin/v1")
    wanted = admin.message("GET", "/users/export?format=csv")
    sent = drive(admin.connections(connections), [wanted] * (READS * connections))
    if sent.failures:
        raise NotMeasured(sent.failures[0])
    found = sent.bodies[0].count(b"\r\n") - 1
    if found != size:
        raise NotMeasured(f"{found} lines instead of {size}")
    return sent
