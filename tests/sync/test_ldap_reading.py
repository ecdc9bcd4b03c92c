"""What is read from an LDAP directory, against a real one."""

from base64 import b64encode

import pytest

from scim_server.sync.entries import Entry, SourceFault, Unreadable
from scim_server.sync.ldap.names import name_of
from tests.ldap.slapd import AD_SUFFIX, LIMITED, PAGED, Slapd, Tree
from tests.sync.directories import read, source, table


def unreadable(tree: Tree) -> Unreadable:
    [found] = read(source(table(tree))).users
    assert isinstance(found, Unreadable)
    return found


def test_a_user_is_what_the_mapping_asks_for(tree: Tree) -> None:
    dn = tree.person("ada", mail=["ada@example.com", "a@example.com"], title="not asked for")
    [found] = read(source(table(tree))).users
    assert isinstance(found, Entry)
    assert found.place == dn
    assert found.name == dn.casefold()
    assert len(found.id) == 36
    assert found.active is True
    assert found.members is None
    assert {name: list(values) for name, values in found.values.items()} == {
        "uid": ["ada"],
        "cn": ["Ada"],
        "mail": ["ada@example.com", "a@example.com"],
        "dn": [dn],
    }


def test_the_id_stays_where_the_name_changes(tree: Tree) -> None:
    dn = tree.person("ada")
    before = read(source(table(tree))).user("ada")
    tree.rename(dn, "uid=lovelace")
    after = read(source(table(tree))).user("lovelace")
    assert (after.id, after.name == before.name) == (before.id, False)


def test_who_refers_to_an_entry_names_it_as_it_names_itself(tree: Tree) -> None:
    boss = tree.person("boss")
    tree.person("ada", manager=boss.upper().replace(",", " ,  "))
    found = read(source(table(tree)))
    [manager] = found.user("ada").values["manager"]
    assert name_of(manager) == found.user("boss").name


def test_photos_come_as_base64(tree: Tree) -> None:
    tree.person("ada", jpegPhoto=b"\xff\xd8\x00\xff")
    found = read(source(table(tree))).user("ada")
    assert list(found.values["jpegphoto"]) == [b64encode(b"\xff\xd8\x00\xff").decode()]


def test_all_pages_come(tree: Tree) -> None:
    for number in range(25):
        tree.person(f"user{number:02}")
    found = read(source(table(tree, page_size=7)))
    assert found.uids == [f"user{number:02}" for number in range(25)]
    assert found.is_whole


def test_what_the_server_keeps_back_is_a_fault(tree: Tree) -> None:
    for number in range(11):
        tree.person(f"user{number}")
    with pytest.raises(SourceFault, match=r"sizeLimitExceeded.*size limit"):
        read(source(table(tree, bind=LIMITED, page_size=3)))


def test_pages_may_be_as_small_as_the_server_wants_them(tree: Tree) -> None:
    for number in range(25):
        tree.person(f"user{number}")
    assert len(read(source(table(tree, bind=PAGED, page_size=10))).users) == 25
    with pytest.raises(SourceFault, match="below ou="):
        read(source(table(tree, bind=PAGED, page_size=11)))


def test_a_base_that_is_gone_is_a_fault(tree: Tree) -> None:
    with pytest.raises(SourceFault, match=r"noSuchObject.*does not exist"):
        read(source(table(tree, base=f"ou=gone,{tree.base}")))


def test_users_come_from_several_bases_by_a_filter(tree: Tree) -> None:
    bases = [f"ou={name},{tree.base}" for name in ("staff", "guests")]
    for base in bases:
        tree.add(base, {"objectClass": "organizationalUnit"})
    below = tree.add(f"ou=below,{bases[0]}", {"objectClass": "organizationalUnit"})
    for uid, base in {"ada": bases[0], "bob": bases[1], "robot": bases[1], "deep": below}.items():
        tree.add(f"uid={uid},{base}", {"objectClass": "inetOrgPerson", "cn": "x", "sn": "x"})
    users = {"base": bases, "filter": "(&(uid=*)(!(uid=robot)))"}
    assert read(source(table(tree, users=users))).uids == ["ada", "bob", "deep"]
    assert read(source(table(tree, users={**users, "scope": "one"}))).uids == ["ada", "bob"]


