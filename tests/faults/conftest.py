"""Servers that tests share and leave alive, and one that they may restart."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.live import Live, live
from tests.servers import (
    PostgresServer,
    bundled_binaries,
    empty_database,
    installed_binaries,
    postgres,
)


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Live]:
    """One for the whole run."""
    with live(empty_database(request, tmp_path_factory.mktemp("live"))) as running:
        yield running


@pytest.fixture(scope="module")
def restartable() -> Iterator[PostgresServer]:
    """A server of the module's own: a restart would end the connections of every other test."""
    with ExitStack() as stack:
        binaries = installed_binaries() or stack.enter_context(bundled_binaries())
        yield stack.enter_context(postgres(binaries))
