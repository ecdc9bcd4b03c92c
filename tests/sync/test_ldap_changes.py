"""Reading what has changed: nothing is missed, and where that is unsure all is read."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from scim_server.sync.entries import Asked
from scim_server.sync.ldap.changes import OVERLAP, Times
from scim_server.sync.ldap.search import Found
from tests.ldap.slapd import PAGED, SUFFIX, Tree
from tests.sync.directories import NAMES, Pass, entries, now, read, source, table

LONG_AGO = "20200101000000Z"


@pytest.fixture
def old(tree: Tree) -> Tree:
    """Ada and Bob, staff and board: nothing has changed for years."""
    people = [tree.person(uid) for uid in ("ada", "bob")]
    groups = [tree.group("staff", people[0]), tree.group("board", people[1])]
    for dn in (*people, *groups):
        tree.backdate(dn, LONG_AGO)
    return tree


def again(
    tree: Tree, mark: str | None, ids: dict[str, list[str]] | None = None, **more: Any
) -> Pass:
    return read(source(table(tree, **more)), Asked(mark, ids or {}))


def moved(mark: str | None, **by: int) -> str:
    told = json.loads(mark or "")
    return json.dumps({**told, **{name: told[name] + seconds for name, seconds in by.items()}})


def test_without_changes_nothing_comes_and_all_are_present(old: Tree) -> None:
    first = read(source(table(old)))
    later = moved(first.mark, position=2 * OVERLAP.seconds)
    second = again(old, later)
    assert (second.is_whole, second.users, second.groups) == (False, [], [])
    assert second.present == first.present
    assert json.loads(second.mark or "")["position"] == json.loads(later)["position"]


def test_only_what_has_changed_comes(old: Tree) -> None:
    first = read(source(table(old)))
    later = moved(first.mark, position=2 * OVERLAP.seconds)
    old.modify(f"uid=ada,{old.base}", {"givenName": "Ada"})
    old.person("eve")
    old.modify(f"cn=staff,{old.base}", {"member": [f"uid=eve,{old.base}"]})
    second = again(old, later)
    assert second.uids == ["ada", "eve"]
    assert second.members("staff") == ["eve"]
    assert second.mark != later


def test_what_was_changed_shortly_before_the_last_reading_comes_again(old: Tree) -> None:
    old.modify(f"uid=ada,{old.base}", {"givenName": "Ada"})
    first = read(source(table(old)))
    assert again(old, first.mark).uids == ["ada"]


def test_a_deletion_shows_in_who_is_present(old: Tree) -> None:
    first = read(source(table(old)))
    old.delete(f"uid=bob,{old.base}")
    second = again(old, first.mark)
    assert second.present == [first.user("ada").id]


def test_who_is_asked_for_again_comes_once(old: Tree) -> None:
    first = read(source(table(old)))
    later = moved(first.mark, position=2 * OVERLAP.seconds)
    old.modify(f"uid=ada,{old.base}", {"givenName": "Ada"})
    ids = [first.user("ada").id, first.user("bob").id, "no such id", "*", ")(uid=*"]
    second = again(old, later, {"User": ids * 60})
    assert second.uids == ["ada", "bob"]


def test_who_is_asked_for_again_and_left_the_filter_does_not_come(old: Tree) -> None:
    first = read(source(table(old)))
    ids = {"User": [first.user("ada").id]}
    assert again(old, first.mark, ids, users={"filter": "(uid=bob)"}).uids == ["bob"]


@pytest.mark.parametrize(
    "mark",
    ["", "{}", "[]", "null", '{"asked": 1, "server": "", "position": 1, "at": 1}', "[" * 100_000],
)
def test_a_mark_that_is_none_makes_a_whole_reading(old: Tree, mark: str) -> None:
    assert again(old, mark).is_whole


@pytest.mark.parametrize(
    "more",
    [
        {"users": {"filter": "(uid=*)"}},
        {"base": SUFFIX},
        {"groups": {"nested": "flatten"}},
        {"flags": []},
        {"users": {"id": "uid"}},
        {"bind": PAGED},
    ],
)
def test_a_mark_of_other_settings_makes_a_whole_reading(old: Tree, more: dict[str, Any]) -> None:
    first = read(source(table(old)))
    with source(table(old, **more)).reading(Asked(first.mark)) as reading:
        assert reading.is_whole
    assert not again(old, first.mark).is_whole


def test_a_mark_of_another_mapping_makes_a_whole_reading(old: Tree) -> None:
    first = read(source(table(old)))
    names = {**NAMES, "User": NAMES["User"] | {"title"}}
    assert read(source(table(old), names), Asked(first.mark)).is_whole


def test_a_mark_of_another_server_makes_a_whole_reading(old: Tree) -> None:
    first = read(source(table(old)))
    elsewhere = old.server.url.replace("127.0.0.1", "127.0.0.2")
    assert again(old, first.mark, url=elsewhere).is_whole


def test_a_mark_from_the_future_makes_a_whole_reading(old: Tree) -> None:
    """The server's clock has gone back: what it writes now looks older than the mark."""
    old.modify(f"uid=ada,{old.base}", {"givenName": "Ada"})
    first = read(source(table(old)))
    assert again(old, moved(first.mark, position=3600)).is_whole


