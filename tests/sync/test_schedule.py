"""When a source is due: cron expressions in its time zone, what was missed, and summer time."""

from datetime import UTC, datetime, timedelta

import pytest

from scim_server.directory.sources.runs import Mode, Registered
from scim_server.directory.sources.schedule import due, next_runs

DAILY, OFTEN = "30 2 * * *", "*/5 * * * *"


def source(schedule: str | None, full: str | None = None, zone: str = "UTC") -> Registered:
    return Registered("corp", "ldap", "Directory", schedule, full, zone)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def next_one(asked: Registered, since: str, mode: Mode = Mode.INCREMENTAL) -> datetime:
    return next_runs(asked, dict.fromkeys(Mode, at(since)))[mode]


def due_at(asked: Registered, since: dict[Mode, str], now: str) -> Mode | None:
    known = {mode: at(text) for mode, text in since.items()}
    return due(next_runs(asked, known), at(now))


def both(text: str) -> dict[Mode, str]:
    return {Mode.FULL: text, Mode.INCREMENTAL: text}


def test_without_a_schedule_nothing_is_ever_due() -> None:
    assert due_at(source(None), both("2000-01-01T00:00"), "2026-11-21T00:00") is None


@pytest.mark.parametrize(
    ("now", "mode"),
    [("2026-11-21T12:04:59", None), ("2026-11-21T12:05:00", Mode.INCREMENTAL)],
)
def test_it_is_due_at_the_tick_and_not_before(now: str, mode: Mode | None) -> None:
    assert due_at(source(OFTEN), both("2026-11-21T12:00:01"), now) is mode


def test_what_was_missed_comes_once() -> None:
    assert due_at(source(OFTEN), both("2026-11-01T00:00"), "2026-11-21T12:01") is Mode.INCREMENTAL
    assert due_at(source(OFTEN), both("2026-11-21T12:01"), "2026-11-21T12:04") is None


def test_a_full_run_that_is_due_comes_instead_of_the_other() -> None:
    corp = source(OFTEN, "0 3 * * *")
    assert due_at(corp, both("2026-11-21T02:58"), "2026-11-21T03:00:01") is Mode.FULL
    assert due_at(corp, both("2026-11-21T03:00:01"), "2026-11-21T03:00:02") is None


def test_an_incremental_run_does_not_stand_for_a_full_one() -> None:
    asked = {Mode.FULL: "2026-11-20T03:00:01", Mode.INCREMENTAL: "2026-11-21T02:59"}
    assert due_at(source(OFTEN, "0 3 * * *"), asked, "2026-11-21T03:01") is Mode.FULL


def test_the_hours_are_those_of_the_time_zone() -> None:
    berlin = source(DAILY, zone="Europe/Berlin")
    assert next_one(berlin, "2026-01-10T12:00") == at("2026-01-11T01:30")
    assert next_one(berlin, "2026-07-10T12:00") == at("2026-07-11T00:30")


def test_an_hour_that_is_left_out_is_made_up_for_once() -> None:
    berlin = source(DAILY, zone="Europe/Berlin")
    assert next_one(berlin, "2026-03-28T12:00") == at("2026-03-29T01:00")
    assert next_one(berlin, "2026-03-29T01:00") == at("2026-03-30T00:30")


def test_in_an_hour_that_comes_twice_it_runs_once() -> None:
    berlin = source(DAILY, zone="Europe/Berlin")
    assert next_one(berlin, "2026-10-24T12:00") == at("2026-10-25T00:30")
    assert next_one(berlin, "2026-10-25T00:30:01") == at("2026-10-26T01:30")


def test_who_comes_late_in_an_hour_that_comes_twice_runs_once() -> None:
    berlin = source("0,45 2 * * *", zone="Europe/Berlin")
    assert next_one(berlin, "2026-10-25T01:30") == at("2026-10-26T01:00")


def test_every_few_minutes_is_every_few_minutes_in_both_of_them() -> None:
    berlin = source("*/30 * * * *", zone="Europe/Berlin")
    instant, found = at("2026-10-24T23:50"), []
    for _ in range(5):
        instant = next_runs(berlin, dict.fromkeys(Mode, instant))[Mode.INCREMENTAL]
        found.append(instant)
    first = at("2026-10-25T00:00")
    assert found == [first + timedelta(minutes=30 * n) for n in range(5)]
