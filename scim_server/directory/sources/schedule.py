"""When runs of a source are due. Pure: instants in, instants out, all of them aware."""

from collections.abc import Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from cronsim import CronSim

from scim_server.directory.sources.runs import Mode, Registered

SCHEDULED = {Mode.FULL: (Mode.FULL,), Mode.INCREMENTAL: (Mode.FULL, Mode.INCREMENTAL)}
"""By mode that a schedule asks for, those that do as well. Who is due for both, runs the first."""


def expressions(source: Registered) -> Mapping[Mode, str]:
    """The schedules that it has."""
    every = {Mode.FULL: source.full_schedule, Mode.INCREMENTAL: source.schedule}
    return {mode: expression for mode, expression in every.items() if expression is not None}


def next_runs(source: Registered, since: Mapping[Mode, datetime]) -> Mapping[Mode, datetime]:
    """When its schedules ask for a run the next time. What was missed since then comes once.

    Args: since: by mode, when a run was asked for last that did as well
    """
    zone = ZoneInfo(source.time_zone)
    return {
        mode: _next(expression, since[mode].astimezone(zone))
        for mode, expression in expressions(source).items()
    }


def due(runs: Mapping[Mode, datetime], now: datetime) -> Mode | None:
    """The one of the next runs that is to be begun now."""
    return next((mode for mode in SCHEDULED if mode in runs and runs[mode] <= now), None)


def _next(expression: str, since: datetime) -> datetime:
    # Of an hour that comes twice, cronsim 2.8 gives the first also to who is in the second:
    # such a run would be due for ever.
    ticks = (tick.astimezone(UTC) for tick in CronSim(expression, since))
    return next(tick for tick in ticks if tick > since)
