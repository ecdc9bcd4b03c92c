"""An identity provider switches off somebody with many sessions and keys (RFC 7644 §3.5.2)."""

import itertools
import json
import random
from collections.abc import Iterator

from benchmarks.directory import Directory
from benchmarks.drive import Drive, drive
from benchmarks.measure import Arm, alternate, ratio
from benchmarks.people import People, people
from benchmarks.population import Document
from benchmarks.stage import Stage
from benchmarks.targets import Outcome

SESSIONS = 1_000
KEYS = 100
ASKED = 50
"""Of the sessions and keys of each user: whether they still open anything."""


def measure(stage: Stage) -> Iterator[Outcome]:
    """Compare the end of all access with a change of a title, on each database."""
    for database in stage.databases:
        directory = stage.ours(database, stage.scale.medium)
        with people(directory.server) as known:
            arms = [_ordinary(database, directory, stage), _ends(database, directory, stage, known)]
            ordinary, ends = alternate(arms, stage.scale.rounds).values()
        yield Outcome("deprovision", database, ratio(ends, ordinary), (ordinary, ends))


def _ordinary(database: str, directory: Directory, stage: Stage) -> Arm:
    ids = random.Random(3).choices(directory.ids[stage.scale.medium // 2 :], k=stage.scale.few * 10)
    numbers = itertools.count()

    def send() -> Drive:
        return _patch(directory, [(id, _set("title", str(next(numbers)))) for id in ids])

    return Arm(f"{database}, PATCH of a title", send, Drive.typical)


def _ends(database: str, directory: Directory, stage: Stage, known: People) -> Arm:
    rest = iter(directory.ids)
    beside = directory.beside("/auth/v1")
    tokens = list[str]()

    def send() -> Drive:
        tokens.clear()
        ids = [next(rest) for _ in range(stage.scale.few)]
        for id in ids:
            tokens.extend(known.sign_in([id] * SESSIONS)[:ASKED])
            tokens.extend(known.make_keys(id, KEYS)[:ASKED])
        # SQLite forgets its pages when another process has written, as this one has just now.
        _patch(directory, [(id, _set("title", "benchmark")) for id in ids])
        return _patch(directory, [(id, _set("active", False)) for id in ids])

    def check(_: Drive) -> str | None:
        asked = drive(
            beside.connections(1), [beside.form("/introspect", token=text) for text in tokens]
        )
        live = sum(json.loads(body)["active"] for body in asked.bodies.values())
        said = f"{live} of {len(tokens)} credentials live on, {len(asked.failures)} not answered"
        return said if live or asked.failures else None

    return Arm(f"{database}, PATCH active: false", send, Drive.typical, check)


def _set(path: str, value: object) -> Document:
    return {"op": "replace", "path": path, "value": value}


def _patch(directory: Directory, changes: list[tuple[str, Document]]) -> Drive:
    endpoint = directory.endpoint
    messages = [endpoint.patch(f"/Users/{id}", operation) for id, operation in changes]
    return drive(endpoint.connections(1), messages)
