"""Fixtures for every floor: the databases that the tests run on."""

import gc
import logging
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
import structlog

from tests.application import Admin, Application, Scim, on_empty_database
from tests.ldap.slapd import Slapd, Tree, slapd
from tests.servers import (
    PostgresServer,
    bundled_binaries,
    empty_database,
    installed_binaries,
    postgres,
)
from tests.signing import people

gc.set_threshold(20_000, 10, 10)
"""Half a million objects live as long as the run: they are searched for rubbish less often."""

BOTH_DATABASES = {"application", "database_url"}
"""Fixtures that a test has once on each."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What shows a capability shows it on both databases."""
    for item in items:
        assert isinstance(item, pytest.Function)
        if item.get_closest_marker("shows") and not BOTH_DATABASES & set(item.fixturenames):
            raise pytest.UsageError(f"{item.nodeid} does not run on both databases")


def pytest_collection_finish() -> None:
    """The tests and modules that were collected stay: no search for rubbish looks at them again."""
    gc.freeze()


@pytest.fixture(autouse=True)
def quiet_log() -> None:
    """The log is rendered and goes nowhere; tracebacks drawn for people take seconds each."""
    structlog.configure(
        processors=[structlog.processors.JSONRenderer(default=repr)],
        wrapper_class=structlog.make_filtering_bound_logger(logging.NOTSET),
        logger_factory=structlog.ReturnLoggerFactory(),
    )


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One server for each pytest process; the wheel's where the machine has none."""
    installed = installed_binaries()
    folder = nullcontext(installed) if installed else bundled_binaries()
    with folder as binaries, postgres(binaries) as server:
        yield server


@pytest.fixture(scope="session")
def slapd_server() -> Iterator[Slapd]:
    """One LDAP server for each pytest process."""
    with slapd() as server:
        yield server


@pytest.fixture
def tree(slapd_server: Slapd) -> Tree:
    """An empty part of the directory, the test's own."""
    return slapd_server.tree()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database, on each of the two."""
    url = empty_database(request, tmp_path)
    yield url
    if request.param == "postgresql":
        server: PostgresServer = request.getfixturevalue("postgres_server")
        server.drop(url)


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def application(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Application]:
    """The server on each of the two databases, once for the whole run."""
    with on_empty_database(request, tmp_path_factory) as made:
        yield made


@pytest.fixture
def alone(database_url: str) -> Iterator[Application]:
    """A server whose database holds nothing else, for what looks at all that is stored."""
    made = Application(database_url)
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


@pytest.fixture
def admin(application: Application, scim: Scim) -> Admin:
    """An administrator of the same tenant."""
    return application.admin(scim.tenant)


@pytest.fixture
def world(application: Application) -> Scim:
    """A client of a new tenant whose SCIM passwords are ones to sign in with."""
    return people(application)
