"""What a resource of another SCIM server says, as an entry."""

import json
from typing import Any

import pytest

from scim_server.sync.entries import Entry, Unreadable
from scim_server.sync.scim.resources import entry
from tests.application import ENTERPRISE, USER

URL = "https://other.example.com/scim/v2/Users"
OTHER = "urn:example:params:scim:schemas:extension:pass:1.0:User"


def read(resource: Any, kind: str = "User") -> Entry:
    found = entry(kind, URL, resource)
    assert isinstance(found, Entry), found
    return found


def user(**attributes: Any) -> dict[str, Any]:
    return {"schemas": [USER], "id": "2819c223", "userName": "bjensen", **attributes}


def test_its_id_is_what_others_refer_to_it_by() -> None:
    found = read(user())
    assert (found.kind, found.id, found.name) == ("User", "2819c223", "2819c223")
    assert found.place == f"{URL}/2819c223"


def test_the_document_is_as_it_came_but_for_what_this_directory_has_of_its_own() -> None:
    given = user(meta={"version": "1"}, groups=[{"value": "g"}], name={"givenName": "Barbara"})
    assert read(given).document == {
        "schemas": [USER],
        "userName": "bjensen",
        "name": {"givenName": "Barbara"},
    }


@pytest.mark.parametrize(
    ("told", "active"),
    [
        ({"active": True}, True),
        ({"active": False}, False),
        ({"active": "False"}, False),
        ({"ACTIVE": "true"}, True),
        ({"active": None}, None),
        ({}, None),
    ],
)
def test_it_is_active_or_not_or_does_not_say(told: dict[str, Any], active: bool | None) -> None:
    assert read(user(**told)).active is active


def test_a_group_has_the_members_that_are_told_once_each() -> None:
    members = [{"value": "a", "type": "User"}, {"value": "g", "type": "Group"}, {"VALUE": "a"}]
    assert read({"id": "1", "members": members}, "Group").members == ("a", "g")


@pytest.mark.parametrize("told", [{}, {"members": None}, {"members": []}])
def test_a_group_without_members_is_an_empty_one(told: dict[str, Any]) -> None:
    assert read({"id": "1", **told}, "Group").members == ()


def test_a_user_has_no_members() -> None:
    assert read(user(members=[{"value": "a"}])).members is None


def test_expressions_find_its_texts_by_name() -> None:
    given = user(
        name={"givenName": "Barbara", "familyName": ""},
        active=True,
        emails=[
            {"value": "b@work", "type": "work", "primary": True},
            {"value": "b2@work", "type": "work"},
            {"value": "b@home", "type": "Home"},
        ],
        level=3,
    )
    assert read(given).values == {
        "id": ["2819c223"],
        "schemas": [USER],
        "username": ["bjensen"],
        "name.givenname": ["Barbara"],
        "active": ["true"],
        "emails.value": ["b@work", "b2@work", "b@home"],
        "emails.type": ["work", "work", "Home"],
        "emails.primary": ["true"],
        "emails.work.value": ["b@work"],
        "emails.work.type": ["work"],
        "emails.work.primary": ["true"],
        "emails.home.value": ["b@home"],
        "emails.home.type": ["Home"],
        "level": ["3"],
    }


def test_what_an_extension_says_has_a_long_name_and_a_short_one() -> None:
    values = read(user(**{ENTERPRISE: {"department": "Tours", "manager": {"value": "m"}}})).values
    urn = ENTERPRISE.lower()
    assert values[f"{urn}:department"] == values["department"] == ["Tours"]
    assert values[f"{urn}:manager.value"] == values["manager.value"] == ["m"]


def test_a_short_name_that_two_could_mean_means_neither() -> None:
    given = user(**{ENTERPRISE: {"number": "1", "userName": "x"}, OTHER: {"number": "2"}})
    values = read(given).values
    assert "number" not in values
    assert values["username"] == ["bjensen"]
    assert values[f"{OTHER.lower()}:number"] == ["2"]


@pytest.mark.parametrize(
    "resource",
    [None, "x", [], {}, {"id": ""}, {"id": 7}, {"id": "\0"}, {"id": "\ud800"}, {"id": "x" * 1001}],
)
def test_nobody_can_tell_who_has_no_id(resource: Any) -> None:
    found = entry("User", URL, resource)
    assert isinstance(found, Unreadable)
    assert found.id is None


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"active": "perhaps"}, '"active" is neither'),
        ({"active": 1}, '"active" is neither'),
        ({"members": {"value": "a"}}, '"members" is no array'),
        ({"members": ["a"]}, '"members" holds'),
        ({"members": [{"value": ""}]}, '"members" holds'),
        ({"members": [{"value": "\0"}]}, '"members" holds'),
        ({"members": [{"value": "\ud800"}]}, '"members" holds'),
        ({"x": json.loads("[" * 500 + "]" * 500)}, "nested deeper than 10"),
    ],
)
def test_what_makes_no_sense_is_told_and_the_entry_is_known(told: Any, why: str) -> None:
    found = entry("Group", URL, {"id": "1", **told})
    assert isinstance(found, Unreadable)
    assert found.id == "1"
    assert why in found.why
