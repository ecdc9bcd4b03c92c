"""An operator with a database, before and after init, and the server on it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from scim_server.directory.callers import FIRST_TENANT
from tests.application import Application, Scim
from tests.cli.operator import Operator
from tests.servers import copied, empty_database


@pytest.fixture
def fresh(database_url: str) -> Operator:
    """With a database that has to be initialised."""
    return Operator(SCIM_DATABASE_URL=database_url)


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def template(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of an initialised database to copy: init takes longer than most tests."""
    url = empty_database(request, tmp_path_factory.mktemp("template"))
    assert Operator(SCIM_DATABASE_URL=url)("init").exit_code == 0
    return url


@pytest.fixture
def cli(request: pytest.FixtureRequest, template: str, tmp_path: Path) -> Iterator[Operator]:
    """With an initialised database."""
    with copied(request, template, tmp_path) as url:
        yield Operator(SCIM_DATABASE_URL=url)


@pytest.fixture
def application(cli: Operator) -> Iterator[Application]:
    """The server on the operator's database."""
    made = Application(cli.environment["SCIM_DATABASE_URL"])
    yield made
    made.parts.database.close()


@pytest.fixture
def scim(application: Application) -> Scim:
    """A client of the tenant that comes with the database."""
    return application.scim(tenant=FIRST_TENANT)
