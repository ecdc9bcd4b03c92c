"""An operator with a database, before and after init."""

import pytest

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
