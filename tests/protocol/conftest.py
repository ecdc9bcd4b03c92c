"""The schemas that the server ships, with the examples of tests/data added."""

import pytest

from scim_server.protocol.schema import Registry, ResourceType
from tests.protocol.shipped import REGISTRY


@pytest.fixture(scope="session")
def registry() -> Registry:
    """Every shipped and every example schema."""
    return REGISTRY


@pytest.fixture
def user(registry: Registry) -> ResourceType:
    """Users, with the enterprise and the badge extension."""
    return registry.kinds["User"]


@pytest.fixture
def group(registry: Registry) -> ResourceType:
    """Groups."""
    return registry.kinds["Group"]


@pytest.fixture
def device(registry: Registry) -> ResourceType:
    """A type with an attribute of every kind and every characteristic."""
    return registry.kinds["Device"]
