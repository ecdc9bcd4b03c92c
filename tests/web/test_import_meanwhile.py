"""What others do while a file is judged, and before it is written."""

import io
import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from scim_server.cli.people import operator
from scim_server.directory.files.importing import CHUNK, Lines, Stage, Tell
from scim_server.directory.files.outcomes import Effect, Plan, Report
from scim_server.directory.files.sheets import Line, read_csv
from scim_server.protocol.errors import Unavailable
from tests.application import Application, Scim
from tests.signing import PASSWORD, sign_in
from tests.web.files import Files

PLAN = Plan()
TWO_CHUNKS = CHUNK + 10


def run(
    application: Application,
    scim: Scim,
    lines: Lines,
    plan: Plan = PLAN,
    tell: Tell = lambda *_: None,
) -> Report:
    """Import in this thread, so that a test can do something between the steps."""
    return application.parts.imports.run(operator(scim.tenant), lines, plan, tell)


def read(text: str) -> Iterator[Line]:
    return read_csv(io.BytesIO(text.encode()))


def sheet(count: int) -> Iterator[Line]:
    return read("userName\n" + "".join(f"u-{number}\n" for number in range(count)))


def test_others_write_while_a_file_is_judged(application: Application, scim: Scim) -> None:
    def lines() -> Iterator[Line]:
        for line in sheet(TWO_CHUNKS):
            if line.number == TWO_CHUNKS:
                scim.user(userName="meanwhile")
            yield line

    done = run(application, scim, lines)
    assert done.counts[Effect.CREATE] == TWO_CHUNKS
    assert scim.found("/Users", 'userName eq "meanwhile"')


@pytest.mark.parametrize("skip_bad", [False, True])
def test_a_name_that_is_taken_after_it_was_judged_is_refused(
    application: Application, scim: Scim, files: Files, skip_bad: bool
) -> None:
    def take(stage: Stage, done: int) -> None:
        if stage is Stage.JUDGED and not scim.found("/Users", 'userName eq "u-3"'):
            scim.user(userName="u-3")

    report = run(application, scim, lambda: sheet(5), Plan(skip_bad=skip_bad), take)
    assert [(each.line, each.detail) for each in report.told] == [
        (5, 'userName already exists: "u-3".')
    ]
    assert len(files.users()) == (5 if skip_bad else 1)


def test_an_address_that_is_taken_after_it_was_judged_is_refused(
    application: Application, scim: Scim, files: Files
) -> None:
    files.admin.patch("/policy", {"uniqueEmail": True})
    text = "userName,email\nada,ada@example.com\nbob,bob@example.com\n"

    def take(stage: Stage, done: int) -> None:
        if stage is Stage.JUDGED and not scim.found("/Users", 'userName eq "eve"'):
            files.admin.post("/users", {"userName": "eve", "email": "BOB@example.com"})

    report = run(application, scim, lambda: read(text), tell=take)
    assert [each.line for each in report.told] == [3]
    assert [user["userName"] for user in files.users()] == ["eve"]


def test_a_group_that_is_gone_after_it_was_judged_is_missed(
    application: Application, scim: Scim, files: Files
) -> None:
    for name in ("Engine", "Poets"):
        scim.group(displayName=name)

    def remove(stage: Stage, done: int) -> None:
        for id in scim.found("/Groups", 'displayName eq "Poets"'):
            scim.delete(f"/Groups/{id}")

    text = "userName,groups\nada,Engine|Poets\n"
    report = run(application, scim, lambda: read(text), tell=remove)
    assert [each.detail for each in report.told] == ['There is no group "Poets".']
    assert files.users() == []


def test_a_file_that_is_outrun_every_time_is_given_up(
    application: Application, scim: Scim, files: Files
) -> None:
    names = iter(range(100))

    def lines() -> Iterator[Line]:
        return read(f"userName\nn-{next(names)}\n")

    def take(stage: Stage, done: int) -> None:
        scim.user(userName=f"n-{len(files.users())}")

    with pytest.raises(Unavailable):
        run(application, scim, lines, tell=take)


def test_a_file_that_is_outrun_half_way_tells_what_is_done(
    application: Application, scim: Scim, files: Files
) -> None:
    names = iter(range(CHUNK, TWO_CHUNKS))

    def take(stage: Stage, done: int) -> None:
        if stage is Stage.JUDGED and done == TWO_CHUNKS:
            scim.user(userName=f"u-{next(names)}")

    report = run(application, scim, lambda: sheet(TWO_CHUNKS), Plan(skip_bad=True), take)
    assert isinstance(report.fault, Unavailable)
    assert (report.counts[Effect.CREATE], report.through) == (CHUNK, CHUNK + 1)
    assert report.refused == 0
    assert {f"u-{number}" for number in range(CHUNK)} <= {u["userName"] for u in files.users()}


def piles() -> list[bytes]:
    """Open files without a name where temporary ones are, nobody else's to read."""
    found = []
    for each in map(Path, (f"/proc/self/fd/{name}" for name in os.listdir("/proc/self/fd"))):
        if each.is_symlink() and str(each.readlink()).startswith(tempfile.gettempdir()):
            status = each.stat()
            if stat.S_ISREG(status.st_mode) and not status.st_nlink:
                assert stat.S_IMODE(status.st_mode) == 0o600
                found.append(each.read_bytes())
    return found


def test_what_waits_on_the_disk_holds_no_password(application: Application, world: Scim) -> None:
    free = "x" * 15_000
    text = "userName,password,attributes\n" + "".join(
        f'u-{number},{"" if number else PASSWORD},"{{""text"": ""{free}""}}"\n'
        for number in range(400)
    )
    seen: list[bytes] = []

    def look(stage: Stage, done: int) -> None:
        if stage is Stage.WRITTEN:
            seen.extend(each for each in piles() if free.encode() in each)

    report = run(application, world, lambda: read(text), tell=look)
    assert report.counts[Effect.CREATE] == 400
    [pile] = seen
    assert PASSWORD.encode() not in pile
    assert sign_in(application, world, "u-0", PASSWORD).status_code == 200
