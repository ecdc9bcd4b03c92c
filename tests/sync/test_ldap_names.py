"""One entry has one name, however a directory spells it (RFC 4514); two entries have two."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scim_server.sync.ldap.names import is_below, name_of, rdns

SAME = [
    ["uid=ada,dc=example,dc=com", "UID=Ada, DC=Example , dc = com", "uid=ada;dc=example;dc=com"],
    [r"cn=Doe\, John,dc=x", r"CN=doe\2C john,DC=X", r"cn=Doe\2c\20John,dc=x"],
    ["cn=a  b,dc=x", "cn= A b ,dc=x", r"cn=\20a b\20,dc=x"],
    ["cn=a+sn=b,dc=x", "SN=B + cn=A,dc=x"],
    ["cn=Zoë,dc=x", r"cn=Zo\C3\AB,dc=x", "cn=Zoe\u0308,dc=x"],
    [r"cn=a\+b,dc=x", r"cn=a\2bb,dc=x"],
    [r"cn=a=b,dc=x", r"cn=a\=b,dc=x", r"cn=a\3db,dc=x"],
    ["cn=STRAßE ΟΔΟΣ,dc=x", "cn=straße οδοσ,dc=x"],
    [r"cn=back\\slash,dc=x", r"cn=back\5cslash,dc=x"],
    ["cn=x,dc=x", "cn=x,dc=x#'0101'B"],
    ["no name", "No  Name"],
]


@pytest.mark.parametrize("spellings", SAME)
def test_what_does_not_count_makes_no_difference(spellings: list[str]) -> None:
    assert len(set(map(name_of, spellings))) == 1


def test_what_counts_makes_one() -> None:
    assert len({name_of(spellings[0]) for spellings in SAME}) == len(SAME)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("cn=a,dc=b", r"cn=a\,dc=b"),
        ("cn=a+sn=b", r"cn=a\+sn=b"),
        ("cn=a,cn=b", "cn=b,cn=a"),
        (r"cn=a\\,dc=b", r"cn=a\5c\2cdc=b"),
        (r"cn=a\;cn=b", "cn=a;cn=b"),
        ("cn=a，cn=b", "cn=a,cn=b"),
    ],
)
def test_an_escaped_separator_separates_nothing(one: str, other: str) -> None:
    assert name_of(one) != name_of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("uid=strasse", "uid=straße"),
        ("uid=σας", "uid=σασ"),
        (r"cn=a\09b", "cn=a b"),
        (r"cn=a\fe", r"cn=a\ff"),
        (r"cn=a\ff", r"cn=a\5cff"),
    ],
)
def test_what_a_directory_tells_apart_has_two_names(one: str, other: str) -> None:
    """Whoever can choose one of them would otherwise be in the groups of the other."""
    assert name_of(one) != name_of(other)


def test_no_name_holds_what_a_database_does_not_take() -> None:
    assert name_of(r"cn=foo\00bar\ff,dc=x") == r"cn=foo\00bar\ff,dc=x"


@pytest.mark.parametrize("text", ["", "x", "=x", "cn", ",", "cn=a,,", "cn=a,", "\\", "cn=a\\"])
def test_what_is_no_name_has_no_parts(text: str) -> None:
    assert rdns(text) == []
    assert name_of(text) == " ".join(text.split())


@given(st.text("aA1f ,;+=\\\"#<>éßΣς，İﬁ\t\0'B"))
def test_a_name_is_its_own_name(text: str) -> None:
    whole = name_of(f"cn=x,{text}")
    assert name_of(whole) == whole


@given(st.lists(st.text("aA1 .=-'(@<~", max_size=6), min_size=1, max_size=3))
def test_a_plain_name_is_taken_as_it_is_taken_apart(values: list[str]) -> None:
    dn = ",".join(f"uid={value}" for value in values)
    assert name_of(dn) == ",".join(rdns(dn))


def test_a_long_text_is_looked_through_quickly() -> None:
    for text in ("cn=" + "a\\" * 10_000_000, "cn=a+" * 1_000_000, "\\," * 1_000_000):
        name_of(text)


@pytest.mark.parametrize(
    ("dn", "base", "is_so"),
    [
        ("uid=a,ou=b,dc=c", "OU=B, dc=c", True),
        ("ou=b,dc=c", "ou=b,dc=c", True),
        ("dc=c", "ou=b,dc=c", False),
        ("ou=bb,dc=c", "ou=b,dc=c", False),
        (r"cn=x\,ou=b,dc=c", "ou=b,dc=c", False),
    ],
)
def test_what_lies_below(dn: str, base: str, is_so: bool) -> None:
    assert is_below(dn, base) is is_so
