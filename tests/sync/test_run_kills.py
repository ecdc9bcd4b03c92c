"""A run that is killed, wherever it is, is finished by the next one, and nothing is done twice."""

import multiprocessing
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scim_server.directory.events import Action
from scim_server.directory.history import Sought
from scim_server.directory.sources.runs import State
from scim_server.parts import Parts
from scim_server.sync import carrying
from tests.application import Application, on_empty_database
from tests.sync.office import Office

KILLS = 20
SIZE = 48


def staffed(application: Application, folder: Path) -> Office:
    folder.mkdir(exist_ok=True)
    office = Office(application, folder)
    for number in range(SIZE):
        teams = ["All", f"team-{number % 7}"]
        office.employ(f"user-{number}", boss=f"id-user-{number * 7 % SIZE}", teams=teams)
    return office


def in_another_process(office: Office) -> "multiprocessing.process.BaseProcess":
    """The run, by a fork: begun when this returns, with connections of its own."""

    def work() -> None:
        office.application.parts = Parts(
            office.application.config,
            office.application.parts.registry,
            type(office.application.parts.database)(office.application.config.database_url),
        )
        office.run()

    process = multiprocessing.get_context("fork").Process(target=work)
    process.start()
    return process


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def alone(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Application]:
    """An application with no open connections, which a fork would share."""
    with on_empty_database(request, tmp_path_factory) as made:
        yield made


@pytest.fixture(autouse=True)
def small_transactions(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that there are many moments to be killed at."""
    monkeypatch.setattr(carrying, "AT_ONCE", 6)


def made_twice(office: Office) -> list[str]:
    with office.application.parts.store.reading(office.tenant) as reader:
        found = reader.history.page(Sought(actions=(Action.CREATE,)), None, 10_000)
    return [id for id, number in Counter(e.event.resource for e in found).items() if number > 1]


def test_twenty_kills_change_nothing(alone: Application, tmp_path: Path) -> None:
    undisturbed = staffed(alone, tmp_path / "undisturbed")
    started = time.monotonic()
    undisturbed.run()
    seconds = time.monotonic() - started
    expected = undisturbed.state()
    chance = random.Random(7644)
    partial = 0
    for number in range(KILLS):
        office = staffed(alone, tmp_path / str(number))
        alone.parts.database.close()
        process = in_another_process(office)
        time.sleep(chance.uniform(0.02, 1.2 * seconds))
        os.kill(int(process.pid or 0), signal.SIGKILL)
        process.join()
        partial += 0 < len(office.users()) < SIZE
        assert office.run().state is State.DONE
        assert office.state() == expected
        assert made_twice(office) == []
        assert office.run().counts["User"] == {"read": SIZE, "unchanged": SIZE}
    assert partial > 0, "no kill came in the middle"
    assert office.violations() == []


def test_the_run_that_was_killed_is_told_as_interrupted(alone: Application, tmp_path: Path) -> None:
    office = staffed(alone, tmp_path / "office")
    alone.parts.database.close()
    process = in_another_process(office)
    runs: list[Any] = []
    while not runs:
        with alone.parts.store.reading(office.tenant) as reader:
            runs = reader.runs.page("hr", None, 10)
    os.kill(int(process.pid or 0), signal.SIGKILL)
    process.join()
    again = office.run()
    with alone.parts.store.reading(office.tenant) as reader:
        states = {each.id: each.state for each in reader.runs.page("hr", None, 10)}
    assert states[runs[0].id] is State.INTERRUPTED
    assert states[again.id] is State.DONE


def test_a_run_that_is_asked_to_end_does_so_between_two_transactions(
    alone: Application, tmp_path: Path
) -> None:
    office = staffed(alone, tmp_path / "office")
    done: list[int] = []
    job = office.job(
        tell=lambda _kind, stage, number: done.append(number) if stage == "applied" else None,
        stopping=lambda: bool(done),
    )
    run = office.runner.run(job)
    assert run.state is State.INTERRUPTED
    assert 0 < len(office.users()) <= SIZE
    assert office.run().state is State.DONE
    assert len(office.users()) == SIZE
