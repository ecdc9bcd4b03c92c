"""PATCH: what a path may be, and what it points at (RFC 7644 §3.5.2, Figure 7)."""

from typing import Any

import pytest

from tests.application import ENTERPRISE, USER, Scim, error

BADGE = "urn:example:params:scim:schemas:extension:badge:1.0:User"
DEVICE = "urn:example:params:scim:schemas:core:2.0:Device"
EMAILS = [
    {"type": "work", "value": "work@example.com"},
    {"type": "home", "value": "home@example.com"},
]


@pytest.mark.proves("PAT-007", "PAT-009", "ATT-001")
@pytest.mark.parametrize(
    ("path", "value", "shown"),
    [
        ("title", "Dr", ("title",)),
        ("TITLE", "Dr", ("title",)),
        ("name.givenName", "Ada", ("name", "givenName")),
        (f"{USER}:name.givenName", "Ada", ("name", "givenName")),
        (f"{USER.upper()}:Title", "Dr", ("title",)),
        (f"{ENTERPRISE}:department", "R&D", (ENTERPRISE, "department")),
        (f"{ENTERPRISE}:manager.value", "26118915", (ENTERPRISE, "manager", "value")),
        (f"{BADGE}:office.floor", 3, (BADGE, "office", "floor")),
    ],
)
def test_a_path_names_an_attribute_of_the_core_or_of_an_extension(
    strict: Scim, path: str, value: object, shown: tuple[str, ...]
) -> None:
    operation = {"op": "add", "path": path, "value": value}
    found = strict.patch(f"/Users/{strict.user()['id']}", operation).get_json(force=True)
    for name in shown:
        found = found[name]
    assert found == value


@pytest.mark.proves("PAT-007")
@pytest.mark.parametrize(
    "path",
    [
        'emails[type eq "work"].value',
        'emails[TYPE eq "WORK"].Value',
        'emails[type eq "work" and value sw "work"].value',
        'emails[not (type eq "home")].value',
        f'{USER}:emails[type eq "work"].value',
    ],
)
def test_a_path_selects_elements(strict: Scim, path: str) -> None:
    id = strict.user(emails=EMAILS)["id"]
    shown = strict.patch(f"/Users/{id}", {"op": "replace", "path": path, "value": "new@x.org"})
    assert [e["value"] for e in shown.get_json(force=True)["emails"]] == [
        "new@x.org",
        "home@example.com",
    ]


BAD_PATHS = [
    pytest.param("emails[", "invalidPath", marks=pytest.mark.proves("PAT-007")),
    pytest.param("foo", "invalidPath", marks=pytest.mark.proves("PAT-007")),
    pytest.param("name.foo", "invalidPath", marks=pytest.mark.proves("PAT-007")),
    pytest.param("name..givenName", "invalidPath", marks=pytest.mark.proves("PAT-007")),
    pytest.param("", "invalidPath", marks=pytest.mark.proves("PAT-007")),
    pytest.param("urn:example:nobody:title", "invalidPath", marks=pytest.mark.proves("PAT-007")),
    pytest.param('emails[type eq "work"].foo', "invalidPath", marks=pytest.mark.proves("PAT-007")),
    pytest.param('title[value eq "x"]', "invalidPath", marks=pytest.mark.proves("PAT-007")),
    pytest.param('emails[type zz "x"].value', "invalidFilter", marks=pytest.mark.proves("PAT-008")),
    pytest.param('emails[foo eq "x"].value', "invalidFilter", marks=pytest.mark.proves("PAT-008")),
]


@pytest.mark.parametrize(("path", "scim_type"), BAD_PATHS)
def test_a_malformed_or_unknown_path_is_refused(strict: Scim, path: str, scim_type: str) -> None:
    id = strict.user(emails=EMAILS)["id"]
    response = strict.patch(f"/Users/{id}", {"op": "replace", "path": path, "value": "x"})
    assert error(response) == (400, scim_type)


@pytest.mark.proves("PAT-014")
@pytest.mark.parametrize("path", ["emails[0]", "emails[0].value", "emails.0", "emails/0"])
def test_there_are_no_array_indexes(strict: Scim, path: str) -> None:
    id = strict.user(emails=EMAILS)["id"]
    status, scim_type = error(strict.patch(f"/Users/{id}", {"op": "remove", "path": path}))
    assert (status, scim_type in ("invalidPath", "invalidFilter")) == (400, True)
    assert len(strict.get(f"/Users/{id}").get_json(force=True)["emails"]) == 2


@pytest.mark.proves("PAT-013")
def test_the_values_of_a_simple_attribute_are_selected_by_value(strict: Scim) -> None:
    device = {
        "schemas": [DEVICE],
        "displayName": "Printer",
        "serialNumber": "1",
        "tags": ["a", "b"],
    }
    id = strict.post("/Devices", device).get_json(force=True)["id"]
    response = strict.patch(f"/Devices/{id}", {"op": "remove", "path": 'tags[value eq "a"]'})
    assert response.get_json(force=True)["tags"] == ["b"]


@pytest.mark.proves("PAT-013")
def test_a_bare_comparison_selects_an_extension_in_schemas(strict: Scim) -> None:
    id = strict.user(**{ENTERPRISE: {"department": "R&D"}})["id"]
    path = f'schemas eq "{ENTERPRISE}"'
    response = strict.patch(f"/Users/{id}", {"op": "remove", "path": path})
    assert response.status_code == 200


@pytest.mark.proves("PAT-016")
def test_what_a_read_only_key_says_anyway_is_no_change(strict: Scim) -> None:
    user = strict.user()
    value: dict[str, Any] = {"id": user["id"], "meta": user["meta"], "title": "Dr"}
    response = strict.patch(f"/Users/{user['id']}", {"op": "replace", "value": value})
    assert response.get_json(force=True)["title"] == "Dr"


@pytest.mark.proves("PAT-016")
def test_a_read_only_key_in_a_value_is_refused_to_the_strict_and_skipped_for_others(
    scim: Scim, strict: Scim
) -> None:
    operation = {"op": "replace", "value": {"id": "other", "title": "Dr"}}
    refused = strict.patch(f"/Users/{strict.user()['id']}", operation)
    assert error(refused) == (400, "mutability")
    user = scim.user()
    shown = scim.patch(f"/Users/{user['id']}", operation).get_json(force=True)
    assert (shown["id"], shown["title"]) == (user["id"], "Dr")
