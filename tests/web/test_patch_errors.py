"""PATCH: what is refused, with which scimType, and that a refusal changes nothing."""

from typing import Any

import pytest

from tests.application import MESSAGES, Scim, error

PATCH_OP = MESSAGES + "PatchOp"
TITLE = {"op": "add", "path": "title", "value": "Dr"}
DEVICE = "urn:example:params:scim:schemas:core:2.0:Device"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"Operations": [TITLE]}, marks=pytest.mark.proves("PAT-001")),
        pytest.param({"schemas": [MESSAGES + "BulkRequest"], "Operations": [TITLE]},
                     marks=pytest.mark.proves("PAT-001")),
        pytest.param({"schemas": [PATCH_OP]}, marks=pytest.mark.proves("PAT-002")),
        pytest.param({"schemas": [PATCH_OP], "Operations": []},
                     marks=pytest.mark.proves("PAT-002")),
        pytest.param({"schemas": [PATCH_OP], "Operations": TITLE},
                     marks=pytest.mark.proves("PAT-002")),
        *(pytest.param({"schemas": [PATCH_OP], "Operations": [{**TITLE, "op": op}]},
                       marks=pytest.mark.proves("PAT-003"))
          for op in ("move", "copy", "test", "", None, 1)),
    ],
)  # fmt: skip
def test_a_body_that_is_no_patch_is_refused(strict: Scim, body: dict[str, Any]) -> None:
    response = strict.send("PATCH", f"/Users/{strict.user()['id']}", body)
    assert error(response) == (400, "invalidSyntax")


REFUSED = [
    pytest.param({"op": "replace", "path": "id", "value": "x"}, "mutability",
                 marks=pytest.mark.proves("PAT-015", "ERR-005")),
    pytest.param({"op": "replace", "path": "meta.created", "value": "2020-01-01T00:00:00Z"},
                 "mutability", marks=pytest.mark.proves("PAT-015")),
    pytest.param({"op": "add", "path": "groups", "value": [{"value": "x"}]}, "mutability",
                 marks=pytest.mark.proves("PAT-015")),
    pytest.param({"op": "remove", "path": "meta"}, "mutability",
                 marks=pytest.mark.proves("PAT-030")),
    pytest.param({"op": "remove", "path": "userName"}, "mutability",
                 marks=pytest.mark.proves("PAT-030", "ERR-005")),
    pytest.param({"op": "replace", "path": "userName", "value": None}, "mutability",
                 marks=pytest.mark.proves("PAT-030", "PAT-037")),
    pytest.param({"op": "remove"}, "noTarget", marks=pytest.mark.proves("PAT-026", "ERR-005")),
    pytest.param({"op": "replace", "path": 'emails[type eq "none"].value', "value": "x@x.org"},
                 "noTarget", marks=pytest.mark.proves("PAT-036")),
    pytest.param({"op": "replace", "path": 'emails[type eq "none"]', "value": {"value": "x"}},
                 "noTarget", marks=pytest.mark.proves("PAT-036")),
    pytest.param({"op": "add", "path": 'emails[type eq "none"].value', "value": "x@x.org"},
                 "noTarget", marks=pytest.mark.proves("PAT-024")),
    pytest.param({"op": "add", "path": "title"}, "invalidValue",
                 marks=pytest.mark.proves("PAT-020")),
    pytest.param({"op": "add", "value": "Dr"}, "invalidValue",
                 marks=pytest.mark.proves("PAT-020")),
    pytest.param({"op": "replace", "path": "active", "value": "maybe"}, "invalidValue",
                 marks=pytest.mark.proves("PAT-038", "ERR-005")),
    pytest.param({"op": "replace", "path": "title", "value": {"a": 1}}, "invalidValue",
                 marks=pytest.mark.proves("PAT-038")),
    pytest.param({"op": "replace", "path": "title", "value": ["a", "b"]}, "invalidValue",
                 marks=pytest.mark.proves("PAT-038")),
    pytest.param({"op": "add", "path": "emails", "value": [None]}, "invalidValue",
                 marks=pytest.mark.proves("IOP-010")),
    pytest.param({"op": "replace", "path": "emails", "value": "x@x.org"}, "invalidValue",
                 marks=pytest.mark.proves("PAT-038")),
    pytest.param({"op": "add", "value": {"foo": "x"}}, "invalidSyntax"),
    pytest.param({"op": "replace", "path": "userName", "value": "ad\u200ba"}, "invalidValue"),
]  # fmt: skip


