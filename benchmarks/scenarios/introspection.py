"""What applications ask of each session (RFC 7662), beside a GET of a user."""

import json
import random
from collections.abc import Iterator

from benchmarks.directory import Directory
from benchmarks.drive import Drive, drive
from benchmarks.measure import Arm, alternate, ratio
from benchmarks.people import people
from benchmarks.stage import Stage
from benchmarks.targets import Outcome

CONNECTIONS = 8
SESSIONS = 200


def measure(stage: Stage) -> Iterator[Outcome]:
    """Compare both on eight connections, on each database."""
    for database in stage.databases:
        directory = stage.ours(database, stage.scale.medium)
        with people(directory.server) as known:
            tokens = known.sign_in(directory.ids[-SESSIONS:])
        arms = [
            _get(database, directory, stage.scale.many),
            _introspect(database, directory, stage.scale.many, tokens),
        ]
        get, introspect = alternate(arms, stage.scale.rounds).values()
        yield Outcome("introspection", database, ratio(get, introspect), (get, introspect))


def _get(database: str, directory: Directory, count: int) -> Arm:
    endpoint = directory.endpoint
    ids = random.Random(4).choices(directory.ids, k=count)
    messages = [endpoint.message("GET", f"/Users/{id}") for id in ids]
    return Arm(
        f"{database}, GET user",
        lambda: drive(endpoint.connections(CONNECTIONS), messages),
        Drive.average,
    )


def _introspect(database: str, directory: Directory, count: int, tokens: list[str]) -> Arm:
    endpoint = directory.beside("/auth/v1")
    asked = random.Random(5).choices(tokens, k=count)
    messages = [endpoint.form("/introspect", token=token) for token in asked]

    def check(sent: Drive) -> str | None:
        dead = sum(not json.loads(body)["active"] for body in sent.bodies.values())
        return f"{dead} sessions are told to be over" if dead else None

    return Arm(
        f"{database}, introspection",
        lambda: drive(endpoint.connections(CONNECTIONS), messages),
        Drive.average,
        check,
    )
