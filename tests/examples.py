"""How many examples the generated tests try, and which."""

import os
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, settings

TIMES = int(os.environ.get("SCIM_TEST_EXAMPLES", 1))
"""The factor by which to try more; above 1, each run makes others."""


def thorough(examples: int) -> Callable[[Any], Any]:
    """The settings of a generated test that usually tries so many."""
    return settings(
        max_examples=examples * TIMES,
        deadline=None,
        derandomize=TIMES == 1,
        suppress_health_check=list(HealthCheck),
    )
