"""Interleaved rounds: the machine is shared, so what is compared is measured in turns."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.drive import Drive


class NotMeasured(Exception):
    """A server gave a wrong answer or none, so its figure would mean nothing."""


@dataclass(frozen=True)
class Arm:
    """One side of a comparison: how to run one round of it, and what one operation of it costs."""

    name: str
    send: Callable[[], Drive]
    cost: Callable[[Drive], float]
    """The milliseconds of one operation in a round."""
    check: Callable[[Drive], str | None] = lambda drive: None
    """What is wrong with the answers, or None."""


@dataclass(frozen=True)
class Series:
    """The milliseconds of one operation, round after round."""

    name: str
    rounds: list[float]

    @property
    def median(self) -> float:
        """The figure that is published."""
        return median(self.rounds)


def alternate(arms: Sequence[Arm], rounds: int) -> dict[str, Series]:
    """Run every arm in turn, ``rounds`` times, after one round that warms all of them up.

    Raises: NotMeasured.
    """
    series = {arm.name: Series(arm.name, []) for arm in arms}
    for number in range(rounds + 1):
        for arm in arms:
            cost = _round(arm)
            if number:
                series[arm.name].rounds.append(cost)
    return series


def ratio(upper: Series, lower: Series) -> float:
    """Return how many times ``upper`` costs ``lower``: the median over rounds run side by side."""
    return median(a / b for a, b in zip(upper.rounds, lower.rounds, strict=True))


def _round(arm: Arm) -> float:
    sent = arm.send()
    if sent.failures:
        raise NotMeasured(f"{arm.name}: {len(sent.failures)} failures: {sent.failures[0]}")
    if problem := arm.check(sent):
        raise NotMeasured(f"{arm.name}: {problem}")
    return arm.cost(sent)
