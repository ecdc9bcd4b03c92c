"""Lists of another SCIM server come whole, or there is a fault: never a smaller world."""

from collections.abc import Iterator
from typing import Any

import pytest

from scim_server.sync.entries import SourceFault
from tests.sync.scim_peer import FILTERING, FIVE, INDEX, Peer, of_five, pulled, reading, users


@pytest.fixture
def other() -> Iterator[Peer]:
    with of_five() as made:
        yield made


def by_cursor(other: Peer, path: str, query: dict[str, str]) -> Any:
    """A page of a server that knows RFC 9865."""
    start, count = int(query["cursor"] or 0), int(query["count"])
    there = other.lists[path]
    page = {"totalResults": len(there), "Resources": there[start:][:count]}
    return page if start + count >= len(there) else {**page, "nextCursor": str(start + count)}


def test_a_list_by_index_is_read_a_second_time_for_its_ids(other: Peer) -> None:
    assert pulled(other) == FIVE
    assert [(q["startIndex"], q.get("attributes")) for q in other.queries()] == [
        *(("1", None), ("3", None), ("5", None), ("6", None)),
        *(("1", "id"), ("3", "id"), ("5", "id"), ("6", "id")),
    ]


def test_a_list_of_one_page_is_read_once(other: Peer) -> None:
    assert pulled(other, page_size=6) == FIVE
    assert [query["startIndex"] for query in other.queries()] == ["1", "6"]


def test_a_cursor_that_is_refused_is_no_end(other: Peer) -> None:
    def page(path: str, query: dict[str, str]) -> Any:
        found = by_cursor(other, path, query)
        return {**found, "totalResults": 2} if query["cursor"] == "" else 400

    other.config = {"pagination": {"cursor": True}}
    other.page = page
    with pytest.raises(SourceFault, match="400 Bad Request"):
        pulled(other)


def test_whoever_slips_through_between_two_pages_is_found(other: Peer) -> None:
    def page(path: str, query: dict[str, str]) -> Any:
        answer = other.listed(path, query)
        if len(other.queries()) == 1:
            del other.lists["/Users"][0]
        return answer

    other.page = page
    # "c" moves to the place where "b" was, and the second page begins behind it.
    assert pulled(other) == ["a", "b", "d", "e", "c"]
    assert ("/Users/c", {}) in other.asked


def test_whoever_slips_through_and_goes_is_left_out(other: Peer) -> None:
    def page(path: str, query: dict[str, str]) -> Any:
        answer = other.listed(path, query)
        if len(other.queries()) == 1:
            del other.lists["/Users"][0]
        if query["startIndex"] == "1" and query.get("attributes"):
            other.lists["/Users"] = [u for u in other.lists["/Users"] if u["id"] != "c"]
        return answer

    other.page = page
    assert pulled(other) == ["a", "b", "d", "e"]


def test_ids_are_asked_for_in_their_order_where_the_server_sorts(other: Peer) -> None:
    other.config = {**INDEX, "sort": {"supported": True}}
    assert pulled(other) == FIVE
    assert {query["sortBy"] for query in other.queries()} == {"id"}


def test_a_server_that_says_it_sorts_and_does_not_is_read_unsorted(other: Peer) -> None:
    other.config = {**INDEX, "sort": {"supported": True}}
    other.page = lambda path, query: 400 if "sortBy" in query else other.listed(path, query)
    assert pulled(other) == FIVE


def test_cursors_are_followed_to_the_end(other: Peer) -> None:
    other.config = {"pagination": {"cursor": True}}
    other.page = lambda path, query: by_cursor(other, path, query)
    assert pulled(other) == FIVE
    assert [query["cursor"] for query in other.queries()] == ["", "2", "4"]


def test_cursors_that_work_are_found_where_nothing_is_said_of_them(other: Peer) -> None:
    other.config = None
    other.page = lambda path, query: by_cursor(other, path, query)
    assert pulled(other) == FIVE
    assert "startIndex" not in str(other.asked)


@pytest.mark.parametrize("refused", [True, False])
def test_a_server_without_cursors_is_read_by_index(other: Peer, refused: bool) -> None:
    other.config = None
    other.page = lambda path, query: (
        400 if refused and "cursor" in query else other.listed(path, query)
    )
    assert pulled(other) == FIVE


def test_no_more_is_asked_for_at_once_than_the_server_says(other: Peer) -> None:
    other.config = {"pagination": {"cursor": False, "maxPageSize": 3}}
    assert pulled(other, page_size=1000) == FIVE
    assert {query["count"] for query in other.queries()} == {"3"}


def test_a_server_may_give_fewer_at_once_than_it_is_asked_for(other: Peer) -> None:
    other.page = lambda path, query: other.listed(path, {**query, "count": "1"})
    assert pulled(other, page_size=4) == FIVE