def test_an_entry_from_the_future_moves_no_mark(old: Tree) -> None:
    old.backdate(f"uid=ada,{old.base}", f"{now() + timedelta(days=1):%Y%m%d%H%M%S}Z")
    first = read(source(table(old)))
    assert not again(old, first.mark).is_whole


def test_a_reading_goes_back_by_as_long_as_the_last_one_took() -> None:
    """Who was read at its beginning and changed meanwhile is not seen by it."""
    began, ended = 5.0, 105.0
    changed = datetime(2026, 1, 1, 12, 0, 0, tzinfo=UTC)
    times = Times("", "modifyTimestamp", changed, iter([began, ended]).__next__)
    times.saw(Found(b"", {"modifytimestamp": [b"20260101120000Z"]}))
    times.saw(Found(b"", {"modifytimestamp": [b"20250101120000Z"]}))
    assert times.position() == int(changed.timestamp()) - 100


def test_where_no_time_of_a_change_is_to_be_seen_there_is_no_mark() -> None:
    times = Times("", "modifyTimestamp", now())
    assert times.position() is None
    for value in (b"", b"\xff", b"yesterday", b"20261301000000Z"):
        times.saw(Found(b"", {"modifytimestamp": [value]}))
        assert times.position() is None


@pytest.mark.parametrize(
    "groups", [{"nested": "flatten"}, {"by": "memberOf"}, {"members": ["member", "memberUID"]}]
)
def test_where_a_membership_stands_elsewhere_all_groups_come(
    old: Tree, groups: dict[str, Any]
) -> None:
    first = read(source(table(old, groups=groups)))
    later = moved(first.mark, position=2 * OVERLAP.seconds)
    second = again(old, later, groups=groups)
    assert (second.is_whole, second.users, len(second.groups)) == (False, [], 2)


def test_where_a_mapping_reads_what_changes_without_the_entry_all_of_its_kind_come(
    old: Tree,
) -> None:
    """The server writes it, and leaves the time of the last change."""
    names = {**NAMES, "User": NAMES["User"] | {"memberof"}}
    first = read(source(table(old), names))
    later = moved(first.mark, position=2 * OVERLAP.seconds)
    old.modify(f"cn=staff,{old.base}", {"member": [f"uid=bob,{old.base}"]})
    second = read(source(table(old), names), Asked(later))
    assert (second.is_whole, len(second.groups)) == (False, 1)
    assert "memberof" not in second.user("ada").values
    assert set(second.user("bob").values["memberof"]) == {
        f"cn={name},{old.base}" for name in ("staff", "board")
    }


@pytest.mark.parametrize("name", ["memberOf", "isMemberOf", "nsRole", "directReports"])
def test_back_links_are_known_by_any_spelling(old: Tree, name: str) -> None:
    names = {"User": frozenset({"uid", name.upper()}), "Group": frozenset({"cn"})}
    first = read(source(table(old), names))
    later = moved(first.mark, position=2 * OVERLAP.seconds)
    second = read(source(table(old), names), Asked(later))
    assert (second.is_whole, second.uids, second.groups) == (False, ["ada", "bob"], [])


def test_who_moves_between_two_bases_while_they_are_read_is_present(old: Tree) -> None:
    first, second = (
        old.add(f"ou={name},{old.base}", {"objectClass": "organizationalUnit"})
        for name in ("staff", "guests")
    )
    person = {"objectClass": "inetOrgPerson", "cn": "x", "sn": "x"}
    old.add(f"uid=eve,{first}", person)
    gus = old.add(f"uid=gus,{second}", person)
    given = table(old, users={"base": [first, second]})
    with source(given).reading(Asked()) as reading:
        users = reading.entries("User")
        [eve] = entries([next(users)])
        old.rename(gus, "uid=gus", first)
        assert list(users) == []
        [missed] = {*(reading.present("User") or ())} - {eve.id}
        [gus_too] = entries(list(reading.entries_of("User", [missed])))
        assert list(gus_too.values["uid"]) == ["gus"]


def test_entries_can_be_asked_for_by_their_ids(old: Tree) -> None:
    first = read(source(table(old)))
    ids = [first.user("bob").id, "no such id", "*"]
    with source(table(old)).reading(Asked(first.mark)) as reading:
        assert [each.id for each in reading.entries_of("User", ids)] == ids[:1]
        assert list(reading.entries_of("User", [])) == []


@pytest.mark.parametrize("groups", [{}, {"nested": "flatten"}, {"by": "memberOf"}])
def test_a_group_that_is_asked_for_by_its_id_has_its_members(
    old: Tree, groups: dict[str, str]
) -> None:
    given = table(old, groups=groups)
    [staff] = [each for each in entries(read(source(given)).groups) if "staff" in each.name]
    with source(given).reading(Asked()) as reading:
        [again] = entries(list(reading.entries_of("Group", {staff.id})))
    assert again == staff
    assert again.members == (f"uid=ada,{old.base}",)
