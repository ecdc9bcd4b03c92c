"""An administrator of people who may sign in."""

import pytest

from tests.application import Admin, Application, Scim


@pytest.fixture
def admin(application: Application, world: Scim) -> Admin:
    """Of the tenant of ``world``."""
    return application.admin(world.tenant)
