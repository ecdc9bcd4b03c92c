"""One run of a source at a time: between threads, between processes, whoever is killed."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import make_url, text

from scim_server.directory.sources.runs import Lost, Running
from scim_server.protocol.errors import Unavailable
from scim_server.store.database import Database
from scim_server.store.sync_lock import SyncLocks
from tests.servers import PostgresServer

FORKED = get_context("forkserver")
FORKED.set_forkserver_preload([__name__])
ROUNDS = 20
MOMENT = 0.002
PROMPT = 1
"""Seconds in which PostgreSQL notices that a client is dead."""


@pytest.fixture
def locks(database_url: str) -> Iterator[SyncLocks]:
    database = Database(database_url)
    database.create()
    yield SyncLocks(database)
    database.close()


def hold(url: str, told: Connection) -> None:
    """In a process of its own: hold the lock until somebody kills it."""
    with SyncLocks(Database(url)).held(1, "corp"):
        told.send("held")
        time.sleep(60)


def contend(url: str, room: Path, together: Barrier) -> None:
    """Enter a room in which only one may be, some times, as often as the lock is free.

    Leaves there how often it was not.
    """
    locks, entered, refused = SyncLocks(Database(url)), 0, 0
    together.wait()
    while entered < ROUNDS:
        try:
            with locks.held(1, "corp"):
                (room / "inside").touch(exist_ok=False)
                time.sleep(MOMENT)
                (room / "inside").unlink()
            entered += 1
        except Running:
            refused += 1
        time.sleep(MOMENT)
    (room / f"refused-{os.getpid()}-{threading.get_ident()}").write_text(str(refused))


def refused(room: Path) -> list[int]:
    """By contender."""
    return [int(each.read_text()) for each in room.glob("refused-*")]


@contextmanager
def holder(url: str) -> Iterator[BaseProcess]:
    """Another process that holds the lock."""
    mine, its = FORKED.Pipe()
    process = FORKED.Process(target=hold, args=(url, its))
    process.start()
    try:
        assert mine.recv() == "held"
        yield process
    finally:
        process.kill()
        process.join()


def soon(locks: SyncLocks) -> bool:
    """Whether the lock can be had within a moment."""
    until = time.monotonic() + PROMPT
    while time.monotonic() < until:
        with suppress(Running), locks.held(1, "corp"):
            return True
        time.sleep(0.01)
    return False


def test_who_is_killed_frees_the_lock(locks: SyncLocks, database_url: str) -> None:
    with holder(database_url) as other:
        with pytest.raises(Running), locks.held(1, "corp"):
            raise AssertionError
        assert other.pid
        os.kill(other.pid, signal.SIGKILL)
        assert soon(locks)


def test_processes_never_hold_it_together(
    locks: SyncLocks, database_url: str, tmp_path: Path
) -> None:
    arguments = (database_url, tmp_path, FORKED.Barrier(2))
    processes = [FORKED.Process(target=contend, args=arguments) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0]
    assert len(refused(tmp_path)) == 2 and sum(refused(tmp_path)) > 0
    assert soon(locks)


def test_threads_never_hold_it_together(
    locks: SyncLocks, database_url: str, tmp_path: Path
) -> None:
    with ThreadPoolExecutor(2) as pool:
        arguments = (database_url, tmp_path, Barrier(2))
        for each in [pool.submit(contend, *arguments) for _ in range(2)]:
            each.result()
    assert len(refused(tmp_path)) == 2 and sum(refused(tmp_path)) > 0
    assert soon(locks)


def test_it_is_free_again_after_the_block_however_that_ends(locks: SyncLocks) -> None:
    for _ in range(2):
        with pytest.raises(ZeroDivisionError), locks.held(1, "corp") as lock:
            lock.require()
            with pytest.raises(Running), locks.held(1, "corp"):
                raise AssertionError
            raise ZeroDivisionError


def test_other_sources_and_tenants_go_on(locks: SyncLocks) -> None:
    with locks.held(1, "corp"), locks.held(1, "hr") as hr, locks.held(2, "corp") as theirs:
        hr.require()
        theirs.require()


def test_a_lock_that_cannot_be_had_is_told(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/scim.db")
    (tmp_path / "scim.db.1.corp.lock").mkdir()
    with pytest.raises(Unavailable), SyncLocks(database).held(1, "corp"):
        raise AssertionError


def test_a_restart_of_the_database_loses_the_lock(restartable: PostgresServer) -> None:
    url = restartable.create_database()
    locks = SyncLocks(Database(url))
    with locks.held(1, "corp") as lock:
        lock.require()
        restartable.stop()
        with pytest.raises(Lost):
            lock.require()
        with pytest.raises(Unavailable), locks.held(1, "corp"):
            raise AssertionError
        restartable.start()
        with pytest.raises(Lost):
            lock.require()
        with locks.held(1, "corp") as again:
            again.require()
            with pytest.raises(Running), locks.held(1, "corp"):
                raise AssertionError


def test_the_limits_of_the_database_do_not_end_a_long_run(postgres_server: PostgresServer) -> None:
    url = postgres_server.create_database()
    database = Database(url)
    name = make_url(url).database
    with database.writing() as connection:
        connection.execute(text(f"ALTER DATABASE {name} SET idle_session_timeout = '100ms'"))
    with SyncLocks(database).held(1, "corp") as lock:
        time.sleep(0.5)
        lock.require()
    database.close()
    postgres_server.drop(url)