def test_a_reference_to_another_server_is_a_fault_unless_it_is_said_to_be_none(tree: Tree) -> None:
    tree.person("ada")
    tree.add(
        f"ou=elsewhere,{tree.base}",
        {"objectClass": ["referral", "extensibleObject"], "ref": "ldap://far.example/ou=x,dc=far"},
    )
    with pytest.raises(SourceFault, match=r"refers to another server.*far\.example"):
        read(source(table(tree)))
    assert read(source(table(tree, referrals="ignore"))).uids == ["ada"]


def test_an_entry_without_an_id_lets_nobody_be_missed(tree: Tree) -> None:
    tree.person("ada")
    found = read(source(table(tree, users={"id": "employeeNumber"})))
    assert found.users == [
        Unreadable("User", f"uid=ada,{tree.base}", "has no employeenumber", None)
    ]
    assert found.present is None


def test_an_id_can_be_another_attribute(tree: Tree) -> None:
    tree.person("ada", employeeNumber="0017")
    found = read(source(table(tree, users={"id": "employeeNumber"})))
    assert found.present == [found.user("ada").id] == ["0017"]


def test_two_values_are_no_id(tree: Tree) -> None:
    tree.person("ada", mail=["a@example.com", "b@example.com"])
    found = read(source(table(tree, users={"id": "mail"})))
    assert [each.why for each in found.users if isinstance(each, Unreadable)] == [
        "has more than one mail"
    ]


@pytest.mark.parametrize(
    ("attributes", "why"),
    [
        ({"jpegPhoto": b"\xff" * (1024 * 1024 + 1)}, "jpegphoto has a value of more than 1048576"),
        ({"cn": [f"name {n}" for n in range(10_001)]}, "cn has more than 10000 values"),
        ({"givenName": "A\0da"}, "givenname has a NUL in it"),
    ],
)
def test_what_no_document_can_hold_leaves_the_entry_as_it_is(
    tree: Tree, attributes: dict[str, bytes], why: str
) -> None:
    tree.person("ada", **attributes)
    found = unreadable(tree)
    assert found.why.startswith(why)
    assert found.id


def test_octets_that_are_no_text_leave_the_entry_as_it_is(slapd_server: Slapd) -> None:
    corp = slapd_server.tree(AD_SUFFIX)
    dn = corp.account("ada", objectGUID=bytes(range(16)), logonHours=b"\xff\xfe")
    names = {"User": frozenset({"sAMAccountName", "logonHours"})}
    given = table(corp, dialect="active directory", users={"filter": "(objectClass=user)"})
    [found] = read(source(given, names)).users
    id = "03020100-0504-0706-0809-0a0b0c0d0e0f"
    assert found == Unreadable("User", dn, "logonhours is no text in UTF-8", id, True)
    [found] = read(source({**given, "binary": "logonHours"}, names)).users
    assert isinstance(found, Entry)
    assert list(found.values["logonhours"]) == ["//4="]


def test_nobody_reads_what_the_reader_may_not(tree: Tree) -> None:
    tree.person("ada", userPassword="secret")
    names = {"User": frozenset({"uid", "userPassword"})}
    assert "userpassword" not in read(source(table(tree), names)).user("ada").values


@pytest.mark.parametrize("name", ["no such", "", "a;b;c", "ü", "urn:x:y", "*", "1.1", "+"])
def test_an_attribute_that_nobody_has_is_left_out(tree: Tree, name: str) -> None:
    tree.person("ada")
    found = read(source(table(tree), {"User": frozenset({"uid", name})})).user("ada")
    assert set(found.values) == {"uid"}
