"""A live server on each of the two databases, shared by the tests that leave it alive."""

from collections.abc import Iterator

import pytest

from tests.live import Live, live
from tests.servers import PostgresServer


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Live]:
    """One for the whole run."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('live')}/scim.db"
    else:
        postgres: PostgresServer = request.getfixturevalue("postgres_server")
        url = postgres.create_database()
    with live(url) as running:
        yield running
