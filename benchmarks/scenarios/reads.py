"""GET user by id (RFC 7644 §3.4.1), beside scim2-server and beside a view without a database."""

import json
import random
from collections.abc import Iterator, Sequence

from benchmarks.directory import Directory
from benchmarks.drive import Drive, drive
from benchmarks.endpoint import Endpoint
from benchmarks.measure import Arm, alternate, ratio
from benchmarks.stage import Stage
from benchmarks.targets import Outcome

CONNECTIONS = 8


def measure(stage: Stage) -> Iterator[Outcome]:
    """Compare each database with scim2-server and with the static view."""
    count, size = stage.scale.many, stage.scale.medium
    directories = {database: stage.ours(database, size) for database in stage.databases}
    sample = next(iter(directories.values()))
    body = sample.endpoint.call("GET", f"/Users/{sample.ids[0]}").body
    arms = [_of_directory(name, directory, count) for name, directory in directories.items()]
    arms += [
        _of_directory("scim2-server", stage.peer(), count),
        _arm("static view", stage.static(body), [sample.ids[0]] * count),
    ]
    series = alternate(arms, stage.scale.rounds)
    peer, static = series["scim2-server"], series["static view"]
    for database in directories:
        own = series[database]
        yield Outcome("get-peer", database, ratio(peer, own), (own, peer))
        yield Outcome("get-static", database, ratio(static, own), (own, static))


def _of_directory(name: str, directory: Directory, count: int) -> Arm:
    ids = random.Random(1).choices(directory.ids, k=count)
    return _arm(name, directory.endpoint, ids)


def _arm(name: str, endpoint: Endpoint, ids: Sequence[str]) -> Arm:
    messages = [endpoint.message("GET", f"/Users/{id}") for id in ids]

    def check(sent: Drive) -> str | None:
        wrong = [at for at, id in enumerate(ids) if json.loads(sent.bodies[at])["id"] != id]
        return f"{len(wrong)} answers show another user" if wrong else None

    return Arm(
        name, lambda: drive(endpoint.connections(CONNECTIONS), messages), Drive.average, check
    )
