"""A live server on each of the two databases, shared by the tests that leave it alive."""

from collections.abc import Iterator

import pytest

from tests.live import Live, live
from tests.servers import empty_database


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Live]:
    """One for the whole run."""
    with live(empty_database(request, tmp_path_factory.mktemp("live"))) as running:
        yield running
