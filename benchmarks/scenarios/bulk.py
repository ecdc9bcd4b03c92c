"""Bulk of 1,000 creates (RFC 7644 §3.7) beside scim2-server's, and beside single creates."""

from collections.abc import Iterator

from benchmarks.directory import BATCH, Directory, created_ids
from benchmarks.drive import Drive, drive
from benchmarks.measure import Arm, alternate, ratio
from benchmarks.stage import Stage
from benchmarks.targets import Outcome


def measure(stage: Stage) -> Iterator[Outcome]:
    """Compare per created user, on one connection."""
    size, singles = stage.scale.medium, stage.scale.operations // 2
    arms = [_bulk("scim2-server, Bulk", stage.peer())]
    for database in stage.databases:
        directory = stage.ours(database, size)
        arms.append(_bulk(f"{database}, Bulk", directory))
        arms.append(_single(f"{database}, single creates", directory, singles))
    series = alternate(arms, stage.scale.rounds)
    peer = series["scim2-server, Bulk"]
    for database in stage.databases:
        own, single = series[f"{database}, Bulk"], series[f"{database}, single creates"]
        yield Outcome("bulk-peer", database, ratio(peer, own), (own, peer))
        yield Outcome("bulk-single", database, ratio(single, own), (own, single))


def _bulk(name: str, directory: Directory) -> Arm:
    def send() -> Drive:
        return drive(directory.endpoint.connections(1), [directory.bulk(BATCH)])

    def check(sent: Drive) -> str | None:
        found = len(created_ids(sent.bodies[0]))
        return None if found == BATCH else f"{found} users created"

    return Arm(name, send, lambda sent: sent.typical() / BATCH, check)


def _single(name: str, directory: Directory, count: int) -> Arm:
    def send() -> Drive:
        messages = [directory.create() for _ in range(count)]
        return drive(directory.endpoint.connections(1), messages)

    return Arm(name, send, Drive.average)