def test_a_server_may_give_all_at_once(other: Peer) -> None:
    other.page = lambda *_: {"totalResults": 5, "Resources": users(*FIVE)}
    assert pulled(other) == FIVE
    assert len(other.queries()) == 2


def test_a_list_without_a_total_ends_at_an_empty_page(other: Peer) -> None:
    other.page = lambda path, query: {"Resources": other.listed(path, query)["Resources"]}
    assert pulled(other) == FIVE


@pytest.mark.parametrize("empty", [{}, {"Resources": []}, {"Resources": None}])
def test_nobody_is_a_list_as_well(other: Peer, empty: dict[str, Any]) -> None:
    other.page = lambda *_: {"totalResults": 0, **empty}
    assert pulled(other) == []


def test_names_of_a_list_have_no_letter_case(other: Peer) -> None:
    other.page = lambda *_: {"TOTALRESULTS": 1, "resources": [{"ID": "a"}]}
    assert pulled(other) == ["a"]


def test_a_resource_that_comes_twice_is_read_once(other: Peer) -> None:
    other.page = lambda *_: {"totalResults": 2, "Resources": users("a", "a", "b")}
    assert pulled(other, page_size=3) == ["a", "b"]


@pytest.mark.parametrize(
    "page",
    [
        pytest.param({"totalResults": 5, "Resources": users("a", "b")}, id="always the first"),
        pytest.param({"totalResults": 5, "Resources": []}, id="nobody of five"),
        pytest.param({"totalResults": 5}, id="five of whom none is told"),
        pytest.param({"totalResults": 1, "Resources": {"id": "a"}}, id="no array"),
    ],
)
@pytest.mark.parametrize("cursor", [True, False])
def test_a_list_that_ends_early_is_a_fault(other: Peer, page: Any, cursor: bool) -> None:
    other.config = {"pagination": {"cursor": cursor}}
    other.page = lambda *_: page
    with pytest.raises(SourceFault, match=f"{other.url}/Users: "):
        pulled(other)
    assert len(other.queries()) < 20


def test_a_cursor_that_leads_to_itself_is_a_fault(other: Peer) -> None:
    other.config = {"pagination": {"cursor": True}}
    other.page = lambda *_: {"Resources": users("a"), "nextCursor": "again"}
    with pytest.raises(SourceFault, match="lead nowhere"):
        pulled(other)


def test_a_list_that_goes_on_beyond_its_end_is_a_fault(other: Peer) -> None:
    def page(*_: object) -> Any:
        new = users(*(f"new-{len(other.asked)}-{each}" for each in "ab"))
        return {"totalResults": 5, "Resources": new, "nextCursor": "on"}

    other.config = {"pagination": {"cursor": True}}
    other.page = page
    with pytest.raises(SourceFault, match=f"{other.url}/Users: more come than there are: 5"):
        pulled(other)
    assert len(other.queries()) == 13


def test_a_list_that_never_stands_still_is_a_fault(other: Peer) -> None:
    def page(path: str, query: dict[str, str]) -> Any:
        if query["startIndex"] == "1":
            other.lists["/Users"] += users(f"new-{len(other.asked)}")
        return other.listed(path, query)

    other.page = page
    with pytest.raises(SourceFault, match="changes faster"):
        pulled(other)


def test_a_cursor_walk_that_brings_fewer_than_counted_is_made_again(other: Peer) -> None:
    def page(path: str, query: dict[str, str]) -> Any:
        answer = by_cursor(other, path, query)
        if query["cursor"] == "" and not query.get("attributes"):
            other.lists["/Users"] = other.lists["/Users"][:4]
        return answer if query.get("attributes") else {**answer, "totalResults": 5}

    other.config = {"pagination": {"cursor": True}}
    other.page = page
    assert pulled(other) == ["a", "b", "c", "d"]


def test_another_resource_than_the_one_that_was_asked_for_is_a_fault(other: Peer) -> None:
    def page(path: str, query: dict[str, str]) -> Any:
        if "id eq" in query["filter"]:
            return {"totalResults": 1, "Resources": users("z")}
        answer = other.listed(path, query)
        if len(other.queries()) == 1:
            del other.lists["/Users"][0]
        return answer

    other.config = FILTERING
    other.page = page
    with pytest.raises(SourceFault, match="another resource came"):
        pulled(other, filters={"User": "title pr"})


def test_something_without_an_id_is_told_and_counted(other: Peer) -> None:
    other.lists["/Users"][2] = {"userName": "nobody"}
    assert pulled(other, page_size=5) == ["a", "b", None, "d", "e"]


def test_the_ids_of_all_that_are_there_hide_nobody(other: Peer) -> None:
    with reading(other.url) as read:
        assert list(read.present("User")) == FIVE
        assert all(query["attributes"] == "id" for query in other.queries())
        other.lists["/Users"][2] = {"userName": "nobody"}
        with pytest.raises(SourceFault, match="has no id"):
            list(read.present("User"))
