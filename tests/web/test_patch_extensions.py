"""PATCH: extensions and ``schemas`` (RFC 7644 §3.5.2, RFC 7643 §3.3)."""

from typing import Any

import pytest

from tests.application import ENTERPRISE, USER, Scim, error

BADGE = "urn:example:params:scim:schemas:extension:badge:1.0:User"
STAFF = {"employeeNumber": "7", "department": "R&D"}


def patched(scim: Scim, *operations: dict[str, Any]) -> dict[str, Any]:
    """A user of the enterprise after the operations."""
    id = scim.user(**{ENTERPRISE: STAFF})["id"]
    response = scim.patch(f"/Users/{id}", *operations)
    assert response.status_code == 200, response.text
    shown: dict[str, Any] = response.get_json(force=True)
    return shown


@pytest.mark.proves("PAT-011", "RES-005")
@pytest.mark.parametrize(
    "operation",
    [
        {"op": "add", "path": f"{BADGE}:number", "value": "1"},
        {"op": "add", "path": BADGE, "value": {"number": "1"}},
        {"op": "add", "value": {BADGE: {"number": "1"}}},
        {"op": "replace", "value": {BADGE: {"number": "1"}}},
    ],
)
def test_writing_an_extension_names_it_in_schemas(strict: Scim, operation: dict[str, Any]) -> None:
    shown = patched(strict, operation)
    assert shown[BADGE] == {"number": "1"}
    assert set(shown["schemas"]) == {USER, ENTERPRISE, BADGE}


@pytest.mark.proves("PAT-010", "PAT-011", "RES-005")
@pytest.mark.parametrize(
    "operations",
    [
        [{"op": "remove", "path": ENTERPRISE}],
        [{"op": "remove", "path": f"{ENTERPRISE}:{name}"} for name in STAFF],
        [{"op": "replace", "path": ENTERPRISE, "value": None}],
        [{"op": "replace", "value": {ENTERPRISE: dict.fromkeys(STAFF)}}],
    ],
)
def test_an_extension_goes_with_its_last_attribute(
    strict: Scim, operations: list[dict[str, Any]]
) -> None:
    shown = patched(strict, *operations)
    assert ENTERPRISE not in shown
    assert shown["schemas"] == [USER]


@pytest.mark.proves("PAT-010")
@pytest.mark.parametrize("op", ["add", "replace"])
def test_an_extension_keeps_what_is_not_named(strict: Scim, op: str) -> None:
    shown = patched(strict, {"op": op, "path": ENTERPRISE, "value": {"department": "Sales"}})
    assert shown[ENTERPRISE] == {"employeeNumber": "7", "department": "Sales"}


@pytest.mark.proves("PAT-012")
def test_the_base_schema_cannot_be_removed(strict: Scim) -> None:
    id = strict.user()["id"]
    for value in ([ENTERPRISE], []):
        operation = {"op": "replace", "path": "schemas", "value": value}
        assert error(strict.patch(f"/Users/{id}", operation)) == (400, "mutability")


@pytest.mark.proves("PAT-012")
def test_operations_after_one_on_schemas_see_it(strict: Scim) -> None:
    shown = patched(
        strict,
        {"op": "add", "path": "schemas", "value": [BADGE]},
        {"op": "add", "path": f"{BADGE}:number", "value": "2"},
        {"op": "remove", "path": f'schemas[value eq "{BADGE}"]'},
        {"op": "replace", "path": f"{BADGE}:number", "value": "3"},
    )
    assert shown[BADGE] == {"number": "3"}
    assert set(shown["schemas"]) == {USER, ENTERPRISE, BADGE}


def test_a_manager_is_replaced_and_removed(strict: Scim) -> None:
    boss = strict.user(displayName="Boss")
    id = strict.user()["id"]
    path = f"{ENTERPRISE}:manager"
    operation = {"op": "add", "path": path, "value": {"value": boss["id"]}}
    shown = strict.patch(f"/Users/{id}", operation).get_json(force=True)
    assert shown[ENTERPRISE]["manager"] == {
        "value": boss["id"],
        "$ref": boss["meta"]["location"],
        "displayName": "Boss",
    }
    shown = strict.patch(f"/Users/{id}", {"op": "remove", "path": path}).get_json(force=True)
    assert shown["schemas"] == [USER]
