"""Single creates on eight connections (RFC 7644 §3.3): ours are on disk when they are answered."""

from collections.abc import Iterator

from benchmarks.directory import Directory
from benchmarks.drive import Drive, drive
from benchmarks.measure import Arm, alternate, ratio
from benchmarks.stage import Stage
from benchmarks.targets import Outcome

CONNECTIONS = 8


def measure(stage: Stage) -> Iterator[Outcome]:
    """Compare each database with scim2-server, which keeps users in memory only."""
    count, size = stage.scale.many, stage.scale.medium
    arms = [_arm(name, stage.ours(name, size), count) for name in stage.databases]
    series = alternate([*arms, _arm("scim2-server", stage.peer(), count)], stage.scale.rounds)
    peer = series["scim2-server"]
    for database in stage.databases:
        own = series[database]
        yield Outcome("create-peer", database, ratio(peer, own), (own, peer))


def _arm(name: str, directory: Directory, count: int) -> Arm:
    def send() -> Drive:
        messages = [directory.create() for _ in range(count)]
        return drive(directory.endpoint.connections(CONNECTIONS), messages)

    return Arm(name, send, Drive.average)
