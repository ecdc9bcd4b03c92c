"""Fixtures for every floor: the databases that the tests run on."""

from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest

from tests.application import Application, Scim
from tests.servers import PostgresServer, bundled_binaries, installed_binaries, postgres


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One server for each pytest process; the wheel's where the machine has none."""
    installed = installed_binaries()
    folder = nullcontext(installed) if installed else bundled_binaries()
    with folder as binaries, postgres(binaries) as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database, on each of the two."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/scim.db"
        return
    # Asked for here, so that a run on SQLite alone starts no PostgreSQL.
    server: PostgresServer = request.getfixturevalue("postgres_server")
    url = server.create_database()
    yield url
    server.drop(url)


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def application(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Application]:
    """The server on each of the two databases, once for the whole run."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('application')}/scim.db"
    else:
        server: PostgresServer = request.getfixturevalue("postgres_server")
        url = server.create_database()
    made = Application(url)
    yield made
    made.parts.database.close()


@pytest.fixture
def scim(application: Application) -> Scim:
    """A client with every scope and every tolerance, alone in a new tenant."""
    return application.scim()


@pytest.fixture
def strict(application: Application) -> Scim:
    """A client in strict mode, alone in a new tenant."""
    return application.scim("strict")
