"""A company of its own for each test."""

from pathlib import Path

import pytest

from tests.application import Application
from tests.sync.office import Office
from tests.sync.scripted import Scripted


@pytest.fixture
def office(application: Application, tmp_path: Path) -> Office:
    """Nobody works there yet."""
    return Office(application, tmp_path)


@pytest.fixture
def scripted(application: Application, tmp_path: Path) -> Scripted:
    """Nobody is there yet."""
    scripted = Scripted(application, tmp_path)
    scripted.configure(tables="[guards]\nshare = 1.0")
    return scripted
