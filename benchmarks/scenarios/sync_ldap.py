"""A company's directory in a real slapd: brought in, looked at again, and followed."""

from collections.abc import Iterator

from benchmarks.company import Company, Directory, directory
from benchmarks.contents import contents, digests
from benchmarks.hundred import Hundred
from benchmarks.measure import NotMeasured, Series
from benchmarks.stage import Stage
from benchmarks.syncing import Ran, Synced, from_ldap
from benchmarks.targets import Outcome

SMALLER = 10
"""The company that the time of a user is compared with, has so many times fewer of them."""


def measure(stage: Stage) -> Iterator[Outcome]:
    """Measure each database on its own."""
    small, large = Company(stage.scale.staff // SMALLER), Company(stage.scale.staff)
    with directory(small, stage.file("slapd-small")) as there:
        for database in stage.databases:
            yield from _measured(stage, database, large, small, there)


def _measured(
    stage: Stage, database: str, large: Company, small: Company, smaller: Directory
) -> Iterator[Outcome]:
    # Before and after, for the machine may have become slower meanwhile.
    before, _ = _loaded(stage, database, "before", small, smaller)
    with directory(large, stage.file(f"slapd-{database}")) as there:
        load, synced = _loaded(stage, database, "large", large, there)
        after, _ = _loaded(stage, database, "after", small, smaller)
        yield Outcome("sync-load", database, load.seconds, note=_counted(large))
        yield Outcome("sync-load-memory", database, load.peak_mib)
        few = _of_user(database, small, before, after)
        many = _of_user(database, large, load)
        flat = many.median / few.median
        yield Outcome("sync-flat", database, flat, (few, many))
        yield _again(database, synced, load)
        yield _followed(database, synced, Hundred(large), there)


def _loaded(
    stage: Stage, database: str, name: str, company: Company, there: Directory
) -> tuple[Ran, Synced]:
    folder = stage.file(f"{database}-{name}")
    synced = from_ldap(stage.empty(database, name), folder, there.url)
    ran = synced.run()
    found = [ran.count(word) for word in ("joiners", "membersAdded")]
    if found != [company.people + company.groups, company.memberships]:
        raise NotMeasured(f"the first run has not brought in all: {ran.told['counts']}")
    return ran, synced


def _counted(company: Company) -> str:
    return (
        f"{company.people:,} users, {company.groups:,} groups, {company.memberships:,} memberships"
    )


def _of_user(database: str, company: Company, *runs: Ran) -> Series:
    """Without the start of Python, which would flatter the small company."""
    name = f"{database}, a user of {company.people:,}"
    return Series(name, [ran.busy * 1000 / company.people for ran in runs])


def _again(database: str, synced: Synced, load: Ran) -> Outcome:
    """Nothing has changed, and nothing is written, be all read or not."""
    before = digests(synced.settings)
    ran, whole = synced.run(), synced.run("--full")
    after = digests(synced.settings)
    if written := [table for table, digest in before.items() if after[table] != digest]:
        raise NotMeasured(f"nothing has changed, but {written} were written")
    share = whole.seconds / load.seconds
    note = (
        f"{ran.seconds:.1f} s; with --full, which reads all {whole.count('read'):,} entries,"
        f" {whole.seconds:.1f} s: {share:.2f}×"
    )
    return Outcome("sync-again", database, ran.seconds / load.seconds, note=note)


def _followed(database: str, synced: Synced, changes: Hundred, there: Directory) -> Outcome:
    before = contents(synced.settings)
    changes.make(there)
    ran = synced.run()
    changes.require(before, contents(synced.settings))
    return Outcome(
        "sync-hundred", database, ran.seconds, note=f"{ran.count('read'):,} entries read"
    )
