"""A server that does not show who is in its groups is not believed to have empty ones."""

from collections.abc import Iterator
from typing import Any

import pytest

from scim_server.sync.entries import Asked, SourceFault
from scim_server.sync.scim.members import MOST_ASKED
from tests.sync.scim_peer import FILTERING, INDEX, Peer, ids, peer, reading

HIDDEN = "/Groups: groups come without their members"


@pytest.fixture
def other() -> Iterator[Peer]:
    with peer() as made:
        made.lists["/Groups"] = [{"id": "g", "displayName": "Sales"}]
        yield made


def groups(other: Peer, asked: Asked | None = None) -> list[str | None]:
    """As they are read after the users."""
    with reading(other.url, kinds=("User", "Group"), asked=asked) as read:
        ids(read.entries("User"))
        return ids(read.entries("Group"))


def test_a_group_that_the_server_finds_by_its_members_has_some(other: Peer) -> None:
    other.config = FILTERING
    with pytest.raises(SourceFault, match=HIDDEN):
        groups(other)


@pytest.mark.parametrize("hidden", [{}, {"members": []}, {"members": None}])
def test_a_group_that_has_members_by_itself_has_some(other: Peer, hidden: Any) -> None:
    def page(path: str, query: dict[str, str]) -> Any:
        there = [{"id": each["id"], **hidden} for each in other.lists[path]]
        return {"totalResults": len(there), "Resources": there}

    other.lists["/Groups"] = [{"id": "g", "members": [{"value": "a"}]}]
    other.page = page
    with pytest.raises(SourceFault, match=HIDDEN):
        groups(other)


def test_a_group_that_a_user_is_in_has_members(other: Peer) -> None:
    other.lists["/Users"] = [{"id": "a", "groups": [{"value": "g"}]}]
    with pytest.raises(SourceFault, match=HIDDEN):
        groups(other)


def increment(other: Peer) -> Asked:
    """What has changed on a server that filters."""
    other.config = FILTERING
    with reading(other.url, kinds=("User", "Group")) as read:
        return Asked(read.mark())


def test_a_group_among_those_that_have_changed_is_looked_at_likewise(other: Peer) -> None:
    with pytest.raises(SourceFault, match=HIDDEN):
        groups(other, increment(other))


def test_the_one_that_has_changed_may_be_empty_where_others_have_members(other: Peer) -> None:
    def page(path: str, query: dict[str, str]) -> Any:
        with_members = [{"id": "h", "members": [{"value": "a"}]}]
        there = with_members if query.get("filter") == "members pr" else other.lists[path]
        return {"totalResults": len(there), "Resources": there}

    other.page = page
    assert groups(other, increment(other)) == ["g"]


@pytest.mark.parametrize("config", [INDEX, FILTERING])
def test_groups_that_nothing_says_have_members_are_empty(
    other: Peer, config: dict[str, Any]
) -> None:
    other.config = config
    other.lists["/Users"] = [{"id": "a", "groups": [{"value": "elsewhere"}, "g", {"value": ["g"]}]}]
    other.page = lambda path, query: 400 if "filter" in query else other.listed(path, query)
    assert groups(other) == ["g"]
    assert ("/Groups/g", {}) in other.asked


def test_no_more_than_some_are_asked_for_by_themselves(other: Peer) -> None:
    other.lists["/Groups"] = [{"id": str(number)} for number in range(MOST_ASKED + 5)]
    assert len(groups(other)) == MOST_ASKED + 5
    assert len([path for path, _ in other.asked if path.startswith("/Groups/")]) == MOST_ASKED


def test_where_one_group_shows_its_members_the_others_are_believed(other: Peer) -> None:
    other.lists["/Groups"] += [{"id": "h", "members": [{"value": "a"}]}]
    assert groups(other) == ["g", "h"]
    assert ("/Groups/g", {}) not in other.asked
