"""SQLite's write lock in another process's hands, and a file that cannot grow."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, make_url

from scim_server.store.check.invariants import violations
from tests.application import USER, Application, Scim, error
from tests.live import users
from tests.rows import digest

ADA = {"schemas": [USER], "userName": "ada"}


@pytest.fixture
def scim(tmp_path: Path) -> Iterator[Scim]:
    application = Application(f"sqlite:///{tmp_path}/scim.db")
    scim = application.scim()
    scim.user()
    yield scim
    assert list(violations(application.parts.database, application.parts.registry)) == []
    application.parts.database.close()


@contextmanager
def locked(scim: Scim, seconds: float) -> Iterator[None]:
    """Another connection is in the middle of a write for so long."""
    path = make_url(scim.application.config.database_url).database or ""
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        release = threading.Timer(seconds, other.execute, ("COMMIT",))
        release.start()
        yield
        release.join()


def test_four_seconds_are_waited_for(scim: Scim) -> None:
    with locked(scim, 4):
        began = time.monotonic()
        assert scim.post("/Users", ADA).status_code == 201
        assert 3.5 < time.monotonic() - began < 5


def test_six_seconds_are_too_long_for_one_and_for_many_that_wait(scim: Scim) -> None:
    before = digest(scim)
    with locked(scim, 6.5), ThreadPoolExecutor(4) as pool:
        began = time.monotonic()
        asked = [pool.submit(scim.post, "/Users", ADA) for _ in range(4)]
        answers = [each.result() for each in asked]
        assert time.monotonic() - began < 6.5
        assert scim.get("/Users").status_code == 200
        assert [error(answer)[0] for answer in answers] == [503] * 4
        assert digest(scim) == before
    assert scim.post("/Users", ADA).status_code == 201


def test_a_full_disk_is_told_and_nothing_is_half_written(tmp_path: Path) -> None:
    application = Application(f"sqlite:///{tmp_path}/scim.db")
    scim = application.scim()
    scim.user()
    before = digest(scim)

    def limit(connection: sqlite3.Connection, _: object) -> None:
        [pages] = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count={pages}")

    application.parts.database.close()
    event.listen(Engine, "connect", limit)
    try:
        assert error(scim.post("/Bulk", users(500)))[0] == 503
        assert scim.get("/Users").status_code == 200
        assert digest(scim) == before
    finally:
        event.remove(Engine, "connect", limit)
    application.parts.database.close()
    assert scim.post("/Bulk", users(500)).status_code == 200
    assert list(violations(application.parts.database, application.parts.registry)) == []
    application.parts.database.close()
