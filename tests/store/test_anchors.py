"""What became of the entries of a source is found by their ids, their names and their resources."""

from dataclasses import replace
from random import Random
from typing import Any

import pytest

from scim_server.directory.accounts.lifecycle import Status
from scim_server.directory.ports import Resource
from scim_server.directory.sources.anchors import Known, Owner
from scim_server.store.sql import CHUNK
from tests.statements import watched
from tests.store.corp import CORP, HR, anchor, known, put, register
from tests.store.shelf import Shelf

LONG = "".join(Random(7).choices("abcdefghijklmnopqrstuvwxyzäöü", k=10_000))
"""No index row of PostgreSQL has room for it, not even compressed."""


@pytest.fixture
def corp(shelf: Shelf) -> Shelf:
    return register(shelf, CORP, HR)


def test_a_known_entry_tells_how_its_resource_stands(corp: Shelf) -> None:
    ada = corp.user()
    made = anchor(ada, "1", pending=2, left="2026-11-21T10:00:00", off=1)
    put(corp, made)
    assert known(corp, "1") == Known(made, ada.id, 1, Status.ACTIVE)
    group = corp.group()
    put(corp, anchor(group, "2"))
    assert known(corp, "2", kind="Group") == Known(anchor(group, "2"), group.id, 1, None)


def test_entries_are_told_apart_by_source_kind_and_tenant(corp: Shelf, other: Shelf) -> None:
    put(corp, anchor(corp.user(), "1"))
    assert known(corp, "2") is None
    assert known(corp, "1", source="hr") is None
    assert known(corp, "1", kind="Group") is None
    assert known(register(other, CORP), "1") is None
    group = corp.group()
    put(corp, anchor(group, "1"))
    told = known(corp, "1"), known(corp, "1", kind="Group")
    assert [each and each.anchor.kind for each in told] == ["User", "Group"]


def test_a_resource_that_somebody_else_changed_has_drifted(corp: Shelf) -> None:
    ada = corp.user()
    put(corp, anchor(ada, "1"))
    before = known(corp, "1")
    corp.update(ada, displayName="Ada")
    after = known(corp, "1")
    assert before and not before.drifted
    assert after and after.drifted and after.version == 2


def test_an_entry_is_changed_and_of_two_the_last_counts(corp: Shelf) -> None:
    ada = corp.user()
    first = anchor(ada, "1")
    second, third = replace(first, digest="b", pending=1), replace(first, digest="c", name="uid=a")
    put(corp, first)
    put(corp, second, third)
    told = known(corp, "1")
    assert told and told.anchor == third


def test_a_resource_belongs_to_one_entry_of_one_source(corp: Shelf) -> None:
    ada, bob = corp.user(), corp.user()
    put(corp, anchor(ada, "1"), anchor(bob, "2"))
    put(corp, anchor(ada, "1"), source="hr")
    assert known(corp, "1") is None and known(corp, "2") is not None
    put(corp, anchor(ada, "3"), source="hr")
    assert known(corp, "1", source="hr") is None
    put(corp, anchor(ada, "2"), anchor(bob, "4"))
    two, four = known(corp, "2"), known(corp, "4")
    assert two and four and (two.resource_id, four.resource_id) == (ada.id, bob.id)
    assert known(corp, "3", source="hr") is None


def test_an_entry_goes_with_its_resource(corp: Shelf) -> None:
    ada = corp.user()
    put(corp, anchor(ada, "1"))
    corp.delete(ada)
    assert known(corp, "1") is None
    put(corp, anchor(corp.user(), "1"))
    assert known(corp, "1") is not None


