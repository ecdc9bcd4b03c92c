"""The store that keeps the promises: on SQLite and on PostgreSQL."""

from collections.abc import Iterator

import pytest

from tests.application import Application, on_empty_database
from tests.store.ruin import World
from tests.store.shelf import Shelf


@pytest.fixture
def shelf(application: Application) -> Shelf:
    """The store of a new tenant."""
    return Shelf(application)


@pytest.fixture
def other(application: Application) -> Shelf:
    """The store of another tenant in the same database."""
    return Shelf(application)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def broken(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Application]:
    """A server whose database these tests may ruin, tenant by tenant."""
    with on_empty_database(request, tmp_path_factory) as made:
        yield made


@pytest.fixture
def world(broken: Application) -> World:
    """A sound tenant."""
    return World(broken)
