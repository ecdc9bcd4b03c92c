"""What comes of an entry that no sound directory would hold: it is named, and left as it is."""

from datetime import UTC, datetime
from typing import Any

import pytest

from scim_server.sync.entries import Entry, Unreadable
from scim_server.sync.ldap.dialects import DIALECTS, recognised
from scim_server.sync.ldap.entries import BINARY, Reader
from scim_server.sync.ldap.search import Found

GUID = b"\1" * 16


def read(dn: bytes = b"cn=x", id: str = "entryuuid", **attributes: list[bytes]) -> Any:
    reader = Reader(
        "User",
        id,
        frozenset({"cn", "objectguid"}),
        BINARY,
        ["userAccountControl", "accountExpires"],
        [],
        datetime(2026, 1, 1, tzinfo=UTC),
    )
    return reader.entry(Found(dn, {"entryuuid": [b"1"], **attributes}))


@pytest.mark.parametrize(
    ("attributes", "why"),
    [
        ({"dn": b"cn=\xff"}, "its DN is no text in UTF-8"),
        ({"dn": b"cn=" + b"x" * 2000}, "its DN has more than 2000 octets"),
        ({"cn": [b"\xff"]}, "cn is no text in UTF-8"),
        ({"cn": [b"A\0"]}, "cn has a NUL in it"),
        ({"objectguid": [b"1"]}, "objectguid has not 16 octets"),
        ({"useraccountcontrol": [b"x"]}, "one of userAccountControl, accountExpires is no number"),
        ({"accountexpires": [b"\xff"]}, "accountExpires is no text in UTF-8"),
        ({"accountexpires": [b"9" * 5000]}, "one of userAccountControl, accountExpires"),
    ],
)
def test_an_entry_with_an_id_stays(attributes: dict[str, Any], why: str) -> None:
    found = read(**attributes)
    assert isinstance(found, Unreadable)
    assert found.why.startswith(why)
    assert found.id == "1"
    assert len(found.place) <= 2000


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ([], "has no entryuuid"),
        ([b"1", b"2"], "has more than one entryuuid"),
        ([b" "], "has an empty entryuuid"),
        ([b"x" * 501], "entryuuid has more than 500 octets"),
        ([b"\xff"], "entryuuid is no text in UTF-8"),
    ],
)
def test_an_entry_without_an_id_is_nobody(values: list[bytes], why: str) -> None:
    assert read(entryuuid=values) == Unreadable("User", "cn=x", why, None)


def test_empty_values_count_as_none() -> None:
    found = read(cn=[b""], objectguid=[GUID])
    assert isinstance(found, Entry)
    assert list(found.values) == ["objectguid"]


@pytest.mark.parametrize(
    ("root", "name"),
    [
        ({"objectclass": [b"top", b"OpenLDAProotDSE"]}, "openldap"),
        ({"vendorname": [b"389 Project"]}, "389ds"),
        ({"supportedcapabilities": [b"1.2.840.113556.1.4.800"]}, "active directory"),
    ],
)
def test_a_server_is_recognised_by_what_it_says_of_itself(
    root: dict[str, list[bytes]], name: str
) -> None:
    assert recognised(root) is DIALECTS[name]


@pytest.mark.parametrize("root", [{}, {"objectclass": [b"top"], "vendorname": [b"Somebody"]}])
def test_what_does_not_say_what_it_is_is_taken_for_nothing(root: dict[str, list[bytes]]) -> None:
    assert recognised(root) is None
