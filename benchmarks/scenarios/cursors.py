"""A walk through the whole list by cursor (RFC 9865 §2)."""

import json
from collections.abc import Iterator

from benchmarks.directory import Directory
from benchmarks.drive import Drive, drive
from benchmarks.measure import Arm, NotMeasured, alternate, ratio
from benchmarks.stage import Stage
from benchmarks.targets import Outcome

PAGE = 100


def measure(stage: Stage) -> Iterator[Outcome]:
    """Compare the last full page of the walk with the first."""
    for database in stage.databases:
        directory = stage.ours(database, stage.scale.medium)
        cursor = _last_full_page(directory)
        count = stage.scale.operations // 4
        series = alternate(
            [
                _page(f"{database}, first page", directory, "cursor", count),
                _page(f"{database}, last page", directory, f"cursor={cursor}", count),
            ],
            stage.scale.rounds,
        )
        first, last = series.values()
        yield Outcome("cursor-flat", database, ratio(last, first), (first, last))


def _last_full_page(directory: Directory) -> str:
    """Walk to the end and return the cursor of the last page that was full."""
    cursor, full, seen = "", "", set[str]()
    while True:
        query = f"cursor={cursor}" if cursor else "cursor"
        answer = directory.endpoint.call("GET", f"/Users?{query}&count={PAGE}")
        if answer.status != 200:
            raise NotMeasured(f"the walk stopped: {answer.excerpt()}")
        page = answer.json()
        ids = {user["id"] for user in page["Resources"]}
        if ids & seen:
            raise NotMeasured("the walk came twice to the same user")
        seen |= ids
        full = cursor if len(ids) == PAGE else full
        if "nextCursor" not in page:
            break
        cursor = page["nextCursor"]
    if missing := set(directory.ids) - seen:
        raise NotMeasured(f"the walk missed {len(missing)} users")
    return full


def _page(name: str, directory: Directory, query: str, count: int) -> Arm:
    message = directory.endpoint.message("GET", f"/Users?{query}&count={PAGE}")

    def check(sent: Drive) -> str | None:
        found = len(json.loads(sent.bodies[0])["Resources"])
        return None if found == PAGE else f"a page of {found}"

    return Arm(
        name,
        lambda: drive(directory.endpoint.connections(1), [message] * count),
        Drive.typical,
        check,
    )
