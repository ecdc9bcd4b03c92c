"""Readings of what has changed: nobody is lost, or thought gone, who goes unseen by one."""

from datetime import timedelta

import pytest

from scim_server.directory.sources.runs import Mode, Run, State
from scim_server.sync import carrying, plan, planning
from scim_server.sync.entries import Unreadable
from tests.sync.scripted import Scripted, group, person

PEOPLE = [person("ada"), person("bob"), person("eve")]


@pytest.fixture
def scripted(scripted: Scripted) -> Scripted:
    """Three people, all of them known."""
    scripted.has(*PEOPLE)
    assert scripted.run().counts["User"] == {"read": 3, "joiners": 3}
    return scripted


def state(office: Scripted, run: str) -> State:
    with office.application.parts.store.reading(office.tenant) as reader:
        return reader.runs.get(run).state


def test_who_moves_while_ids_are_listed_is_asked_for_by_id(scripted: Scripted) -> None:
    """From a place that is listed later to one that has been, and so is in neither list."""
    scripted.script.unlisted = {"ada"}
    assert scripted.run().counts["User"] == {"read": 1, "unchanged": 1}
    assert all(scripted.users().values())


def test_who_is_not_there_by_id_either_has_left(scripted: Scripted) -> None:
    scripted.has(*PEOPLE[1:])
    scripted.script.unlisted = {"bob"}
    scripted.run()
    assert scripted.users() == {"ada": False, "bob": True, "eve": True}


def test_where_it_cannot_be_told_who_is_there_nobody_leaves_and_each_run_says_so(
    scripted: Scripted,
) -> None:
    scripted.has(*PEOPLE[1:])
    scripted.script.silent = {"User"}
    for _ in range(2):
        run = scripted.run()
        assert (run.state, run.counts["User"]) == (State.DONE, {"leftOut": 1})
        [told] = run.told
        assert "it cannot be told who is there still: nobody leaves in this run" in told["why"]
    assert all(scripted.users().values())
    scripted.run(Mode.FULL)
    assert scripted.users() == {"ada": False, "bob": True, "eve": True}


def test_who_is_back_is_not_deleted_where_another_has_no_id(scripted: Scripted) -> None:
    scripted.configure(tables="[leavers]\nthen = 'delete'\n[guards]\nshare = 1.0")
    scripted.has(*PEOPLE[1:])
    scripted.run(Mode.FULL)
    id, scripted.later = scripted.user("ada")["id"], timedelta(days=31)
    scripted.has(*PEOPLE, Unreadable("User", "line 4", "it has no number"))
    assert scripted.run(Mode.FULL).counts["User"]["switchedOn"] == 1
    assert scripted.user("ada")["id"] == id
    assert all(scripted.users().values())


def test_why_an_entry_has_no_id_the_source_says(scripted: Scripted) -> None:
    nobody = Unreadable("User", "line 4", "it has no number")
    scripted.has(*PEOPLE, nobody, person("a\0b"))
    *told, left = [each["why"] for each in scripted.run(Mode.FULL).told]
    assert told == ["it has no number", "its id holds NUL, or half a character"]
    assert "2 without an id" in left


def test_what_a_whole_run_was_stopped_over_no_changes_settle(scripted: Scripted) -> None:
    scripted.configure()
    scripted.has(*(person(each.id, active="false") for each in PEOPLE if each.id))
    stopped = scripted.run(Mode.FULL)
    assert stopped.state is State.AWAITING_CONFIRMATION
    assert scripted.run().state is State.DONE
    assert state(scripted, stopped.id) is State.AWAITING_CONFIRMATION
    scripted.has(*PEOPLE)
    assert scripted.run(Mode.FULL).state is State.DONE
    assert state(scripted, stopped.id) is State.SUPERSEDED


OUT = [person("ada", active="false"), person("bob", active="false")]


def both_stopped(scripted: Scripted) -> tuple[Run, Run]:
    """A whole run, and after it one of changes, which has seen less."""
    scripted.configure(tables="[guards]\nshare = 0.4")
    scripted.has(*OUT, PEOPLE[2])
    whole = scripted.run(Mode.FULL)
    scripted.has(OUT[1])
    return whole, scripted.run()


def test_two_may_await_confirmation_where_the_later_one_has_seen_less(scripted: Scripted) -> None:
    whole, changes = both_stopped(scripted)
    waiting = {State.AWAITING_CONFIRMATION}
    assert {state(scripted, each.id) for each in (whole, changes)} == waiting
    scripted.has(*OUT, PEOPLE[2])
    assert scripted.run().state is State.DONE
    assert state(scripted, whole.id) is State.AWAITING_CONFIRMATION
    assert state(scripted, changes.id) is State.SUPERSEDED


def test_another_question_about_less_does_not_answer_the_first(scripted: Scripted) -> None:
    whole, _ = both_stopped(scripted)
    assert scripted.admin.post(f"/runs/{whole.id}/confirm").status_code == 202
    scripted.has()
    assert scripted.run(Mode.FULL, confirms=whole.id).state is State.FAILED
    assert state(scripted, whole.id) is State.AWAITING_CONFIRMATION


def test_a_confirmation_that_is_forgotten_is_in_nobodys_way(scripted: Scripted) -> None:
    scripted.has()
    assert scripted.run(Mode.FULL, confirms="long ago").state is State.FAILED


def test_many_who_are_gone_are_not_asked_for_one_by_one(
    scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "MOST_MOVED", 1)
    scripted.configure(tables="[guards]\nshare = 1.0")
    scripted.script.unlisted = {"ada", "bob"}
    scripted.run()
    assert scripted.users() == {"ada": False, "bob": False, "eve": True}


def test_what_changes_were_stopped_over_later_ones_settle(scripted: Scripted) -> None:
    scripted.configure()
    scripted.has(*(person(each.id, active="false") for each in PEOPLE if each.id))
    scripted.script.changed = {"ada", "bob", "eve"}
    stopped = scripted.run()
    assert stopped.state is State.AWAITING_CONFIRMATION
    scripted.has(*PEOPLE)
    assert scripted.run().state is State.DONE
    assert state(scripted, stopped.id) is State.SUPERSEDED


def test_a_group_of_which_a_kill_has_left_some_slices_is_asked_for_again(
    scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "SLICE", 1)
    monkeypatch.setattr(carrying, "AT_ONCE", 1)
    scripted.configure(tables="[authority]\non_change = 'overwrite'")
    scripted.has(*PEOPLE, group("All", "ada", "bob", "eve"))
    scripted.run(Mode.FULL)
    remove = {"op": "remove", "path": "members"}
    assert scripted.scim.patch(f"/Groups/{scripted.group('All')['id']}", remove).status_code == 200
    scripted.stop_after("Group", 1, Mode.INCREMENTAL)
    assert scripted.team("All") == {"ada"}
    scripted.run()
    assert scripted.team("All") == {"ada", "bob", "eve"}