def test_long_ids_and_names_are_kept_whole_and_told_apart(corp: Shelf) -> None:
    users = [corp.user() for _ in range(2)]
    ids = [LONG + "1", LONG + "2"]
    put(corp, *(anchor(user, id) for user, id in zip(users, ids, strict=True)))
    for user, id in zip(users, ids, strict=True):
        assert known(corp, id) == Known(anchor(user, id), user.id, 1, Status.ACTIVE)
    names = {f"uid={id}": user.id for id, user in zip(ids, users, strict=True)}
    assert corp.read(lambda reader: reader.anchors.named("corp", list(names))) == names
    put(corp, anchor(users[0], ids[0], name="short"))
    assert corp.read(lambda reader: reader.anchors.named("corp", [*names, "short"])) == {
        f"uid={ids[1]}": users[1].id,
        "short": users[0].id,
    }


def test_names_refer_to_resources_of_every_kind_and_back(corp: Shelf) -> None:
    ada, staff, stranger = corp.user(), corp.group(), corp.user()
    put(corp, anchor(ada, "1"), anchor(staff, "2"))
    put(corp, anchor(stranger, "3"), source="hr")
    names = ["uid=1", "uid=2", "uid=3", "uid=4"]
    found = corp.read(lambda reader: reader.anchors.named("corp", names))
    assert found == {"uid=1": ada.id, "uid=2": staff.id}
    ids = [ada.id, staff.id, stranger.id, "nobody"]
    back = corp.read(lambda reader: reader.anchors.names_of("corp", ids))
    assert back == {ada.id: "uid=1", staff.id: "uid=2"}


@pytest.mark.parametrize("leaver", ["1", "2"])
def test_a_name_that_was_given_away_is_the_later_entry_s(corp: Shelf, leaver: str) -> None:
    users = {id: corp.user() for id in ("1", "2")}
    gone = {leaver: "2026-11-21T10:00:00"}
    put(corp, *(anchor(user, id, name="x", left=gone.get(id)) for id, user in users.items()))
    stayed = users["2" if leaver == "1" else "1"]
    assert corp.read(lambda reader: reader.anchors.named("corp", ["x"])) == {"x": stayed.id}


def test_names_in_more_than_one_parameter_are_all_found(corp: Shelf) -> None:
    users = {f"uid={at}": corp.user() for at in (0, CHUNK - 1, CHUNK, CHUNK + 1)}
    put(corp, *(anchor(user, name.removeprefix("uid=")) for name, user in users.items()))
    names = [f"uid={at}" for at in range(CHUNK + 2)]
    found = corp.read(lambda reader: reader.anchors.named("corp", names))
    assert found == {name: user.id for name, user in users.items()}


def test_unsettled_is_what_was_changed_or_waits_and_has_not_left(corp: Shelf) -> None:
    users = {id: corp.user() for id in ("fine", "changed", "waits", "left", LONG)}
    more: dict[str, Any] = {"waits": {"pending": 1}, "left": {"left": "2026-11-21T10:00:00"}}
    put(corp, *(anchor(user, id, **more.get(id, {})) for id, user in users.items()))
    for id in ("changed", "left", LONG):
        corp.update(users[id], displayName="Ada")
    found = corp.read(lambda reader: reader.anchors.unsettled("corp", "User"))
    assert sorted(found) == sorted(["changed", "waits", LONG])
    assert corp.read(lambda reader: reader.anchors.unsettled("corp", "Group")) == []


def test_unsettled_is_also_of_what_only_some_slices_are_written(corp: Shelf) -> None:
    put(corp, anchor(corp.group(), "fine"), anchor(corp.group(), "begun", digest=""))
    assert corp.read(lambda reader: reader.anchors.unsettled("corp", "Group")) == ["begun"]


def holding(shelf: Shelf, *members: Resource, source: str = "corp") -> set[str]:
    ids = [each.id for each in members]
    return set(shelf.read(lambda reader: reader.anchors.holding(source, "Group", ids)))


