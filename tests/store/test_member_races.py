"""Many writers on one group, and on its members: none loses what another did (rule 10)."""

from functools import partial

import pytest

from scim_server.directory.ports import MemberDelta, Resource
from scim_server.protocol.errors import InvalidValue
from tests.store.shelf import Shelf, at_once


def add(shelf: Shelf, group: Resource, *users: Resource) -> MemberDelta:
    """As the directory does it: the group is locked first."""
    with shelf.writing() as writer:
        locked = writer.lock(group.kind, group.id)
        return writer.add_members(locked, [user.id for user in users])


def remove(shelf: Shelf, group: Resource, user: Resource) -> MemberDelta:
    with shelf.writing() as writer:
        return writer.remove_members(writer.lock(group.kind, group.id), [user.id])


def delete(shelf: Shelf, resource: Resource) -> MemberDelta:
    with shelf.writing() as writer:
        writer.delete(writer.lock(resource.kind, resource.id))
    return MemberDelta()


def test_adds_and_removes_at_once_are_all_kept(shelf: Shelf) -> None:
    old = shelf.insert(*(shelf.new_user() for _ in range(12)))
    new = shelf.insert(*(shelf.new_user() for _ in range(12)))
    group = shelf.group(*old)
    acts = [partial(add, shelf, group, user) for user in new]
    acts += [partial(remove, shelf, group, user) for user in old]
    assert all(at_once(acts))
    assert shelf.members(group) == [user.id for user in new]


def test_of_ten_that_add_one_member_at_once_one_adds_it(shelf: Shelf) -> None:
    user, group = shelf.user(), shelf.group()
    outcomes = at_once([partial(add, shelf, group, user)] * 10)
    assert sorted(map(bool, outcomes)) == [False] * 9 + [True]
    assert shelf.members(group) == [user.id]


@pytest.mark.parametrize("_round", range(5))
def test_a_member_deleted_meanwhile_is_refused_or_gone(shelf: Shelf, _round: int) -> None:
    user = shelf.user()
    groups = [shelf.group() for _ in range(4)]
    acts = [partial(add, shelf, group, user) for group in groups]
    *added, deleted = at_once([*acts, partial(delete, shelf, user)])
    assert deleted == MemberDelta()
    assert all(isinstance(each, MemberDelta | InvalidValue) for each in added)
    assert [shelf.members(group) for group in groups] == [[]] * 4


@pytest.mark.parametrize("_round", range(3))
def test_groups_that_take_each_other_in_at_once_make_no_cycle(shelf: Shelf, _round: int) -> None:
    groups = [shelf.group() for _ in range(3)]
    following = [*groups[1:], groups[0]]
    acts = [partial(add, shelf, *pair) for pair in zip(groups, following, strict=True)]
    outcomes = at_once(acts)
    assert [type(each) for each in outcomes].count(InvalidValue) == 1
    assert sum(len(shelf.members(group)) for group in groups) == 2


def test_members_of_a_group_deleted_meanwhile_stay_alone(shelf: Shelf) -> None:
    group = shelf.group()
    users = shelf.insert(*(shelf.new_user() for _ in range(4)))
    acts = [partial(add, shelf, group, user) for user in users]
    outcomes = at_once([*acts, partial(delete, shelf, group)])
    assert outcomes[-1] == MemberDelta()
    assert [shelf.relations(user).groups for user in users] == [()] * 4
