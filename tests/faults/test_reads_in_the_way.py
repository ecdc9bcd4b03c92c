"""A read that another transaction stands in the way of is told to come back, never a defect."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, text
from werkzeug.test import TestResponse

from tests.application import Application, Scim, error
from tests.servers import PostgresServer

Read = Callable[[Scim, str], TestResponse]


def wait_until_one_waits(connection: Connection) -> None:
    """Returns when another session waits for a lock."""
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    until = time.monotonic() + 5
    while not connection.scalar(waiting):
        assert time.monotonic() < until
        time.sleep(0.01)


@pytest.fixture
def scim(postgres_server: PostgresServer) -> Iterator[Scim]:
    """On a database of its own: whole tables are locked."""
    application = Application(postgres_server.create_database())
    yield application.scim()
    application.parts.database.close()


@pytest.mark.parametrize(
    ("read", "awaited", "held"),
    [
        (lambda scim, user: scim.get(f"/Users/{user}"), "resource", "token"),
        (lambda scim, user: scim.get("/Groups"), "membership", "resource"),
        (
            lambda scim, user: scim.get(f'/Groups?filter=members.value eq "{user}"'),
            "membership",
            "resource",
        ),
    ],
    ids=["authentication", "list", "search"],
)
def test_a_deadlock_with_a_read_is_503(scim: Scim, read: Read, awaited: str, held: str) -> None:
    user = scim.user()["id"]
    scim.group(user)
    engine = create_engine(scim.application.config.database_url)
    with closing(engine.connect()) as other, ThreadPoolExecutor(1) as pool:
        # Who waited first is the victim: the read, which holds the other table already.
        other.execute(text(f"LOCK TABLE {awaited}"))
        reading = pool.submit(read, scim, user)
        wait_until_one_waits(other)
        other.execute(text(f"LOCK TABLE {held}"))
        answer = reading.result()
    engine.dispose()
    assert error(answer)[0] == 503
    assert answer.headers["Retry-After"].isdigit()
    assert read(scim, user).status_code == 200


def test_a_file_that_another_process_keeps_to_itself_is_503(tmp_path: Path) -> None:
    application = Application(f"sqlite:///{tmp_path}/scim.db")
    scim = application.scim()
    user = scim.user()["id"]
    application.parts.database.close()
    with closing(sqlite3.connect(tmp_path / "scim.db", isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode=EXCLUSIVE")
        other.execute("BEGIN IMMEDIATE")
        answer = scim.get(f"/Users/{user}")
    assert error(answer)[0] == 503
    assert answer.headers["Retry-After"].isdigit()
    assert scim.get(f"/Users/{user}").status_code == 200
    application.parts.database.close()
