"""What an event tells of a change."""

from typing import Any

import pytest

from scim_server.directory.diff import changed_paths
from scim_server.protocol.schema import Document
from tests.application import ENTERPRISE, USER
from tests.protocol.shipped import REGISTRY

KIND = REGISTRY.kinds["User"]
ADA: Document = {"schemas": [USER], "userName": "ada"}


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ({}, {}, {}),
        ({"title": "a"}, {"title": "a"}, {}),
        ({}, {"title": "a"}, {"title": {"after": "a"}}),
        ({"title": "a"}, {}, {"title": {"before": "a"}}),
        ({"title": "a"}, {"title": "b"}, {"title": {"before": "a", "after": "b"}}),
        ({"title": ""}, {}, {"title": {"before": ""}}),
        ({"active": False}, {"active": True}, {"active": {"before": False, "after": True}}),
        (
            {"name": {"givenName": "a", "familyName": "c"}},
            {"name": {"givenName": "b", "familyName": "c"}},
            {
                "name": {
                    "before": {"givenName": "a", "familyName": "c"},
                    "after": {"givenName": "b", "familyName": "c"},
                }
            },
        ),
        (
            {"emails": [{"value": "a"}, {"value": "b"}]},
            {"emails": [{"value": "a"}]},
            {"emails": {"before": [{"value": "a"}, {"value": "b"}], "after": [{"value": "a"}]}},
        ),
        (
            {},
            {ENTERPRISE: {"department": "a"}},
            {f"{ENTERPRISE}:department": {"after": "a"}},
        ),
        (
            {ENTERPRISE: {"department": "a", "division": "x"}},
            {ENTERPRISE: {"division": "x"}},
            {f"{ENTERPRISE}:department": {"before": "a"}},
        ),
    ],
)
def test_only_what_differs_is_told(before: Document, after: Document, told: dict[str, Any]) -> None:
    assert changed_paths(KIND, ADA | before, ADA | after) == told


def test_the_schemas_follow_from_the_rest_and_are_not_told() -> None:
    assert changed_paths(KIND, ADA, ADA | {"schemas": [USER, ENTERPRISE]}) == {}


def test_a_creation_tells_everything_and_a_deletion_takes_it_back() -> None:
    document = ADA | {"title": "a", ENTERPRISE: {"department": "b"}}
    made = changed_paths(KIND, {}, document)
    gone = changed_paths(KIND, document, {})
    assert list(made) == ["userName", "title", f"{ENTERPRISE}:department"]
    assert [side["before"] for side in gone.values()] == [side["after"] for side in made.values()]
