"""Who is there today: from the start to the end, in the zone of the feed."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from scim_server.sync.entries import Unreadable
from tests.sync.feeds import Feed

TERM = {"start": "start", "end": "end"}
HEADER = "id,mail,start,end\n"
AMERICAN, GERMAN = "%m/%d/%Y", "%d.%m.%Y"


@pytest.fixture
def feed(tmp_path: Path) -> Feed:
    return Feed(tmp_path)


def comes(feed: Feed, now: str, start: str = "", end: str = "", zone: str = "UTC") -> bool:
    there = replace(feed, now=datetime.fromisoformat(now).astimezone(UTC), zone=zone)
    return there.ids(f"{HEADER}W1,a,{start},{end}\n", **TERM) == ["W1"]


@pytest.mark.parametrize(
    ("now", "is_there"),
    [
        ("2025-02-28T23:59:59Z", False),
        ("2025-03-01T00:00:00Z", True),
        ("2025-03-31T23:59:59Z", True),
        ("2025-04-01T00:00:00Z", False),
    ],
)
def test_a_worker_is_there_on_both_days_and_between(feed: Feed, now: str, is_there: bool) -> None:
    assert comes(feed, now, "2025-03-01", "2025-03-31") is is_there


@pytest.mark.parametrize(
    ("zone", "now", "start", "is_there"),
    [
        ("Europe/Berlin", "2025-02-28T22:59:59Z", "2025-03-01", False),
        ("Europe/Berlin", "2025-02-28T23:00:00Z", "2025-03-01", True),
        ("America/Los_Angeles", "2025-03-01T07:59:59Z", "2025-03-01", False),
        ("America/Los_Angeles", "2025-03-01T08:00:00Z", "2025-03-01", True),
        # Summer time has begun, and ends, in the night of that day.
        ("Europe/Berlin", "2025-03-30T21:59:59Z", "2025-03-31", False),
        ("Europe/Berlin", "2025-03-30T22:00:00Z", "2025-03-31", True),
        ("Europe/Berlin", "2025-10-26T22:59:59Z", "2025-10-27", False),
        ("Europe/Berlin", "2025-10-26T23:00:00Z", "2025-10-27", True),
        # There midnight was skipped.
        ("America/Sao_Paulo", "2018-11-04T02:59:59Z", "2018-11-04", False),
        ("America/Sao_Paulo", "2018-11-04T03:00:00Z", "2018-11-04", True),
        # And there a whole day.
        ("Pacific/Apia", "2011-12-30T09:59:59Z", "2011-12-30", False),
        ("Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-30", True),
    ],
)
def test_a_day_begins_in_the_zone_of_the_feed(
    feed: Feed, zone: str, now: str, start: str, is_there: bool
) -> None:
    assert comes(feed, now, start, zone=zone) is is_there


def test_the_29th_of_february_is_a_last_day(feed: Feed) -> None:
    assert comes(feed, "2024-02-29T23:59:59Z", end="2024-02-29")
    assert not comes(feed, "2024-03-01T00:00:00Z", end="2024-02-29")


@pytest.mark.parametrize("end", ["", "0000-00-00", "9999-12-31"])
def test_without_an_end_nobody_leaves(feed: Feed, end: str) -> None:
    assert comes(feed, "2025-06-01T00:00:00Z", end=end)


def test_whoever_ends_before_the_start_never_comes(feed: Feed) -> None:
    assert not comes(feed, "2025-06-01T00:00:00Z", "2025-06-01", "2025-05-31")


@pytest.mark.parametrize(
    ("text", "formats"),
    [
        ("2025-06-15", []),
        ("20250615", []),
        ("15.06.2025", GERMAN),
        ("06/15/2025", [GERMAN, AMERICAN]),
        ("15-JUN-2025", "%d-%b-%Y"),
        ("2025-06-15-08:00", "%Y-%m-%d%z"),
        ("2025-06-15T00:00:00Z", "%Y-%m-%dT00:00:00Z"),
    ],
)
def test_a_date_is_read_in_the_form_that_is_told(
    feed: Feed, text: str, formats: list[str] | str
) -> None:
    told: dict[str, Any] = {"date_format": formats} if formats else {}
    assert feed.ids(f"{HEADER}W1,a,{text},{text}\n", **TERM, **told) == ["W1"]


def test_an_instant_is_on_the_day_that_it_falls_on_in_the_zone(feed: Feed) -> None:
    berlin = replace(feed, zone="Europe/Berlin", now=datetime(2025, 6, 15, 1, tzinfo=UTC))
    row = f"{HEADER}W1,a,2025-06-14T22:00:00Z,\n"
    told = {**TERM, "date_format": "%Y-%m-%dT%H:%M:%S%z"}
    assert berlin.ids(row, **told) == ["W1"]
    assert replace(berlin, now=datetime(2025, 6, 14, 21, 59, tzinfo=UTC)).ids(row, **told) == []


@pytest.mark.parametrize(
    ("text", "formats"),
    [
        ("15.06.2025", []),
        ("2025-02-30", []),
        ("2025-06-15T00:00:00Z", []),
        ("soon", []),
        ("15.6", GERMAN),
        ("06/15/2025", GERMAN),
        ("06/05/2025", [AMERICAN, "%d/%m/%Y"]),
        ("0001-01-01+23:59", "%Y-%m-%d%z"),
    ],
)
def test_what_is_no_date_or_two_leaves_the_worker_as_he_is(
    feed: Feed, text: str, formats: list[str] | str
) -> None:
    told: dict[str, Any] = {"date_format": formats} if formats else {}
    [row] = feed.of(f"{HEADER}W1,a,,{text}\n", **TERM, **told)
    why = '"end" is no date, or not in the form of date_format'
    assert row == Unreadable("User", "line 2 of workers", why, "W1")


def test_two_formats_may_agree(feed: Feed) -> None:
    told = {**TERM, "date_format": [AMERICAN, "%d/%m/%Y"]}
    assert feed.ids(f"{HEADER}W1,a,06/06/2025,\n", **told) == ["W1"]


def test_of_two_contracts_of_a_worker_the_one_in_force_comes(feed: Feed) -> None:
    rows = "W1,old,2020-01-01,2025-05-31\nW1,new,2025-06-01,\nW1,next,2026-01-01,\n"
    assert [row.place for row in feed.of(HEADER + rows, **TERM)] == ["line 3 of workers"]


def test_two_contracts_in_force_both_come(feed: Feed) -> None:
    assert feed.ids(f"{HEADER}W1,a,,\nW1,b,,\n", **TERM) == ["W1", "W1"]


def test_whoever_has_left_needs_no_id(feed: Feed) -> None:
    assert feed.of(f"{HEADER},a,,2020-01-01\n", **TERM) == []


def test_a_file_in_which_everybody_has_left_gives_nobody(feed: Feed) -> None:
    assert feed.of(f"{HEADER}W1,a,,2020-01-01\n", **TERM) == []
