"""What others say of a resource: the groups that it is in, and whom it refers to."""

from scim_server.directory.ports import Membership, Reference, Resource
from tests.application import ENTERPRISE
from tests.store.shelf import Shelf


def managed(shelf: Shelf, id: str) -> Resource:
    """A user with that manager."""
    return shelf.user(None, **{ENTERPRISE: {"manager": {"value": id}}})


def test_direct_groups_come_before_indirect_ones(shelf: Shelf) -> None:
    user = shelf.user()
    low = shelf.group(user, name="low")
    top = shelf.group(shelf.group(low, name="middle"), name="top")
    shown = [(each.display, each.direct) for each in shelf.relations(user).groups]
    assert shown[0] == ("low", True)
    assert sorted(shown[1:]) == [("middle", False), ("top", False)]
    assert shelf.relations(top).groups == ()


def test_a_group_that_is_both_counts_as_direct(shelf: Shelf) -> None:
    user = shelf.user()
    low = shelf.group(user, name="low")
    top = shelf.group(low, user, name="top")
    assert sorted(shelf.relations(user).groups, key=lambda each: each.group) == [
        Membership(low.id, "Group", "low", True),
        Membership(top.id, "Group", "top", True),
    ]


def test_a_group_on_two_ways_is_told_once(shelf: Shelf) -> None:
    user = shelf.user()
    low = shelf.group(user)
    top = shelf.group(shelf.group(low), shelf.group(low))
    assert [each.group for each in shelf.relations(user).groups].count(top.id) == 1


def test_leaving_the_lower_group_leaves_the_upper_one_too(shelf: Shelf) -> None:
    user = shelf.user()
    low = shelf.group(user)
    shelf.group(low)
    shelf.write(lambda writer: writer.remove_members(low, [user.id]))
    assert shelf.relations(user).groups == ()


def test_filters_find_indirect_members(shelf: Shelf) -> None:
    user, stranger = shelf.user(), shelf.user()
    top = shelf.group(shelf.group(user))
    assert shelf.found(f'groups.value eq "{top.id}"') == [user.id]
    assert shelf.found(f'groups[value eq "{top.id}" and type eq "indirect"]') == [user.id]
    assert shelf.found(f'groups[value eq "{top.id}" and type eq "direct"]') == []
    assert shelf.found("not (groups pr)") == [stranger.id]


def test_two_conditions_on_groups_may_mean_two_groups(shelf: Shelf) -> None:
    user = shelf.user()
    one, two = shelf.group(user), shelf.group(user)
    both = f'groups.value eq "{one.id}" and groups.value eq "{two.id}"'
    assert shelf.found(both) == [user.id]


def test_a_reference_tells_whom_it_names(shelf: Shelf) -> None:
    boss = shelf.user("boss", displayName="The Boss")
    user = managed(shelf, boss.id)
    assert shelf.relations(user).references == {boss.id: Reference(boss.id, "User", "The Boss")}


def test_a_reference_to_nobody_tells_nothing(shelf: Shelf) -> None:
    assert shelf.relations(managed(shelf, "nobody")).references == {}


def test_filters_find_what_a_reference_shows_today(shelf: Shelf) -> None:
    boss = shelf.user("boss", displayName="Old")
    user = managed(shelf, boss.id)
    shelf.update(boss, displayName="New")
    assert shelf.found(f'{ENTERPRISE}:manager.displayName eq "new"') == [user.id]
    assert shelf.found(f'{ENTERPRISE}:manager.displayName eq "old"') == []
    assert shelf.found(f'{ENTERPRISE}:manager.$ref ew "/Users/{boss.id}"') == [user.id]


def test_a_reference_to_one_that_is_gone_shows_nothing(shelf: Shelf) -> None:
    boss = shelf.user("boss")
    user = managed(shelf, boss.id)
    shelf.delete(boss)
    assert shelf.relations(user).references == {}
    assert shelf.found(f"{ENTERPRISE}:manager.displayName pr") == []


def test_the_relations_of_many_are_those_of_each(shelf: Shelf) -> None:
    users = [shelf.user() for _ in range(3)]
    group = shelf.group(*users[:2])
    found = shelf.read(lambda reader: reader.related([*users, group]))
    assert {key: [each.group for each in r.groups] for key, r in found.items()} == {
        users[0].key: [group.id],
        users[1].key: [group.id],
    }
