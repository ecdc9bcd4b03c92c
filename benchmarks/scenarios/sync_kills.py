"""The first load of a directory, killed at random points, and begun again until it is done."""

import random
from collections.abc import Iterator

from benchmarks import servers
from benchmarks.company import Company, Directory, directory
from benchmarks.contents import contents
from benchmarks.measure import NotMeasured
from benchmarks.stage import Stage
from benchmarks.syncing import Ran, Synced, from_ldap
from benchmarks.targets import Outcome


def measure(stage: Stage) -> Iterator[Outcome]:
    """Measure each database on its own."""
    with directory(Company(stage.scale.small), stage.file("slapd-kills")) as there:
        for database in stage.databases:
            yield _killed(stage, database, there)


def _killed(stage: Stage, database: str, there: Directory) -> Outcome:
    undisturbed = _fresh(stage, database, "undisturbed", there)
    whole = undisturbed.run()
    expected, kills = contents(undisturbed.settings), stage.scale.kills
    astray, partly, twice = 0, 0, 0
    for number, (moment, earlier) in enumerate(_moments(whole, kills)):
        synced = _fresh(stage, database, f"kill_{number}", there)
        synced.kill(moment)
        reached = len(contents(synced.settings))
        partly += 0 < reached < len(expected)
        if number % 2:
            # On its way to finish what the first began.
            twice += synced.kill(earlier)
        synced.run()
        found = contents(synced.settings)
        astray += found != expected or not found.is_made_once
        servers.scim_server(synced.settings, "check")
        stage.say(f"kill {number + 1}: at {reached:,} of {len(expected):,}")
    if not partly:
        raise NotMeasured("no kill came in the middle")
    note = f"{kills} kills, {partly} of them amid the writing; {twice} killed again"
    return Outcome("sync-kills", database, astray, note=note)


def _moments(whole: Ran, number: int) -> Iterator[tuple[float, float]]:
    """Seconds after the start of the command: anywhere in each part of a run, and before that."""
    chance, begun = random.Random(number), whole.seconds - whole.busy
    for part in range(number):
        moment = begun + whole.busy * (part + chance.random()) / number
        yield moment, chance.uniform(begun, moment)


def _fresh(stage: Stage, database: str, name: str, there: Directory) -> Synced:
    folder = stage.file(f"{database}-{name}")
    return from_ldap(stage.empty(database, name), folder, there.url)
