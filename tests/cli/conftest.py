"""An operator with a database, before and after init, and the server on it."""

from collections.abc import Iterator

import pytest

from scim_server.directory.callers import FIRST_TENANT
from tests.application import Application, Scim
from tests.cli.operator import Operator


@pytest.fixture
def fresh(database_url: str) -> Operator:
    """With a database that has to be initialised."""
    return Operator(SCIM_DATABASE_URL=database_url)


@pytest.fixture
def cli(fresh: Operator) -> Operator:
    """With an initialised database."""
    assert fresh("init").exit_code == 0
    return fresh


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
