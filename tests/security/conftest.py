"""A database of its own, so that a worker sends no other test's mail."""

from collections.abc import Iterator

import pytest

from scim_server.store.check.invariants import violations
from tests.application import Application, Scim
from tests.servers import empty_database
from tests.signing import people


@pytest.fixture(scope="package", params=["sqlite", "postgresql"])
def application(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Application]:
    """The server on each of the two databases; it counts no failures of an address."""
    url = empty_database(request, tmp_path_factory.mktemp("security"))
    made = Application(url, failures_per_minute=0)
    yield made
    # Whatever these tests have done, no invariant of stored data is broken by it.
    assert list(violations(made.parts.database, made.parts.registry)) == []
    made.parts.database.close()


@pytest.fixture(scope="package")
def other(application: Application) -> Iterator[Application]:
    """Another worker on the same database."""
    made = Application(application.config.database_url, failures_per_minute=0)
    yield made
    made.parts.database.close()


@pytest.fixture
def world(application: Application) -> Scim:
    """A client of a new tenant whose SCIM passwords are ones to sign in with."""
    return people(application)
