"""Queries over every resource type (RFC 7644 §3.4.2.1)."""

import pytest

from tests.application import Scim, error
from tests.web.pages import page, shown

proves = pytest.mark.proves


@pytest.fixture
def mixed(scim: Scim) -> Scim:
    """A user, a group of it, a device and a note."""
    user = scim.user(userName="ada", displayName="Ada")
    scim.group(user["id"], displayName="all")
    scim.post("/Devices", {"displayName": "lamp", "serialNumber": "1", "weight": 2})
    scim.post("/Notes", {"title": "remember"})
    return scim


def types(found: object) -> list[str]:
    """The resource type of each, as ``meta`` says."""
    assert isinstance(found, list)
    return [meta["resourceType"] for meta in found]


@proves("QRY-006")
@pytest.mark.parametrize("path", ["", "/"])
def test_the_base_url_lists_every_type(mixed: Scim, path: str) -> None:
    found = types(shown(mixed.get(path), "meta"))
    assert sorted(found) == ["Device", "Group", "Note", "User"]


@proves("QRY-006", "SCH-001")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('meta.resourceType eq "User"', ["User"]),
        ('meta.resourceType eq "user"', []),
        ('meta.resourceType eq "User" or meta.resourceType eq "Group"', ["User", "Group"]),
        ('meta.resourceType ne "User"', ["Group", "Device", "Note"]),
        ('meta.resourceType sw "No"', ["Note"]),
        ('schemas eq "urn:ietf:params:scim:schemas:core:2.0:Group"', ["Group"]),
        ('displayName sw "a"', ["User", "Group"]),
        ("id pr and meta.created pr", ["User", "Group", "Device", "Note"]),
    ],
)
def test_a_filter_narrows_it(mixed: Scim, text: str, expected: list[str]) -> None:
    assert types(shown(mixed.get("/", query={"filter": text}), "meta")) == expected
    assert types(shown(mixed.search("", filter=text), "meta")) == expected


@proves("QRY-008")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("userName pr", ["User"]),
        ('userName eq "ada"', ["User"]),
        ("title pr", ["Note"]),
        ("weight gt 1", ["Device"]),
        ("members pr", ["Group"]),
        ("not (userName pr)", ["Group", "Device", "Note"]),
        ('userName ne "ada"', ["Group", "Device", "Note"]),
        ('emails[type eq "work"] or displayName eq "all"', ["Group"]),
    ],
)
def test_an_attribute_that_a_type_lacks_has_no_value_there(
    mixed: Scim, text: str, expected: list[str]
) -> None:
    assert types(shown(mixed.get("/", query={"filter": text}), "meta")) == expected


def test_what_is_wrong_at_every_type_is_wrong_here_too(mixed: Scim) -> None:
    assert error(mixed.get("/", query={"filter": "userName eq"})) == (400, "invalidFilter")
    assert error(mixed.get("/", query={"filter": "active gt true"})) == (400, "invalidFilter")
    assert error(mixed.get("/", query={"sortBy": "nobodyHasThis"})) == (400, "invalidPath")


@pytest.mark.parametrize(
    "text", ["nobodyHasThis pr", 'not (nobodyHasThis eq "1")', 'userName pr or emails[typ eq "x"]']
)
def test_what_no_type_has_is_misspelt(mixed: Scim, text: str) -> None:
    assert error(mixed.get("/", query={"filter": text})) == (400, "invalidFilter")
    assert error(mixed.search("", filter=text)) == (400, "invalidFilter")


@proves("SRT-001", "SRT-006")
@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("ascending", ["User", "Group", "Device", "Note"]),
        ("descending", ["Note", "Device", "Group", "User"]),
    ],
)
def test_types_are_sorted_together(mixed: Scim, order: str, expected: list[str]) -> None:
    query = {"sortBy": "displayName", "sortOrder": order}
    assert types(shown(mixed.get("/", query=query), "meta")) == expected


def test_pages_go_across_types(mixed: Scim) -> None:
    pages = [page(mixed.get(f"/?count=1&startIndex={index}")) for index in range(1, 6)]
    found = [resource["id"] for each in pages for resource in each["Resources"]]
    assert len(set(found)) == 4
    assert [each["totalResults"] for each in pages] == [4] * 5


@proves("CUR-010", "CUR-021")
def test_a_cursor_walks_across_types(mixed: Scim) -> None:
    found: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        query = {"count": 1, "cursor": cursor, "sortBy": "displayName"}
        body = page(mixed.get("/", query=query))
        found += [resource["meta"]["resourceType"] for resource in body["Resources"]]
        cursor = body.get("nextCursor")
    assert found == ["User", "Group", "Device", "Note"]


def test_projection_is_each_types_own(mixed: Scim) -> None:
    body = page(mixed.get("/?attributes=userName,members.value,title"))
    keys = [resource.keys() - {"schemas", "id"} for resource in body["Resources"]]
    assert keys == [{"userName"}, {"members"}, {"serialNumber"}, {"title"}]
