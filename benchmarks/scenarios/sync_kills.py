"""The first load of a directory, killed at random points, and begun again until it is done."""

import random
from collections.abc import Iterator

from benchmarks import servers
from benchmarks.company import Company, Directory, directory
from benchmarks.contents import contents
from benchmarks.measure import NotMeasured
from benchmarks.stage import Stage
from benchmarks.syncing import Synced, from_ldap
from benchmarks.targets import Outcome


def measure(stage: Stage) -> Iterator[Outcome]:
    """Measure each database on its own."""
    with directory(Company(stage.scale.small), stage.file("slapd-kills")) as there:
        for database in stage.databases:
            yield _killed(stage, database, there)


def _killed(stage: Stage, database: str, there: Directory) -> Outcome:
    undisturbed = _fresh(stage, database, "undisturbed", there)
    whole = undisturbed.run()
    moments = whole.seconds - whole.busy, whole.seconds
    expected, chance = contents(undisturbed.settings), random.Random(database)
    astray, partly, twice = 0, 0, 0
    for number in range(stage.scale.kills):
        synced = _fresh(stage, database, f"kill_{number}", there)
        synced.kill(chance.uniform(*moments))
        reached = len(contents(synced.settings).users)
        partly += 0 < reached < len(expected.users)
        if number % 2:
            # On its way to finish what the first began.
            twice += synced.kill(chance.uniform(*moments))
        synced.run()
        found = contents(synced.settings)
        astray += found != expected or not found.is_made_once
        servers.scim_server(synced.settings, "check")
        stage.say(f"kill {number + 1}: at {reached:,} users")
    if not partly:
        raise NotMeasured("no kill came in the middle")
    note = f"{stage.scale.kills} kills, {partly} of them amid the users; {twice} killed again"
    return Outcome("sync-kills", database, astray, note=note)


def _fresh(stage: Stage, database: str, name: str, there: Directory) -> Synced:
    folder = stage.file(f"{database}-{name}")
    return from_ldap(stage.empty(database, name), folder, there.url)
