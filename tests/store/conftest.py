"""The store that keeps the promises: on SQLite and on PostgreSQL."""

import pytest

from tests.application import Application
from tests.store.shelf import Shelf


@pytest.fixture
def shelf(application: Application) -> Shelf:
    """The store of a new tenant."""
    return Shelf(application)


@pytest.fixture
def other(application: Application) -> Shelf:
    """The store of another tenant in the same database."""
    return Shelf(application)
