"""Queries that no plain index answers: ``co`` and a page far into the list (RFC 7644 §3.4.2)."""

import json
import random
from collections.abc import Iterator
from urllib.parse import quote

from benchmarks import population
from benchmarks.directory import Directory
from benchmarks.drive import Drive, drive
from benchmarks.measure import Arm, Series, alternate, ratio
from benchmarks.stage import Stage
from benchmarks.targets import Outcome

PAGE = 100


def measure(stage: Stage) -> Iterator[Outcome]:
    """Compare each database with scim2-server, on one connection."""
    size, few = stage.scale.medium, stage.scale.few
    directories = {database: stage.ours(database, size) for database in stage.databases}
    sides = {**directories, "scim2-server": stage.peer()}
    contains = alternate(
        [_contains(name, side, few, size) for name, side in sides.items()], stage.scale.rounds
    )
    pages = alternate(
        [_page(name, side, few, size) for name, side in sides.items()], stage.scale.rounds
    )
    for database in directories:
        yield _outcome("contains-peer", database, contains)
        yield _outcome("page-peer", database, pages)


def _outcome(target: str, database: str, series: dict[str, Series]) -> Outcome:
    own, peer = series[database], series["scim2-server"]
    return Outcome(target, database, ratio(peer, own), (own, peer))


def _contains(name: str, directory: Directory, count: int, size: int) -> Arm:
    ranks = random.Random(2).sample(range(size), count)
    texts = [quote(f'emails.value co "{population.email_part(rank)}"') for rank in ranks]
    messages = [directory.endpoint.message("GET", f"/Users?filter={text}") for text in texts]

    def check(sent: Drive) -> str | None:
        for at, rank in enumerate(ranks):
            found = [user["id"] for user in json.loads(sent.bodies[at])["Resources"]]
            if found != [directory.ids[rank]]:
                return f"{len(found)} users found, not the one"
        return None

    return Arm(
        name, lambda: drive(directory.endpoint.connections(1), messages), Drive.typical, check
    )


def _page(name: str, directory: Directory, count: int, size: int) -> Arm:
    query = f"startIndex={1 + size * 9 // 10}&count={PAGE}"
    messages = [directory.endpoint.message("GET", f"/Users?{query}")] * count

    def check(sent: Drive) -> str | None:
        found = len(json.loads(sent.bodies[0])["Resources"])
        return None if found == PAGE else f"a page of {found}"

    return Arm(
        name, lambda: drive(directory.endpoint.connections(1), messages), Drive.typical, check
    )
