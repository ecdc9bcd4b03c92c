"""Members of groups: what one of them cannot be is in no other's way, and nothing is forgotten."""

from pathlib import Path

import pytest

from scim_server.directory.sources.runs import Mode, State
from scim_server.sync import carrying, plan
from tests.application import Application
from tests.ldap.slapd import AD_SUFFIX, Slapd, Tree
from tests.sync.branch import Branch, branch
from tests.sync.office import Office
from tests.sync.scripted import Scripted, group, person

OVERWRITE = "[authority]\non_change = 'overwrite'"


@pytest.fixture
def tree(slapd_server: Slapd) -> Tree:
    return slapd_server.tree(AD_SUFFIX)


@pytest.fixture
def corp(application: Application, tmp_path: Path, tree: Tree) -> Branch:
    return branch(application, tmp_path, tree)


@pytest.fixture(params=[1, 2, 5_000])
def size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """Members of a transaction."""
    monkeypatch.setattr(plan, "SLICE", request.param)
    monkeypatch.setattr(carrying, "AT_ONCE", 1)
    return int(request.param)


def test_a_circle_of_groups_keeps_nobody_in_or_out(corp: Branch, tree: Tree, size: int) -> None:
    people = [tree.person(f"u{number}") for number in range(6)]
    group = tree.group("all", *people[:3])
    outer = tree.group("outer", group)
    corp.run()
    tree.modify(group, {"member": [outer, *people[3:]]})
    told = {each["why"] for each in corp.run().told}
    assert told == {'"members" would make the group contain itself.'}
    assert corp.members("all") == {"U3", "U4", "U5"}
    events = corp.events()
    assert len(corp.run(Mode.FULL).told) == 1
    assert corp.events() == events
    assert corp.violations() == []


def test_who_was_in_the_way_comes_in_once_it_is_not(corp: Branch, tree: Tree, size: int) -> None:
    ada, eve = tree.person("ada"), tree.person("eve")
    group = tree.group("all", ada)
    outer = tree.group("outer", group)
    corp.run()
    tree.modify(group, {"member": [ada, outer, eve]})
    corp.run()
    assert corp.members("all") == {"Ada", "Eve"}
    tree.modify(outer, {"member": [eve]})
    corp.run()
    assert corp.run().told == ()
    assert corp.members("all") == {"Ada", "Eve", "outer"}


def test_who_is_deprovisioned_and_joins_anew_is_in_the_old_groups(office: Office) -> None:
    office.employ("ada", "eve", teams=["Board"])
    office.run()
    assert office.step("ada", "deprovision") == 200
    office.run()
    assert office.run().counts["Group"] == {"read": 1, "unchanged": 1}
    office.delete("ada")
    office.run()
    assert office.team("Board") == {"ada", "eve"}
    assert office.run().counts["Group"] == {"read": 1, "unchanged": 1}


def test_likewise_of_groups_that_are_new(office: Office) -> None:
    office.employ("ada", "eve")
    office.run()
    assert office.step("ada", "deprovision") == 200
    for worker in office.workers:
        worker["teams"] = ["Board"]
    office.run()
    assert office.team("Board") == {"eve"}
    office.delete("ada")
    office.run()
    assert office.team("Board") == {"ada", "eve"}


def test_likewise_of_groups_that_are_new_with_one_that_comes_after(scripted: Scripted) -> None:
    """Whose members are written in two steps."""
    ada, eve = person("ada"), person("eve")
    scripted.has(ada, eve)
    scripted.run()
    assert scripted.step("ada", "deprovision") == 200
    scripted.has(ada, eve, group("Outer", "ada", "Within"), group("Within", "eve"))
    scripted.run(Mode.FULL)
    assert scripted.members("Outer") == {"Within"}
    scripted.delete("ada")
    scripted.run(Mode.FULL)
    assert scripted.members("Outer") == {"ada", "Within"}


def test_slices_of_a_group_are_written_one_after_the_other(
    scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each with what is remembered of those before, also where one transaction had room for all."""
    monkeypatch.setattr(plan, "SLICE", 2)
    names = [f"user-{number}" for number in range(5)]
    scripted.has(*map(person, names), group("All", *names))
    assert scripted.run().counts["Group"] == {"read": 1, "joiners": 1, "membersAdded": 5}
    assert scripted.team("All") == set(names)
    assert scripted.run(Mode.FULL).counts["Group"] == {"read": 1, "unchanged": 1}


def test_a_group_that_has_left_is_emptied_again(office: Office) -> None:
    office.configure(tables=OVERWRITE)
    office.employ("ada", "eve", teams=["Board", "All"])
    office.run()
    for worker in office.workers:
        worker["teams"] = ["All"]
    office.run()
    add = {"op": "add", "path": "members", "value": [{"value": office.user("ada")["id"]}]}
    path = f"/Groups/{office.group('Board')['id']}"
    assert office.scim.patch(path, add).status_code == 200
    office.run()
    assert office.team("Board") == set()
    events = office.events()
    office.run()
    assert office.events() == events


def test_groups_that_lose_nearly_all_are_stopped(office: Office) -> None:
    names = [f"user-{number}" for number in range(12)]
    office.employ(*names, teams=["A", "B", "C"])
    office.run()
    for worker in office.workers[1:]:
        worker["teams"] = []
    run = office.run()
    assert run.state is State.AWAITING_CONFIRMATION
    assert "take away 3 of 3" in str(run.detail)
    assert office.team("A") == set(names)
    assert office.run(Mode.FULL, confirms=run.id).state is State.DONE
    assert office.team("A") == {"user-0"}


def test_groups_may_lose_some(office: Office) -> None:
    names = [f"user-{number}" for number in range(8)]
    office.employ(*names, teams=["A", "B", "C"])
    office.run()
    for worker in office.workers[1:]:
        worker["teams"] = []
    assert office.run().state is State.DONE
    assert office.team("A") == {"user-0"}