@pytest.mark.parametrize(("operation", "scim_type"), REFUSED)
def test_an_operation_that_cannot_be_is_refused_and_changes_nothing(
    strict: Scim, operation: dict[str, Any], scim_type: str
) -> None:
    id = strict.user(emails=[{"type": "work", "value": "w@x.org"}])["id"]
    before = strict.get(f"/Users/{id}").data
    response = strict.patch(f"/Users/{id}", {"op": "add", "path": "title", "value": "X"}, operation)
    assert error(response) == (400, scim_type)
    assert strict.get(f"/Users/{id}").data == before


@pytest.mark.proves("PAT-038")
def test_a_taken_name_is_a_conflict(strict: Scim) -> None:
    strict.user(userName="ada")
    operation = {"op": "replace", "path": "userName", "value": "ADA"}
    response = strict.patch(f"/Users/{strict.user()['id']}", operation)
    assert error(response) == (409, "uniqueness")


def test_a_change_of_case_of_ones_own_name_is_no_conflict(strict: Scim) -> None:
    id = strict.user(userName="ada")["id"]
    response = strict.patch(f"/Users/{id}", {"op": "replace", "path": "userName", "value": "ADA"})
    assert response.get_json(force=True)["userName"] == "ADA"
    assert strict.found("/Users", 'userName eq "ada"') == [id]


@pytest.mark.proves("PAT-039")
@pytest.mark.parametrize("id", ["ghost", "00000000-0000-0000-0000-000000000000"])
def test_an_unknown_resource_cannot_be_patched(strict: Scim, id: str) -> None:
    assert error(strict.patch(f"/Users/{id}", TITLE)) == (404, None)


def test_a_group_is_no_user(strict: Scim) -> None:
    assert error(strict.patch(f"/Users/{strict.group()['id']}", TITLE)) == (404, None)


@pytest.mark.proves("PAT-017")
@pytest.mark.parametrize(
    "operation",
    [
        {"op": "replace", "path": "purchaseOrder", "value": "2"},
        {"op": "add", "path": "purchaseOrder", "value": "2"},
        {"op": "add", "value": {"purchaseOrder": "2"}},
        {"op": "remove", "path": "purchaseOrder"},
        {"op": "replace", "path": "purchaseOrder", "value": None},
    ],
)
def test_an_immutable_value_can_be_added_once_and_then_stays(
    strict: Scim, operation: dict[str, Any]
) -> None:
    device = {"schemas": [DEVICE], "displayName": "Printer", "serialNumber": strict.name()}
    id = strict.post("/Devices", device).get_json(force=True)["id"]
    first = {"op": "add", "path": "purchaseOrder", "value": "1"}
    assert strict.patch(f"/Devices/{id}", first).status_code == 200
    assert strict.patch(f"/Devices/{id}", first).status_code == 200
    assert error(strict.patch(f"/Devices/{id}", operation)) == (400, "mutability")
    assert strict.get(f"/Devices/{id}").get_json(force=True)["purchaseOrder"] == "1"


@pytest.mark.parametrize(
    "operations",
    [
        [TITLE] * 1001,
        [{"op": "add", "path": "emails", "value": [{"value": "a"}] * 10_001}],
    ],
)
def test_too_many_operations_or_values_are_refused_before_any_work(
    scim: Scim, operations: list[dict[str, Any]]
) -> None:
    assert error(scim.patch(f"/Users/{scim.user()['id']}", *operations)) == (413, None)


@pytest.mark.proves("PAT-015")
def test_the_path_s_id_wins_over_one_in_a_body(scim: Scim) -> None:
    one, other = scim.user(), scim.user()
    operation = {"op": "replace", "value": {"id": other["id"], "title": "Dr"}}
    scim.patch(f"/Users/{one['id']}", operation)
    assert "title" not in scim.get(f"/Users/{other['id']}").get_json(force=True)
    assert scim.get(f"/Users/{one['id']}").get_json(force=True)["title"] == "Dr"
