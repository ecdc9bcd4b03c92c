"""Groups that a column of a feed names."""

import json
import tracemalloc
from pathlib import Path

import pytest

from scim_server.sync.entries import Entry, SourceFault, Unreadable
from tests.sync.feeds import Feed

TEAMS = {"groups": {"column": "Teams", "separator": ";"}}
PLACE = 'column "Teams" of workers'


@pytest.fixture
def feed(tmp_path: Path) -> Feed:
    return Feed(tmp_path, read=())


def groups(feed: Feed, content: str, **told: object) -> dict[str | None, tuple[str, ...] | None]:
    found = feed.of(content, "Group", **{**TEAMS, **told})
    return {row.id: row.members if isinstance(row, Entry) else None for row in found}


def test_a_group_is_named_by_its_members(feed: Feed) -> None:
    [group] = feed.of("id,teams\nW1,Sales\nW2,Sales\n", "Group", **TEAMS)
    told = {"name": ("Sales",)}
    assert group == Entry("Group", "Sales", "Group Sales", PLACE, told, members=("W1", "W2"))


def test_a_worker_is_in_several_groups(feed: Feed) -> None:
    found = groups(feed, "id,teams\nW1,A; B ;\nW2,B\nW3,\n")
    assert found == {"A": ("W1",), "B": ("W1", "W2")}


def test_a_cell_of_separators_names_no_group(feed: Feed) -> None:
    rows = "".join(f"W{at},{';' * 100_000}\n" for at in range(20))
    repeated = ";".join(["A", " A "] * 20_000)
    tracemalloc.start()
    try:
        assert groups(feed, f"id,teams\n{rows}W9,{repeated}\n") == {"A": ("W9",)}
        assert tracemalloc.get_traced_memory()[1] < 12 * 2**20
    finally:
        tracemalloc.stop()


def test_without_a_separator_a_value_is_a_name(feed: Feed) -> None:
    assert groups(feed, "id,teams\nW1,A;B\n", groups={"column": "teams"}) == {"A;B": ("W1",)}


def test_an_array_names_several(feed: Feed) -> None:
    rows = [{"id": "W1", "teams": ["A", "B"]}, {"id": "W2", "teams": ["B"]}]
    assert groups(feed, json.dumps(rows)) == {"A": ("W1",), "B": ("W1", "W2")}


def test_only_workers_who_are_there_are_in_it(feed: Feed) -> None:
    rows = "W1,Sales,\nW2,Sales,2020-01-01\nW3,Empty,2020-01-01\n"
    assert groups(feed, f"id,teams,end\n{rows}", end="end") == {"Sales": ("W1",)}


def test_two_contracts_of_a_worker_are_one_membership(feed: Feed) -> None:
    assert groups(feed, "id,teams\nW1,Sales\nW1,Sales\n") == {"Sales": ("W1",)}


def test_a_worker_whose_date_is_none_stays_in_it(feed: Feed) -> None:
    assert groups(feed, "id,teams,end\nW1,Sales,soon\n", end="end") == {"Sales": ("W1",)}


def test_a_group_with_somebody_who_has_no_id_stays_as_it_is(feed: Feed) -> None:
    found = feed.of("id,teams\nW1,A;B\n,B\n", "Group", **TEAMS)
    assert [row.id for row in found] == ["A", "B"]
    assert found[1] == Unreadable("Group", PLACE, "somebody without an id is in it", "B")


def test_a_name_that_no_database_keeps_is_none(feed: Feed) -> None:
    found = feed.of(f"id,teams\nW1,{'x' * 256}\n", "Group", **TEAMS)
    assert found == [Unreadable("Group", PLACE, "a name of a group is too long, or holds NUL")]


@pytest.mark.parametrize("name", ["a\\u0000", "\\ud800"])
def test_a_name_that_is_no_text_is_none_and_its_worker_none_either(feed: Feed, name: str) -> None:
    content = f'{{"id": "W1", "teams": ["{name}", "A"]}}'
    assert [row.id for row in feed.of(content, "Group", **TEAMS)] == [None, "A"]
    [worker] = feed.of(content, groups=TEAMS["groups"])
    assert isinstance(worker, Unreadable)


def test_without_a_column_there_is_nothing_to_tell_of_groups(feed: Feed) -> None:
    with pytest.raises(SourceFault, match="The feed names no Group"):
        feed.of("id,teams\nW1,Sales\n", "Group")
