"""The end of a list by index is where nothing new comes; what a server counts is only checked."""

from collections.abc import Iterator
from typing import Any

import pytest

from scim_server.sync.entries import SourceFault
from tests.sync.scim_peer import FIVE, Peer, of_five, pulled, users


@pytest.fixture
def other() -> Iterator[Peer]:
    with of_five() as made:
        yield made


@pytest.mark.parametrize("page_size", [1, 2, 3, 5])
@pytest.mark.parametrize("most", [2, 9])
def test_a_total_of_the_page_alone_is_not_believed(other: Peer, page_size: int, most: int) -> None:
    def page(path: str, query: dict[str, str]) -> Any:
        found = other.listed(path, {**query, "count": str(min(int(query["count"]), most))})
        return {**found, "totalResults": len(found["Resources"])}

    other.page = page
    assert pulled(other, page_size=page_size) == FIVE


def test_who_goes_unseen_where_a_page_may_be_the_whole_list_is_found(other: Peer) -> None:
    def page(path: str, query: dict[str, str]) -> Any:
        found = other.listed(path, query)
        if len(other.queries()) == 1:
            other.lists["/Users"] = users("b", "c")
        return {**found, "totalResults": len(found["Resources"])}

    other.lists["/Users"] = users("a", "b", "c")
    other.page = page
    assert pulled(other) == ["a", "b", "c"]


@pytest.mark.parametrize("told", [{}, {"totalResults": 2}])
def test_a_server_that_begins_anew_at_each_index_is_a_fault(
    other: Peer, told: dict[str, int]
) -> None:
    other.page = lambda _, query: {**told, "Resources": users(*FIVE)[: int(query["count"])]}
    with pytest.raises(SourceFault, match="/Users: the list begins anew at each startIndex"):
        pulled(other)


@pytest.mark.parametrize("beyond", [400, 404, {"totalResults": 0}])
def test_a_server_may_refuse_to_begin_after_the_last(other: Peer, beyond: Any) -> None:
    other.page = lambda path, query: (
        beyond if int(query["startIndex"]) > len(FIVE) else other.listed(path, query)
    )
    assert pulled(other) == FIVE


def test_a_server_that_refuses_a_page_before_the_last_is_a_fault(other: Peer) -> None:
    other.page = lambda path, query: (
        400 if query["startIndex"] == "5" else other.listed(path, query)
    )
    with pytest.raises(SourceFault, match="400 Bad Request"):
        pulled(other)


def test_a_total_of_nothing_beyond_the_end_hides_nobody(other: Peer) -> None:
    def page(path: str, query: dict[str, str]) -> Any:
        first = query["startIndex"] == "1"
        return other.listed(path, query) if first else {"totalResults": 0, "Resources": []}

    other.page = page
    with pytest.raises(SourceFault, match=r"ends early.*2 of 5"):
        pulled(other)


def test_a_total_may_be_written_as_text(other: Peer) -> None:
    other.page = lambda path, query: {**other.listed(path, query), "totalResults": "5"}
    assert pulled(other) == FIVE
    other.lists["/Users"] = users("a")
    with pytest.raises(SourceFault, match="ends early"):
        pulled(other)


@pytest.mark.parametrize("total", ["many", "", "-1", -1, 5.5, True, [5], "٥", 10**30])
def test_a_total_that_is_no_number_is_a_fault(other: Peer, total: object) -> None:
    other.page = lambda path, query: {**other.listed(path, query), "totalResults": total}
    with pytest.raises(SourceFault, match='/Users: "totalResults" is no number'):
        pulled(other)


def test_a_total_that_a_later_page_leaves_out_holds(other: Peer) -> None:
    def page(path: str, query: dict[str, str]) -> Any:
        answer = other.listed(path, query)
        return answer if query["startIndex"] == "1" else {"Resources": []}

    other.page = page
    with pytest.raises(SourceFault, match="ends early"):
        pulled(other)
