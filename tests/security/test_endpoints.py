"""The tables of endpoints that the rules are tried on are whole."""

import pytest

from tests.application import Application
from tests.security.endpoints import APIS, written


@pytest.mark.parametrize("api", APIS)
def test_every_endpoint_that_writes_is_in_the_table(application: Application, api: str) -> None:
    assert written(application, api) == APIS[api].keys()
