"""A company of its own for each test."""

from pathlib import Path

import pytest

from tests.application import Application
from tests.sync.office import Office


@pytest.fixture
def office(application: Application, tmp_path: Path) -> Office:
    """Nobody works there yet."""
    return Office(application, tmp_path)
