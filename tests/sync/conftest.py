"""A company of its own for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.application import Application, on_empty_database
from tests.sync.office import Office
from tests.sync.scripted import Scripted


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def application(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Application]:
    """The server on each of the two databases; no others fill what these tests check whole."""
    with on_empty_database(request, tmp_path_factory) as made:
        yield made


@pytest.fixture
def office(application: Application, tmp_path: Path) -> Office:
    """Nobody works there yet."""
    return Office(application, tmp_path)


@pytest.fixture
def scripted(application: Application, tmp_path: Path) -> Scripted:
    """Nobody is there yet."""
    scripted = Scripted(application, tmp_path)
    scripted.configure(tables="[guards]\nshare = 1.0")
    return scripted
