"""Somebody who signs in, and files of accounts."""

from typing import Any

import pytest

from tests.application import Application, Scim
from tests.signing import PASSWORD, Signing, signed_in
from tests.web.files import Files
from tests.web.person import Person, person


@pytest.fixture
def user(world: Scim) -> dict[str, Any]:
    """Who may sign in."""
    return world.user(password=PASSWORD)


@pytest.fixture
def own(application: Application, world: Scim, user: dict[str, Any]) -> Signing:
    """The same, signed in."""
    return signed_in(application, world, user["userName"])


@pytest.fixture
def anna(application: Application, scim: Scim) -> Person:
    """Somebody signed in, of the tenant of ``scim``."""
    return person(application, scim)


@pytest.fixture
def files(application: Application, scim: Scim) -> Files:
    """Of the tenant of ``scim``."""
    return Files(application, scim)
