"""What has changed on another SCIM server is asked for where it can be; else all is read."""

from collections.abc import Iterator
from typing import Any

import pytest

from scim_server.sync.entries import Asked, SourceFault
from tests.sync.scim_peer import FILTERING, INDEX, Peer, ids, peer, reading, users

NOW = {"Date": "Sat, 21 Nov 2026 14:00:00 GMT"}
SINCE = 'meta.lastModified ge "2026-11-21T13:55:00Z"'


@pytest.fixture
def other() -> Iterator[Peer]:
    with peer() as made:
        made.lists["/Users"] = users("a", "b")
        made.config = FILTERING
        made.dated = NOW
        yield made


def mark(other: Peer, **how: Any) -> str | None:
    with reading(other.url, **how) as read:
        return read.mark()


def filters(other: Peer) -> set[str | None]:
    return {query.get("filter") for query in other.queries()}


def test_it_begins_some_minutes_before_the_last_one_by_the_clock_of_the_server(other: Peer) -> None:
    with reading(other.url, asked=Asked(mark(other))) as read:
        assert not read.is_whole
        assert ids(read.entries("User")) == ["a", "b"]
    assert filters(other) == {SINCE}


def test_conditions_are_joined_so_that_both_hold(other: Peer) -> None:
    either = {"User": 'title eq "a" or title eq "b"'}
    before = mark(other, filters=either)
    with reading(other.url, asked=Asked(before), filters=either) as read:
        list(read.entries("User"))
    assert filters(other) == {f'(title eq "a" or title eq "b") and ({SINCE})'}


def test_a_server_that_cannot_filter_by_it_is_read_whole(other: Peer) -> None:
    other.page = lambda path, query: 400 if "filter" in query else other.listed(path, query)
    with reading(other.url, asked=Asked(mark(other))) as read:
        assert read.is_whole
        assert ids(read.entries("User")) == ["a", "b"]


def test_a_server_that_does_not_filter_gives_no_mark(other: Peer) -> None:
    other.config = INDEX
    assert mark(other) is None


@pytest.mark.parametrize(
    "date", ["today", "Mon, 01 Jan 0150 00:00:00 GMT", "Wed, 31 Dec 1969 23:59:59 GMT"]
)
def test_a_server_without_a_clock_gives_no_mark(other: Peer, date: str) -> None:
    other.dated = {"Date": date}
    assert mark(other) is None


def test_a_server_whose_clock_has_gone_back_is_read_whole(other: Peer) -> None:
    before = mark(other)
    other.dated = {"Date": "Sat, 21 Nov 2026 13:59:59 GMT"}
    with reading(other.url, asked=Asked(before)) as read:
        assert read.is_whole


def test_groups_that_are_read_from_now_on_make_a_whole_reading(other: Peer) -> None:
    with reading(other.url, kinds=("User", "Group"), asked=Asked(mark(other))) as read:
        assert read.is_whole


def test_a_list_of_changes_that_ends_early_is_a_fault(other: Peer) -> None:
    before = mark(other)
    other.page = lambda path, query: {**other.listed(path, query), "totalResults": 3}
    with reading(other.url, asked=Asked(before)) as read, pytest.raises(SourceFault, match="early"):
        list(read.entries("User"))


def test_a_filter_that_the_server_would_pass_over_is_a_fault(other: Peer) -> None:
    other.config = INDEX
    with pytest.raises(SourceFault, match="it cannot filter"):
        mark(other, filters={"User": 'title eq "a"'})


def test_a_server_that_says_nothing_of_itself_has_a_clock_all_the_same(other: Peer) -> None:
    other.config = None
    assert str(mark(other)).endswith(" 2026-11-21T14:00:00Z")
