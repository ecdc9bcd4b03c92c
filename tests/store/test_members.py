"""What a group's members may be, and what one change of them does."""

import pytest

from scim_server.directory.ports import MemberDelta
from scim_server.protocol.bind import bind_within
from scim_server.protocol.errors import InvalidValue
from scim_server.protocol.filter import parse_path
from tests.store.shelf import Shelf


def test_members_are_listed_in_the_order_of_their_creation(shelf: Shelf) -> None:
    one, two, three = (shelf.user() for _ in range(3))
    assert shelf.members(shelf.group(three, one, two)) == [one.id, two.id, three.id]


def test_users_and_groups_can_be_members(shelf: Shelf) -> None:
    user, group = shelf.user(), shelf.group()
    assert shelf.members(shelf.group(user, group)) == [user.id, group.id]


def test_a_member_is_told_with_its_kind_and_name(shelf: Shelf) -> None:
    group = shelf.group(shelf.user(displayName="Ada"), shelf.group(name="Staff"))
    shown = shelf.read(lambda r: [(m.kind, m.display) for _, m in r.members([group])])
    assert shown == [("User", "Ada"), ("Group", "Staff")]


def test_members_of_several_groups_come_in_the_order_of_the_groups(shelf: Shelf) -> None:
    user = shelf.user()
    one, two, none = shelf.group(user), shelf.group(user), shelf.group()
    keys = shelf.read(lambda r: [key for key, _ in r.members([two, none, one])])
    assert keys == [two.key, one.key]


def test_no_more_members_than_asked_for_are_read(shelf: Shelf) -> None:
    group = shelf.group(*(shelf.user() for _ in range(3)))
    assert shelf.read(lambda r: len(list(r.members([group], 2)))) == 2


def test_only_new_members_count_as_added(shelf: Shelf) -> None:
    old, new = shelf.user(), shelf.user()
    group = shelf.group(old)
    assert shelf.add(group, old.id, new.id, new.id) == MemberDelta(added=(new.id,))


def test_adding_nobody_changes_nothing(shelf: Shelf) -> None:
    assert not shelf.add(shelf.group(), *())


def test_unknown_members_are_named(shelf: Shelf) -> None:
    group, user = shelf.group(), shelf.user()
    with pytest.raises(InvalidValue, match='"nobody-1", "nobody-2"'):
        shelf.add(group, "nobody-2", user.id, "nobody-1")
    assert shelf.members(group) == []


def test_a_kind_that_members_may_not_be_is_refused(shelf: Shelf) -> None:
    [device] = shelf.insert(shelf.new(shelf.kinds["Device"], serialNumber="1"))
    with pytest.raises(InvalidValue, match=device.id):
        shelf.add(shelf.group(), device.id)


def test_only_members_count_as_removed(shelf: Shelf) -> None:
    member, stranger = shelf.user(), shelf.user()
    group = shelf.group(member)
    ids = [member.id, stranger.id, "nobody"]
    delta = shelf.write(lambda w: w.remove_members(group, ids))
    assert (delta, shelf.members(group)) == (MemberDelta(removed=(member.id,)), [])


def test_setting_members_writes_the_difference_only(shelf: Shelf) -> None:
    gone, stays, new = (shelf.user() for _ in range(3))
    group = shelf.group(gone, stays)
    delta = shelf.write(lambda w: w.set_members(group, [new.id, stays.id, new.id]))
    assert delta == MemberDelta((new.id,), (gone.id,))
    assert shelf.members(group) == [stays.id, new.id]


def test_setting_an_unknown_member_changes_nothing(shelf: Shelf) -> None:
    user = shelf.user()
    group = shelf.group(user)
    with pytest.raises(InvalidValue):
        shelf.write(lambda w: w.set_members(group, ["nobody"]))
    assert shelf.members(group) == [user.id]


def test_clearing_removes_every_member(shelf: Shelf) -> None:
    users = [shelf.user() for _ in range(3)]
    group = shelf.group(*users)
    delta = shelf.write(lambda w: w.remove_members_where(group, None))
    assert sorted(delta.removed) == sorted(user.id for user in users)
    assert shelf.members(group) == []


@pytest.mark.parametrize(
    ("filter", "stays"),
    [
        ('members[value eq "<ada>"]', ["bob", "staff"]),
        ('members[display eq "ADA"]', ["bob", "staff"]),
        ('members[type eq "User"]', ["staff"]),
        ('members[not (type eq "User")]', ["ada", "bob"]),
        ('members[$ref ew "/Users/<bob>"]', ["ada", "staff"]),
        ('members[type eq "Group" or display sw "b"]', ["ada"]),
        ('members[type eq "Group" and display sw "b"]', ["ada", "bob", "staff"]),
        ("members[display pr]", []),
    ],
)
def test_members_that_match_are_removed(shelf: Shelf, filter: str, stays: list[str]) -> None:
    ada, bob = shelf.user(displayName="Ada"), shelf.user(displayName="Bob")
    staff = shelf.group(name="staff")
    ids = {"ada": ada.id, "bob": bob.id, "staff": staff.id}
    target = parse_path(filter.replace("<ada>", ada.id).replace("<bob>", bob.id))
    path = shelf.groups.resolve(target.attribute)
    assert path is not None and target.filter is not None
    where = bind_within(shelf.groups, path, target.filter)
    group = shelf.group(ada, bob, staff)
    shelf.write(lambda w: w.remove_members_where(group, where))
    assert shelf.members(group) == [ids[name] for name in stays]


def test_many_thousand_members_come_and_go_at_once(shelf: Shelf) -> None:
    users = shelf.insert(*(shelf.new_user() for _ in range(2_500)))
    group, ids = shelf.group(), [user.id for user in users]
    assert len(shelf.add(group, *ids).added) == 2_500
    assert len(shelf.write(lambda w: w.set_members(group, ids[:3])).removed) == 2_497
    assert shelf.members(group) == ids[:3]


def test_a_group_cannot_be_its_own_member(shelf: Shelf) -> None:
    group = shelf.group()
    with pytest.raises(InvalidValue, match="contain itself"):
        shelf.add(group, group.id)


@pytest.mark.parametrize("depth", [1, 2, 10])
def test_a_group_cannot_contain_itself_through_others(shelf: Shelf, depth: int) -> None:
    lowest = top = shelf.group()
    for _ in range(depth):
        top = shelf.group(top)
    with pytest.raises(InvalidValue, match="contain itself"):
        shelf.add(lowest, top.id)


def test_a_group_can_be_reached_on_two_ways(shelf: Shelf) -> None:
    low = shelf.group()
    left, right = shelf.group(low), shelf.group(low)
    assert shelf.members(shelf.group(left, right)) == [left.id, right.id]


def test_a_deleted_member_is_in_no_group(shelf: Shelf) -> None:
    user = shelf.user()
    one, two = shelf.group(user), shelf.group(user)
    assert shelf.delete(user) == [one, two]
    assert (shelf.members(one), shelf.members(two)) == ([], [])


def test_a_deleted_group_is_in_no_members_relations(shelf: Shelf) -> None:
    user = shelf.user()
    assert shelf.delete(shelf.group(user)) == []
    assert shelf.relations(user).groups == ()
