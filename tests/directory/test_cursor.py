"""What a cursor holds, and when it is refused (RFC 9865 §2)."""

from datetime import UTC, datetime, timedelta

import pytest

from scim_server.directory.cursor import Cursors, Place
from scim_server.directory.ports import Position
from scim_server.protocol.errors import ExpiredCursor, InvalidCount, InvalidCursor

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
QUERY = (7, "client", "User", 'userName sw "a"', "userName", False)
PLACE = Place(Position("ada", 26), 300)


class Watch:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def cursors(watch: Watch) -> Cursors:
    return Cursors(lambda: "secret", 60, watch)


@pytest.mark.parametrize(
    "sort_key", [None, "", "ada", "Ä \U0001f642 \ufffd", "2026-11-21T10:00:00"]
)
def test_a_cursor_holds_its_place(cursors: Cursors, sort_key: str | None) -> None:
    place = Place(Position(sort_key, 2**60), 0)
    assert cursors.read(cursors.make(place, 10, QUERY), 10, QUERY) == place


def test_a_cursor_needs_no_escaping_in_a_url(cursors: Cursors) -> None:
    made = cursors.make(Place(Position("?&=+/%# ä", 1), 1), 10, QUERY)
    assert all(character.isalnum() or character in "-_." for character in made)


@pytest.mark.parametrize("position", range(len(QUERY)))
def test_a_cursor_belongs_to_one_query(cursors: Cursors, position: int) -> None:
    made = cursors.make(PLACE, 10, QUERY)
    other = (*QUERY[:position], "other", *QUERY[position + 1 :])
    with pytest.raises(InvalidCursor):
        cursors.read(made, 10, other)


def test_a_cursor_belongs_to_one_page_size(cursors: Cursors) -> None:
    with pytest.raises(InvalidCount, match="10"):
        cursors.read(cursors.make(PLACE, 10, QUERY), 11, QUERY)


def test_a_changed_character_is_noticed_anywhere(cursors: Cursors) -> None:
    made = cursors.make(PLACE, 10, QUERY)
    for position, character in enumerate(made[:-1]):
        changed = made[:position] + ("A" if character != "A" else "B") + made[position + 1 :]
        with pytest.raises(InvalidCursor):
            cursors.read(changed, 10, QUERY)


@pytest.mark.parametrize("text", ["", ".", "x", "é", "W10.x", "10", "null", "a" * 10_000])
def test_what_is_no_cursor_is_refused(cursors: Cursors, text: str) -> None:
    with pytest.raises(InvalidCursor):
        cursors.read(text, 10, QUERY)


def test_a_cursor_of_another_secret_is_refused(cursors: Cursors, watch: Watch) -> None:
    other = Cursors(lambda: "other", 60, watch)
    with pytest.raises(InvalidCursor):
        cursors.read(other.make(PLACE, 10, QUERY), 10, QUERY)


def test_another_node_with_the_same_secret_reads_it(cursors: Cursors, watch: Watch) -> None:
    other = Cursors(lambda: "secret", 60, watch)
    assert cursors.read(other.make(PLACE, 10, QUERY), 10, QUERY) == PLACE


def test_a_cursor_lives_as_long_as_it_is_told(cursors: Cursors, watch: Watch) -> None:
    made = cursors.make(PLACE, 10, QUERY)
    watch.now = NOW + timedelta(seconds=60)
    assert cursors.read(made, 10, QUERY) == PLACE
    watch.now = NOW + timedelta(seconds=61)
    with pytest.raises(ExpiredCursor, match="60 seconds"):
        cursors.read(made, 10, QUERY)
