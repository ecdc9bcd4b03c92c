"""Documents of sources that speak SCIM: taken as they are, with expressions over them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scim_server.protocol.errors import ScimError
from scim_server.protocol.schema import Document
from scim_server.sync.mapping.names import Name, referred, resolved
from tests.application import ACCOUNT, ENTERPRISE, GROUP, USER
from tests.sync.mapped import document, entry, sound

REMOTE: Document = {
    "schemas": [USER, ENTERPRISE, "urn:example:theirs"],
    "id": "2819c223",
    "externalId": "701984",
    "userName": "bjensen",
    "active": False,
    "password": "t1meMa$heen",
    "name": {"givenName": "Barbara", "familyName": "Jensen", "shoeSize": 38},
    "emails": [{"value": "bjensen@example.com", "type": "work", "primary": True, "verified": True}],
    "groups": [{"value": "e9e30dba"}],
    "meta": {"resourceType": "User"},
    "theirs": True,
    "urn:example:theirs": {"a": 1},
    ENTERPRISE.upper(): {
        "department": "Tours",
        "manager": {"value": "26118915", "$ref": "../Users/26118915", "displayName": "John"},
    },
    ACCOUNT: {"status": "Locked", "role": "Super Admin", "source": "HR", "folder": "/emea"},
}


def test_what_both_sides_know_is_taken() -> None:
    made = document("copy = true", {"uid": "bj"}, REMOTE)
    assert made == {
        "externalId": "701984",
        "name": {"givenName": "Barbara", "familyName": "Jensen"},
        "emails": [{"value": "bjensen@example.com", "type": "work", "primary": True}],
        ENTERPRISE: {"department": "Tours", "manager": {"value": Name("26118915")}},
        ACCOUNT: {"folder": "/emea"},
    }
    assert referred(made) == ("26118915",)
    assert resolved(made, {})[ENTERPRISE] == {"department": "Tours"}


def test_a_list_says_what_is_taken() -> None:
    written = f'copy = ["EMAILS", "{ENTERPRISE}:department"]'
    assert document(written, {"uid": "bj"}, REMOTE).keys() == {"emails", ENTERPRISE}
    assert sound(written).owned == ("emails", f"{ENTERPRISE}:department", "userName")


def test_expressions_come_before_what_is_taken() -> None:
    written = f"""
        copy = true
        externalId = "{{id}}"
        title = "{{title}}"
        "{ENTERPRISE}".department = "{{department|upper}}"
    """
    said = {"uid": "bj", "id": "2819c223", "department": "tours"}
    made = document(written, said, {**REMOTE, "title": "Guide"})
    assert made["externalId"] == "2819c223"
    assert "title" not in made
    assert made[ENTERPRISE] == {"department": "TOURS", "manager": {"value": Name("26118915")}}


def test_all_that_may_be_written_is_owned() -> None:
    owned = set(sound("copy = true").owned)
    assert {"userName", "emails", "roles", f"{ENTERPRISE}:manager", f"{ACCOUNT}:folder"} <= owned
    kept = {"id", "meta", "schemas", "groups", "password", "active"}
    kept |= {f"{ACCOUNT}:{name}" for name in ("status", "source", "role", "lastSignIn")}
    assert not kept & owned


def test_members_are_owned_and_no_part_of_a_document() -> None:
    mapped = sound("copy = true", "Group")
    group = {"schemas": [GROUP], "displayName": "Tours", "members": [{"value": "2819c223"}]}
    assert mapped.owned == ("displayName", "externalId", "members")
    assert mapped.document(entry({}, group)) == {"schemas": [GROUP], "displayName": "Tours"}


@pytest.mark.parametrize(
    "remote",
    [
        {"displayName": ["a"]},
        {"displayName": 1},
        {"displayName": "a\0b"},
        {"name": "Barbara"},
        {"name": {"givenName": {"first": "Barbara"}}},
        {"emails": "bjensen@example.com"},
        {"emails": [["bjensen@example.com"]]},
        {ENTERPRISE: {"manager": "26118915"}},
        {ENTERPRISE: {"manager": {"value": ["26118915"]}}},
    ],
)
def test_a_value_of_the_wrong_shape_is_told(remote: Document) -> None:
    with pytest.raises(ScimError) as fault:
        document("copy = true", {"uid": "bj"}, remote)
    assert str(fault.value).startswith('"')


@pytest.mark.parametrize(
    "remote",
    [
        {"displayName": None, "emails": [], "name": {}},
        {ENTERPRISE: None},
        {ENTERPRISE: []},
        {ENTERPRISE: {"manager": {"displayName": "nobody"}}},
        {ENTERPRISE: {"manager": {"value": ""}}},
    ],
)
def test_what_says_nothing_is_left_out(remote: Document) -> None:
    made = document("copy = true", {"uid": "bj"}, remote)
    assert resolved(made, {}) in ({}, {ENTERPRISE: {}})


def nested(depth: int) -> Any:
    value: Any = "x"
    for _ in range(depth):
        value = [value]
    return value


def test_what_is_nested_deeply_is_told() -> None:
    for name in ("displayName", "emails", "name"):
        with pytest.raises(ScimError):
            document("copy = true", {"uid": "bj"}, {name: nested(5000)})


NAMES = st.sampled_from([*REMOTE, "displayName", "value", "type", "manager", "givenName", "x"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
)


@given(st.dictionaries(NAMES, JSON, max_size=6))
def test_any_document_is_taken_or_told(remote: Document) -> None:
    try:
        made = sound("copy = true").document(entry({"uid": "bj"}, remote))
    except ScimError as fault:
        assert fault.detail
    else:
        assert made["userName"] == "bj" and not referred(resolved(made, {}))
