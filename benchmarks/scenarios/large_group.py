"""Reading a group of 100,000 members: the memory it takes, and its cost without the members."""

import json
from collections.abc import Iterator

from benchmarks import processes
from benchmarks.directory import Directory
from benchmarks.drive import Drive, drive
from benchmarks.measure import Arm, NotMeasured, Series, alternate, ratio
from benchmarks.stage import Stage
from benchmarks.targets import Outcome

READS = 3


def measure(stage: Stage) -> Iterator[Outcome]:
    """Measure each database on its own: the figures compare a server with itself."""
    for database in stage.databases:
        directory = stage.ours(database, stage.scale.large)
        members = directory.ids[: stage.scale.large]
        full, empty = directory.create_group(members), directory.create_group(())
        yield _excluded(stage, database, directory, (empty, full))
        yield _memory(database, directory, full, len(members))


def _excluded(stage: Stage, database: str, directory: Directory, paths: tuple[str, str]) -> Outcome:
    endpoint, count = directory.endpoint, stage.scale.operations // 4

    def arm(name: str, path: str) -> Arm:
        message = endpoint.message("GET", f"{path}?excludedAttributes=members")
        return Arm(
            f"{database}, {name}",
            lambda: drive(endpoint.connections(1), [message] * count),
            Drive.typical,
            lambda sent: "members are shown" if b'"members"' in sent.bodies[0] else None,
        )

    empty, full = (
        alternate([arm("empty group", paths[0]), arm("full group", paths[1])], stage.scale.rounds)
    ).values()
    return Outcome("group-excluded", database, ratio(full, empty), (empty, full))


def _memory(database: str, directory: Directory, path: str, size: int) -> Outcome:
    """Watch all workers together while the group is read one time after another."""
    processes.forget_peak(directory.server.pid)
    idle = processes.memory_mib(directory.server.pid)
    message = directory.endpoint.message("GET", path)
    sent = drive(directory.endpoint.connections(1), [message] * READS)
    peak = processes.peak_memory_mib(directory.server.pid)
    if sent.failures:
        raise NotMeasured(sent.failures[0])
    found = len(json.loads(sent.bodies[0])["members"])
    if found != size:
        raise NotMeasured(f"{found} members instead of {size}")
    read = Series(f"{database}, GET {size:,} members", [one * 1000 for one in sent.latencies])
    note = f"{idle:.0f} MiB idle, {peak:.0f} MiB peak, {len(sent.bodies[0]):,} bytes sent"
    return Outcome("group-memory", database, peak - idle, (read,), note)
