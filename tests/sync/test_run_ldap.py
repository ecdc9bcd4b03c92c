"""From a directory to accounts: real slapd, real engine, both databases."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from scim_server.directory.sources.runs import Mode, State
from scim_server.sync import carrying, plan
from tests.application import ENTERPRISE, Application
from tests.ldap.domain_controller import BASE, DomainController, running
from tests.ldap.slapd import AD_SUFFIX, Slapd, Tree, slapd
from tests.sync.branch import Branch, branch

ACTIVE_DIRECTORY = f"""
type = "ldap"
[ldap]
url = "{{url}}"
tls = "none"
mechanism = "anonymous"
base = "{BASE}"
[groups]
"""
BY_CN = f"""
[users]
userName = "{{cn}}"
displayName = "{{cn}}"
[users."{ENTERPRISE}"]
manager = "{{manager}}"
[groups]
displayName = "{{cn}}"
"""
LONG_AGO, LATER = "20200101000000Z", "20200102000000Z"
LOCKED = {"pwdAccountLockedTime": "000001010000Z"}


def small_transactions(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a dozen members are as many as thousands."""
    monkeypatch.setattr(plan, "SLICE", 5)
    monkeypatch.setattr(carrying, "AT_ONCE", 1)


@pytest.fixture
def tree(slapd_server: Slapd) -> Tree:
    """Where a rename changes nothing else: the overlay that does so elsewhere, does it later."""
    return slapd_server.tree(AD_SUFFIX)


@pytest.fixture
def corp(application: Application, tmp_path: Path, tree: Tree) -> Branch:
    """Eve and Ada, whose boss she is; Ada is staff; board has Eve, and staff as a group."""
    eve = tree.person("eve")
    ada = tree.person("ada", manager=eve, mail="ada@example.com")
    tree.group("board", eve, tree.group("staff", ada))
    return branch(application, tmp_path, tree)


def test_people_groups_and_bosses_join(corp: Branch) -> None:
    run = corp.run()
    assert (run.state, run.told) == (State.DONE, ())
    assert run.counts == {
        "User": {"read": 2, "joiners": 2},
        "Group": {"read": 2, "joiners": 2, "membersAdded": 3},
    }
    ada = corp.user("ada")
    assert (ada["displayName"], ada["emails"][0]["value"]) == ("Ada", "ada@example.com")
    assert ada[ENTERPRISE]["manager"]["value"] == corp.user("eve")["id"]
    assert corp.violations() == []


def test_a_group_in_a_group_is_one(corp: Branch) -> None:
    corp.run()
    assert corp.members("staff") == {"Ada"}
    assert corp.members("board") == {"Eve", "staff"}
    shown = {each["display"]: each["type"] for each in corp.user("ada")["groups"]}
    assert shown == {"staff": "direct", "board": "indirect"}


def test_groups_in_groups_may_be_flattened(corp: Branch) -> None:
    corp.configure(tables='[ldap.groups]\nnested = "flatten"\n[groups]')
    corp.run()
    assert corp.members("board") == {"Eve", "Ada"}


def test_members_may_be_told_by_the_users(
    application: Application, tmp_path: Path, slapd_server: Slapd
) -> None:
    tree = slapd_server.tree()
    tree.group("staff", tree.person("ada"))
    tree.person("eve")
    corp = branch(application, tmp_path, tree)
    corp.configure(tables='[ldap.groups]\nby = "memberOf"\n[groups]')
    corp.run()
    assert corp.members("staff") == {"Ada"}
    tree.modify(f"cn=staff,{tree.base}", {"member": f"uid=eve,{tree.base}"})
    assert corp.run().state is State.DONE
    assert corp.members("staff") == {"Eve"}


def test_a_new_name_is_the_same_person_in_the_same_groups(corp: Branch, tree: Tree) -> None:
    corp.run()
    before = corp.user("ada")
    dn = tree.rename(f"uid=ada,{tree.base}", "uid=augusta")
    tree.modify(f"cn=staff,{tree.base}", {"member": dn})
    assert corp.run().counts["User"]["movers"] == 1
    after = corp.user("augusta")
    assert (after["id"], after["groups"]) == (before["id"], before["groups"])
    assert corp.users() == {"augusta": True, "eve": True}


def test_who_only_moves_in_the_tree_changes_in_nothing(corp: Branch, tree: Tree) -> None:
    corp.run()
    before, events = (corp.user("eve"), corp.user("ada"), corp.group("board")), corp.events()
    there = tree.add(f"ou=elsewhere,{tree.base}", {"objectClass": "organizationalUnit"})
    eve = tree.rename(f"uid=eve,{tree.base}", "uid=eve", there)
    tree.modify(f"uid=ada,{tree.base}", {"manager": eve})
    tree.modify(f"cn=board,{tree.base}", {"member": [eve, f"cn=staff,{tree.base}"]})
    counts = corp.run().counts
    assert "movers" not in counts["User"] and "membersAdded" not in counts["Group"]
    assert (corp.user("eve"), corp.user("ada"), corp.group("board")) == before
    assert corp.events() == events
    assert corp.run(Mode.FULL).counts["User"] == {"read": 2, "unchanged": 2}


