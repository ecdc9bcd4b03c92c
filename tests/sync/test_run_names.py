"""A name that passes to somebody else: no group takes one for the other, whatever becomes of a run.

As a DN does, where somebody new is called as somebody was who is renamed or gone.
"""

from dataclasses import replace

import pytest

from scim_server.directory.sources.runs import Mode, State
from scim_server.sync import carrying, comparing
from scim_server.sync.entries import Entry
from tests.sync.office import Office
from tests.sync.scripted import Scripted, group, person

BOARD = group("Board", "cn=john", "cn=eve")
EVE = person("eve", "cn=eve")
NEW = person("new", "cn=john")
RENAMED, GONE = [person("old", "cn=john old"), EVE, NEW], [EVE, NEW]


@pytest.fixture
def board(scripted: Scripted) -> Scripted:
    """Whose John is the old one."""
    scripted.has(person("old", "cn=john"), EVE, BOARD)
    scripted.run()
    assert scripted.team("Board") == {"old", "eve"}
    return scripted


def finds_nothing(office: Office) -> None:
    """The next run has nothing to do."""
    for counts in office.run(Mode.FULL).counts.values():
        assert counts["read"] == counts["unchanged"]
    assert office.violations() == []


@pytest.mark.parametrize("mode", [Mode.FULL, Mode.INCREMENTAL])
@pytest.mark.parametrize("people", [RENAMED, GONE], ids=["renamed", "gone"])
def test_a_run_that_ends_before_the_groups_leaves_them_to_the_next(
    board: Scripted, people: list[Entry], mode: Mode
) -> None:
    board.has(*people, BOARD)
    board.script.changed = {"old", "new"}
    board.stop_after("User", 2, mode)
    board.run(mode)
    board.run(mode)
    assert board.team("Board") == {"new", "eve"}
    finds_nothing(board)


def test_whom_the_source_takes_out_of_groups_without_a_trace_is_so_one_run_later(
    board: Scripted,
) -> None:
    """As OpenLDAP does: the group tells no change."""
    board.has(EVE, group("Board", "cn=eve"))
    board.run()
    assert board.team("Board") == {"old", "eve"}
    assert board.run().counts["Group"] == {"read": 1, "movers": 1, "membersRemoved": 1}
    assert board.team("Board") == {"eve"}
    finds_nothing(board)


def test_groups_that_name_people_as_they_were_called_are_not_emptied_unasked(
    scripted: Scripted,
) -> None:
    """As after a move in the tree of a directory that lets no group follow."""
    scripted.configure()
    names = ["ada", "bob", "eve"]
    groups = [group(f"Team {name}", f"cn={name}") for name in names]
    scripted.has(*(person(name, f"cn={name}") for name in names), *groups)
    scripted.run()
    scripted.has(*(person(name, f"cn={name},ou=new") for name in names), *groups)
    assert scripted.run(Mode.FULL).state is State.DONE
    stopped = scripted.run()
    assert stopped.state is State.AWAITING_CONFIRMATION
    assert "take away 3 of 3" in str(stopped.detail)
    assert [scripted.team(f"Team {name}") for name in names] == [{name} for name in names]


def test_who_have_swapped_their_names_are_in_each_others_place(
    scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carrying, "AT_ONCE", 1)
    scripted.has(person("ada", "cn=a"), person("bob", "cn=b"), group("Board", "cn=a"))
    scripted.run()
    scripted.has(person("ada", "cn=b"), person("bob", "cn=a"), group("Board", "cn=a"))
    scripted.stop_after("User", 1)
    scripted.run(Mode.FULL)
    assert scripted.team("Board") == {"bob"}
    finds_nothing(scripted)


def test_a_group_that_is_refused_meanwhile_is_right_once_it_is_not(board: Scripted) -> None:
    board.has(*RENAMED, replace(BOARD, values={}))
    assert [each["entry"] for each in board.run(Mode.FULL).told] == ["Board"]
    board.has(*RENAMED, BOARD)
    board.run(Mode.FULL)
    assert board.team("Board") == {"new", "eve"}
    finds_nothing(board)


def test_a_group_within_a_group_is_no_other_by_its_name(
    scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever has the name now, is read after the outer group, and by itself."""
    monkeypatch.setattr(comparing, "CHUNK", 1)
    outer, first = group("Outer", "cn=x"), group("First", dn="cn=x")
    scripted.has(EVE, outer, first)
    scripted.run()
    assert scripted.members("Outer") == {"First"}
    scripted.has(EVE, outer, replace(first, name="cn=y"), group("Second", dn="cn=x"))
    scripted.run(Mode.FULL)
    scripted.run(Mode.FULL)
    assert scripted.members("Outer") == {"Second"}
    finds_nothing(scripted)


def test_a_name_that_passes_on_lets_only_the_groups_of_its_bearer_be_read(
    board: Scripted,
) -> None:
    """Also where who has it now, is refused in each run."""
    others = [group(f"Team {number}", "cn=eve") for number in range(3)]
    board.has(person("old", "cn=john"), EVE, BOARD, *others)
    board.run(Mode.FULL)
    board.has(EVE, person("new", "cn=john", name="old"), BOARD, *others)
    board.script.changed = {"new"}
    for _ in range(2):
        run = board.run()
        assert [each["entry"] for each in run.told] == ["new"]
        assert run.counts["Group"]["read"] == 1
