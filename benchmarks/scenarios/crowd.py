"""Many clients change one group at once: what was acknowledged must be there afterwards."""

import random
from collections.abc import Iterator

from benchmarks.directory import Directory
from benchmarks.drive import drive
from benchmarks.measure import Series
from benchmarks.stage import Stage
from benchmarks.targets import Outcome

CLIENTS = 16


def measure(stage: Stage) -> Iterator[Outcome]:
    """Count over all rounds what was lost or refused, on each database."""
    for database in stage.databases:
        directory = stage.ours(database, stage.scale.medium)
        wrong, costs, note = 0, list[float](), ""
        for number in range(stage.scale.crowd_rounds):
            stage.say(f"crowd: {database}, round {number + 1} of {stage.scale.crowd_rounds}")
            lost, failures, cost = _round(directory, stage.scale.crowd, number)
            wrong += lost + len(failures)
            costs.append(cost)
            note = note or next(iter(failures), "")
        series = Series(f"{database}, one change of the crowd's", costs)
        yield Outcome("crowd", database, wrong, (series,), note)


def _round(directory: Directory, removals: int, seed: int) -> tuple[int, list[str], float]:
    """Return the members that are wrong, the refusals and the milliseconds of a change."""
    leavers, joiners = directory.ids[:removals], directory.ids[removals : 3 * removals]
    path = directory.create_group(leavers)
    endpoint = directory.endpoint
    changes = [
        endpoint.patch(path, {"op": "add", "path": "members", "value": [{"value": id}]})
        for id in joiners
    ]
    changes += [
        endpoint.patch(path, {"op": "remove", "path": f'members[value eq "{id}"]'})
        for id in leavers
    ]
    random.Random(seed).shuffle(changes)
    sent = drive(endpoint.connections(CLIENTS), changes)
    lost = len(directory.members(path) ^ set(joiners))
    endpoint.call("DELETE", path)
    return lost, sent.failures, sent.seconds * 1000 / len(changes)