def test_two_may_swap_their_places_in_the_tree(corp: Branch, tree: Tree) -> None:
    corp.configure(tables=BY_CN)
    corp.run()
    before = [corp.user(name) for name in ("Ada", "Eve")]
    between = tree.rename(f"uid=ada,{tree.base}", "uid=between")
    eve = tree.rename(f"uid=eve,{tree.base}", "uid=ada")
    ada = tree.rename(between, "uid=eve")
    tree.modify(ada, {"manager": eve})
    tree.modify(f"cn=staff,{tree.base}", {"member": ada})
    tree.modify(f"cn=board,{tree.base}", {"member": [eve, f"cn=staff,{tree.base}"]})
    assert "movers" not in corp.run().counts["User"]
    assert [corp.user(name) for name in ("Ada", "Eve")] == before
    assert corp.members("staff") == {"Ada"}
    assert corp.run(Mode.FULL).counts["User"] == {"read": 2, "unchanged": 2}


def test_where_a_container_is_renamed_nobody_changes(
    corp: Branch, tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_transactions(monkeypatch)
    inner = tree.add(f"ou=people,{tree.base}", {"objectClass": "organizationalUnit"})
    people = [replace(tree, base=inner).person(f"user-{number}") for number in range(12)]
    tree.group("all", *people)
    corp.run()
    before, events = corp.group("all"), corp.events()
    tree.rename(inner, "ou=everybody")
    renamed = [dn.replace("ou=people", "ou=everybody") for dn in people]
    tree.modify(f"cn=all,{tree.base}", {"member": renamed})
    run = corp.run(Mode.FULL)
    assert run.counts == {
        "User": {"read": 14, "unchanged": 14},
        "Group": {"read": 3, "unchanged": 3},
    }
    assert (corp.group("all"), corp.events()) == (before, events)


def test_somebody_new_with_the_dn_of_a_leaver_is_another_person(corp: Branch, tree: Tree) -> None:
    dn, eve = f"cn=Pat,{tree.base}", f"uid=eve,{tree.base}"
    person = {"objectClass": "inetOrgPerson", "sn": "Pat"}
    tree.add(dn, {**person, "uid": "pat1"})
    tree.group("guests", dn, eve)
    tree.modify(f"uid=ada,{tree.base}", {"manager": dn})
    corp.run()
    tree.delete(dn)
    tree.add(dn, {**person, "uid": "pat2"})
    tree.modify(f"cn=guests,{tree.base}", {"member": [dn, eve]})
    tree.modify(f"uid=ada,{tree.base}", {"manager": dn})
    assert corp.run().state is State.DONE
    assert corp.team("guests") == {"pat2", "eve"}
    assert corp.users() == {"ada": True, "eve": True, "pat1": False, "pat2": True}
    assert corp.user("ada")[ENTERPRISE]["manager"]["value"] == corp.user("pat2")["id"]
    assert corp.run(Mode.FULL).counts["User"] == {"read": 3, "unchanged": 3}


def test_a_group_that_nobody_has_touched_may_name_somebody_else(corp: Branch, tree: Tree) -> None:
    dn, person = f"cn=Pat,{tree.base}", {"objectClass": "inetOrgPerson", "sn": "Pat"}
    tree.add(dn, {**person, "uid": "pat1"})
    group = tree.group("guests", dn)
    tree.backdate(group, "20200101000000Z")
    corp.run()
    tree.delete(dn)
    tree.add(dn, {**person, "uid": "pat2"})
    tree.modify(group, {"member": [dn]})
    tree.backdate(group, "20200101000000Z")
    corp.run()
    assert corp.team("guests") == {"pat2"}


def test_who_is_locked_for_ever_is_out_and_comes_back(corp: Branch, tree: Tree) -> None:
    corp.run()
    tree.modify(f"uid=ada,{tree.base}", LOCKED)
    assert corp.run().counts["User"]["switchedOff"] == 1
    assert corp.status("ada") == "Suspended"
    tree.modify(f"uid=ada,{tree.base}", {"pwdAccountLockedTime": []})
    assert corp.run().counts["User"]["switchedOn"] == 1
    assert corp.status("ada") == "Active"


@pytest.mark.parametrize("title", ["x" * (2**20 + 1), "a" + "\u0301" * 40])
def test_who_is_locked_is_out_whatever_else_is_wrong_with_the_entry(
    corp: Branch, tree: Tree, title: str
) -> None:
    corp.run()
    tree.modify(f"uid=ada,{tree.base}", {**LOCKED, "title": title})
    assert [each["place"] for each in corp.run().told] == [f"uid=ada,{tree.base}"]
    assert corp.status("ada") == "Suspended"
    tree.modify(f"uid=ada,{tree.base}", {"title": [], "pwdAccountLockedTime": []})
    corp.run()
    assert corp.status("ada") == "Active"


def test_a_run_that_reads_changes_only_finds_a_deletion(corp: Branch, tree: Tree) -> None:
    corp.run()
    tree.delete(f"uid=ada,{tree.base}")
    tree.delete(f"cn=staff,{tree.base}")
    run = corp.run()
    assert (run.counts["User"]["leavers"], run.counts["Group"]["leavers"]) == (1, 1)
    assert (corp.status("ada"), corp.members("staff")) == ("Suspended", set())
    assert corp.status("eve") == "Active"


def test_after_a_change_only_that_is_read(corp: Branch, tree: Tree) -> None:
    for name in ("uid=ada", "cn=staff", "cn=board"):
        tree.backdate(f"{name},{tree.base}", LONG_AGO)
    # Who has the newest time is read each time: others may have changed in the same second.
    tree.backdate(f"uid=eve,{tree.base}", LATER)
    corp.run()
    assert corp.run().counts == {"User": {"read": 1, "unchanged": 1}}
    tree.modify(f"uid=ada,{tree.base}", {"title": "Countess"})
    assert corp.run().counts == {"User": {"read": 2, "unchanged": 1, "movers": 1}}
    assert corp.user("ada")["title"] == "Countess"


def test_a_large_group_comes_in_several_transactions(
    corp: Branch, tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_transactions(monkeypatch)
    people = [tree.person(f"user-{number}") for number in range(12)]
    tree.group("all", *people)
    assert corp.run().counts["Group"]["membersAdded"] == 3 + 12
    assert corp.members("all") == {f"User-{number}" for number in range(12)}
    assert corp.group("all")["meta"]["version"] == 'W/"3"'
    tree.modify(f"cn=all,{tree.base}", {"member": people[:1]})
    assert corp.run().counts["Group"]["membersRemoved"] == 11
    assert corp.members("all") == {"User-0"}
    assert corp.run(Mode.FULL).counts["Group"] == {"read": 3, "unchanged": 3}


def test_a_branch_of_the_tree_that_goes_is_stopped(corp: Branch, tree: Tree) -> None:
    corp.run()
    for uid in ("eve", "ada"):
        tree.delete(f"uid={uid},{tree.base}")
    tree.person("new")
    assert corp.run().state is State.AWAITING_CONFIRMATION
    assert corp.users() == {"eve": True, "ada": True}


def test_a_server_that_ends_in_the_middle_changes_nothing(
    application: Application, tmp_path: Path
) -> None:
    with ExitStack() as server:
        tree = server.enter_context(slapd()).tree()
        ada = tree.person("ada")
        tree.group("staff", ada)
        corp = branch(application, tmp_path, tree)
        corp.run()
        tree.modify(ada, {"title": "Countess"})
        tree.person("eve")
        run = corp.run(tell=lambda *_: server.close())
    assert (run.state, run.counts) == (State.FAILED, {"User": {"read": 2}})
    assert corp.users() == {"ada": True}
    assert "title" not in corp.user("ada")


@pytest.fixture
def controller() -> Iterator[DomainController]:
    with running(DomainController()) as made:
        yield made


def test_accounts_and_large_groups_of_active_directory(
    application: Application, tmp_path: Path, controller: DomainController
) -> None:
    corp = Branch(application, tmp_path, ACTIVE_DIRECTORY.format(url=controller.url))
    ada = controller.user("Ada", 1, sAMAccountName=b"ada")
    zoe = controller.user("Zoe", 2, sAMAccountName=b"zoe", userAccountControl=b"514")
    strangers = [f"CN=Computer {number},{BASE}" for number in range(2000)]
    controller.group("All", 3, ada, *strangers, zoe)
    assert corp.run().counts["User"] == {"read": 2, "joiners": 2}
    assert corp.users() == {"ada": True, "zoe": False}
    assert corp.members("All") == {"Ada", "Zoe"}
    controller.user("Zoe", 2, sAMAccountName=b"zoe")
    del controller.entries[ada]
    counts = corp.run().counts["User"]
    assert counts == {"read": 1, "movers": 1, "switchedOn": 1, "leavers": 1}
    assert corp.users() == {"ada": False, "zoe": True}
