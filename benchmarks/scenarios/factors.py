"""Second factors of 10,000 users reset in one call of the administration API, each told by mail."""

import json
from collections.abc import Iterator

from benchmarks.directory import Directory
from benchmarks.drive import Drive, drive
from benchmarks.endpoint import Endpoint
from benchmarks.measure import Arm, alternate
from benchmarks.people import People, people
from benchmarks.stage import Stage
from benchmarks.targets import Outcome


def measure(stage: Stage) -> Iterator[Outcome]:
    """Time the call on each database."""
    for database in stage.databases:
        directory = stage.ours(database, stage.scale.medium)
        with people(directory.server) as known:
            arm = _arm(database, directory, known, directory.ids[-stage.scale.medium :])
            [series] = alternate([arm], stage.scale.rounds).values()
        yield Outcome("factors", database, series.median / 1000, (series,))


def _arm(database: str, directory: Directory, known: People, ids: list[str]) -> Arm:
    admin = directory.beside("/admin/v1")
    message = admin.message("POST", "/authenticators/reset", {"users": ids})
    waiting = list[int]()

    def send() -> Drive:
        known.enrol(ids)
        waiting.append(_mails(admin))
        return drive(admin.connections(1), [message])

    def check(sent: Drive) -> str | None:
        done = json.loads(sent.bodies[0])
        mails = _mails(admin) - waiting[-1]
        numbers = (done["users"], done["authenticators"], mails)
        return None if numbers == (len(ids),) * 3 else f"users, factors, mails: {numbers}"

    return Arm(f"{database}, reset of {len(ids):,}", send, Drive.typical, check)


def _mails(admin: Endpoint) -> int:
    return int(admin.call("GET", "/mails?count=1").json()["total"])