def test_what_has_somebody_as_a_member_is_found_in_one_source(corp: Shelf, other: Shelf) -> None:
    ada, bob, eve = (corp.user() for _ in range(3))
    within = corp.group(ada)
    for id, members in {"1": [ada, bob], "2": [bob], LONG: [within], "4": [eve]}.items():
        put(corp, anchor(corp.group(*members), id))
    put(corp, anchor(corp.group(ada), "5"), source="hr")
    corp.group(ada)
    assert holding(corp, ada) == {"1"}
    assert holding(corp, ada, source="hr") == {"5"}
    assert holding(corp, ada, bob, within) == {"1", "2", LONG}
    assert corp.read(lambda reader: reader.anchors.holding("corp", "User", [ada.id])) == []
    assert holding(register(other, CORP), ada) == set()


def test_what_has_somebody_as_a_member_is_unsettled_and_nothing_else(
    corp: Shelf, other: Shelf
) -> None:
    ada, bob = corp.user(), corp.user()
    put(corp, anchor(ada, "ada"), anchor(bob, "bob"))
    for id, members in {"1": [ada, bob], "2": [bob], "3": [ada]}.items():
        put(corp, anchor(corp.group(*members), id))
    put(corp, anchor(corp.group(ada), "4"), source="hr")
    register(other, CORP).write(lambda writer: writer.anchors.unsettle("corp", [ada.id]))

    def unsettled(source: str = "corp", kind: str = "Group") -> list[str]:
        return sorted(corp.read(lambda reader: reader.anchors.unsettled(source, kind)))

    assert unsettled() == []
    many = [ada.id, *(f"nobody-{number}" for number in range(CHUNK))]
    corp.write(lambda writer: writer.anchors.unsettle("corp", many))
    assert unsettled() == ["1", "3"]
    assert unsettled("hr") == unsettled(kind="User") == []


def test_every_entry_of_a_kind_stands_somewhere(corp: Shelf) -> None:
    users = [corp.user() for _ in range(3)]
    gone = replace(anchor(users[0], LONG), left="2026-11-21T10:00:00Z")
    put(corp, gone, *(anchor(user, user.id) for user in users[1:]), anchor(corp.group(), "9"))
    stands = corp.read(lambda reader: reader.anchors.stands("corp", "User"))
    assert stands == {LONG: False, users[1].id: True, users[2].id: True}


def test_some_of_every_kind_are_found_and_removed(corp: Shelf) -> None:
    ada, board, bob = corp.user(), corp.group(), corp.user()
    put(corp, anchor(ada, "1"), anchor(board, "1"))
    put(corp, anchor(bob, "1"), source="hr")
    found = corp.read(lambda reader: reader.anchors.some("corp", 9))
    assert {each.resource_id for each in found} == {ada.id, board.id}
    assert len(corp.read(lambda reader: reader.anchors.some("corp", 1))) == 1
    corp.write(lambda writer: writer.anchors.remove([ada.key, board.key]))
    assert corp.read(lambda reader: reader.anchors.some("corp", 9)) == []
    assert len(corp.read(lambda reader: reader.anchors.some("hr", 9))) == 1


def test_the_owner_is_the_source_with_the_anchor(corp: Shelf) -> None:
    ada, bob = corp.user(), corp.user()
    put(corp, anchor(ada, LONG))
    assert corp.read(lambda reader: reader.anchors.owner(ada.key)) == Owner(CORP, anchor(ada, LONG))
    assert corp.read(lambda reader: reader.anchors.owner(bob.key)) is None


@pytest.mark.parametrize("number", [2, 40])
def test_any_number_of_entries_takes_the_same_statements(corp: Shelf, number: int) -> None:
    users = corp.insert(*(corp.new_user() for _ in range(number)))
    anchors = [anchor(user, str(user.key)) for user in users]
    ids = [each.id for each in anchors]
    with watched(corp.application) as statements:
        put(corp, *anchors)
        put(corp, *(replace(each, digest="other") for each in anchors))
        assert len(statements) == 4
        statements.clear()
        corp.read(lambda reader: reader.anchors.known("corp", "User", ids))
        corp.read(lambda reader: reader.anchors.named("corp", ids))
        corp.read(lambda reader: reader.anchors.names_of("corp", ids))
        corp.read(lambda reader: reader.anchors.owner(users[0].key))
        assert len(statements) == 4
