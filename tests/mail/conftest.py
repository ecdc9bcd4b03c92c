"""A database of its own, so that a worker sends no other test's mail; a mail server; a worker."""

from collections.abc import Iterator

import pytest

from scim_server.directory.worker import Worker
from tests.application import Application, on_empty_database
from tests.post import Postbox, worker_for


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def application(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Application]:
    """The server on each of the two databases."""
    with on_empty_database(request, tmp_path_factory) as made:
        yield made


@pytest.fixture
def nothing_waits(application: Application) -> None:
    """What another test has left to be sent is not sent in this one."""
    with application.parts.database.writing() as connection:
        for table in ("mail", "recovery_request"):
            connection.exec_driver_sql(f"DELETE FROM {table}")


@pytest.fixture
def box(nothing_waits: None) -> Iterator[Postbox]:
    """A mail server that listens."""
    made = Postbox()
    with made.open():
        yield made


@pytest.fixture
def worker(application: Application, box: Postbox) -> Worker:
    """A worker that sends to it."""
    return worker_for(application, box)
