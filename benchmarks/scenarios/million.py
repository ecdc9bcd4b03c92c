"""Ten times the large directory: filters and one-member PATCH must hardly notice. Takes an hour."""

from collections.abc import Iterator

from benchmarks.scenarios import filters, members
from benchmarks.stage import Stage
from benchmarks.targets import Outcome


def measure(stage: Stage) -> Iterator[Outcome]:
    """Compare 1,000,000 users with 100,000."""
    large, huge = stage.scale.large, stage.scale.huge
    yield from filters.growth(stage, "million-filter", large, huge)
    yield from members.growth(stage, "million-member", large, huge)
