"""Who is in a group: said at the group, at the user, by DN, by uid, or through other groups."""

from typing import Any

import pytest

from scim_server.sync.entries import Asked, Entry, SourceFault, Unreadable
from scim_server.sync.ldap.members import flattened, turned
from scim_server.sync.ldap.search import Found
from tests.ldap.slapd import Tree
from tests.sync.directories import Pass, read, source, table


@pytest.fixture
def staff(tree: Tree) -> Tree:
    """Ada and Bob are staff; board has Ada, and staff as a group."""
    people = [tree.person(uid) for uid in ("ada", "bob", "eve")]
    inner = tree.group("staff", *people[:2])
    tree.group("board", people[0], inner)
    return tree


def groups(tree: Tree, **more: Any) -> Pass:
    return read(source(table(tree, groups=more)))


def test_members_are_named_as_their_entries_are(staff: Tree) -> None:
    found = groups(staff)
    [group] = [each for each in found.groups if isinstance(each, Entry) if "staff" in each.name[:9]]
    assert group.members == (found.user("ada").name, found.user("bob").name)
    assert group.active is None


def test_a_group_in_a_group_stays_one(staff: Tree) -> None:
    assert groups(staff).members("board") == ["staff", "ada"]


def test_a_flattened_group_has_the_people_of_the_groups_in_it(staff: Tree) -> None:
    found = groups(staff, nested="flatten")
    assert (found.members("board"), found.members("staff")) == (["ada", "bob"], ["ada", "bob"])


def test_groups_that_hold_each_other_are_flattened_as_well(staff: Tree) -> None:
    staff.modify(
        f"cn=staff,{staff.base}", {"member": [f"cn=board,{staff.base}", f"uid=eve,{staff.base}"]}
    )
    found = groups(staff, nested="flatten")
    assert (found.members("board"), found.members("staff")) == (["ada", "eve"], ["ada", "eve"])


def test_what_an_unreadable_group_holds_is_missed_in_the_outer_one() -> None:
    inner = Unreadable("Group", "cn=Inner,dc=x", "why", "1")
    outer = Entry("Group", "2", "cn=outer,dc=x", "", {}, members=("cn=inner,dc=x",))
    other = Entry("Group", "3", "cn=other,dc=x", "", {}, members=("uid=a,dc=x",))
    assert list(flattened([inner, outer, other])) == [
        inner,
        Unreadable("Group", "", "has a group in it that cannot be read", "2"),
        other,
    ]


@pytest.mark.parametrize(
    "user",
    [
        Found(b"cn=\xff", {}),
        Found(b"cn=x", {"memberof": [b"\xff"]}),
        Found(b"cn=x", {"memberof": [b"cn=y"]}, broken="memberof"),
    ],
)
def test_where_one_user_cannot_be_read_nobody_leaves_a_group(user: Found) -> None:
    with pytest.raises(SourceFault, match="the memberof of a user"):
        turned([user], "memberof")


def test_membership_can_stand_at_the_users_alone(staff: Tree) -> None:
    found = groups(staff, by="memberOf")
    assert (found.members("board"), found.members("staff")) == (["ada"], ["ada", "bob"])


def test_unique_members_count_with_their_optional_uid(tree: Tree) -> None:
    ada = tree.person("ada")
    unique = {"objectClass": "groupOfUniqueNames", "uniqueMember": f"{ada}#'0101'B"}
    tree.add(f"cn=staff,{tree.base}", unique)
    assert groups(tree).members("staff") == ["ada"]


def test_posix_groups_name_their_members_by_uid(tree: Tree) -> None:
    tree.person("ada")
    tree.person("bob")
    posix = {"objectClass": "posixGroup", "gidNumber": "1", "memberUid": ["ADA", "gone"]}
    tree.add(f"cn=staff,{tree.base}", posix)
    found = groups(tree, filter="(objectClass=posixGroup)", members="memberUid")
    assert found.members("staff") == ["", "ada"]
    [group] = found.groups
    assert isinstance(group, Entry)
    assert group.members == ("gone", found.user("ada").name)


def test_a_uid_that_two_have_stands_for_neither(tree: Tree) -> None:
    for name in ("one", "two"):
        tree.add(f"ou={name},{tree.base}", {"objectClass": "organizationalUnit"})
        person = {"objectClass": "inetOrgPerson", "cn": "x", "sn": "x"}
        tree.add(f"uid=ada,ou={name},{tree.base}", person)
    posix = {"objectClass": "posixGroup", "gidNumber": "1", "memberUid": "ada"}
    tree.add(f"cn=staff,{tree.base}", posix)
    found = groups(tree, filter="(objectClass=posixGroup)", members=["memberUid"])
    [group] = found.groups
    assert isinstance(group, Entry)
    assert group.members == ("ada",)


def test_a_group_without_members_has_none(tree: Tree) -> None:
    posix = {"objectClass": "posixGroup", "gidNumber": "1"}
    tree.add(f"cn=staff,{tree.base}", posix)
    assert groups(tree, filter="(objectClass=posixGroup)").members("staff") == []


def test_the_users_of_a_base_that_is_gone_are_missed_by_groups_too(staff: Tree) -> None:
    users = {"base": f"ou=gone,{staff.base}"}
    given = table(staff, users=users, groups={"by": "memberOf"})
    with (
        source(given).reading(Asked()) as reading,
        pytest.raises(SourceFault, match="noSuchObject"),
    ):
        list(reading.entries("Group"))
