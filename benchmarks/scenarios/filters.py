"""The three equality filters that identity providers send, at two sizes of directory."""

import json
import random
from collections.abc import Callable, Iterator
from urllib.parse import quote

from benchmarks import population
from benchmarks.directory import Directory
from benchmarks.drive import Drive, drive
from benchmarks.measure import Arm, alternate, ratio
from benchmarks.stage import Stage
from benchmarks.targets import Outcome

FILTERS: dict[str, Callable[[int], str]] = {
    "userName eq": lambda rank: f'userName eq "{population.user_name(rank)}"',
    "externalId eq": lambda rank: f'externalId eq "{population.external_id(rank)}"',
    "emails[type eq and value eq]": lambda rank: (
        f'emails[type eq "work" and value eq "{population.work_email(rank)}"]'
    ),
}


def measure(stage: Stage) -> Iterator[Outcome]:
    """Compare 100,000 users with 1,000."""
    yield from growth(stage, "filter-flat", stage.scale.small, stage.scale.large)


def growth(stage: Stage, target: str, few: int, many: int) -> Iterator[Outcome]:
    """Compare each filter at two sizes, on each database."""
    count = stage.scale.operations // 4
    for database in stage.databases:
        for name, expression in FILTERS.items():
            arms = [
                _arm(
                    f"{name}, {database}, {size:,} users", stage, database, size, expression, count
                )
                for size in (few, many)
            ]
            base, grown = alternate(arms, stage.scale.rounds).values()
            yield Outcome(target, f"{database}, {name}", ratio(grown, base), (base, grown))


def _arm(
    name: str,
    stage: Stage,
    database: str,
    size: int,
    expression: Callable[[int], str],
    count: int,
) -> Arm:
    directory = stage.ours(database, size)
    ranks = random.Random(3).choices(range(size), k=count)
    messages = [_request(directory, expression(rank)) for rank in ranks]

    def check(sent: Drive) -> str | None:
        for at, rank in enumerate(ranks):
            found = [user["id"] for user in json.loads(sent.bodies[at])["Resources"]]
            if found != [directory.ids[rank]]:
                return f"{len(found)} users found, not the one"
        return None

    return Arm(
        name, lambda: drive(directory.endpoint.connections(1), messages), Drive.typical, check
    )


def _request(directory: Directory, expression: str) -> bytes:
    return directory.endpoint.message("GET", f"/Users?filter={quote(expression)}")
