"""A server to speak HTTP with, on each of the two databases."""

from collections.abc import Callable, Iterator

import pytest

from scim_server.config import BUNDLED_SCHEMAS
from tests.conformance.serving import Server, serving
from tests.servers import empty_database

NewDatabase = Callable[[], str]


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def new_database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> NewDatabase:
    """Makes an empty database and returns its URL."""
    return lambda: empty_database(request, tmp_path_factory.mktemp("conformance"))


@pytest.fixture(scope="session")
def server(new_database: NewDatabase) -> Iterator[Server]:
    """As it is installed, with no schemas but its own; once for the whole run."""
    with serving(new_database(), schemas=(BUNDLED_SCHEMAS,)) as running:
        yield running


@pytest.fixture(scope="session")
def extended(new_database: NewDatabase) -> Iterator[Server]:
    """With the example schemas besides: devices, badges, notes."""
    with serving(new_database()) as running:
        yield running
