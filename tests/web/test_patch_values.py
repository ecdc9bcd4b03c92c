"""PATCH: what add, remove and replace make of values (RFC 7644 §3.5.2.1 to §3.5.2.3)."""

from typing import Any

import pytest
from sqlalchemy import update

from scim_server.store.models.resources import ResourceRow
from tests.application import MESSAGES, Scim, error

WORK = {"type": "work", "value": "work@example.com"}
HOME = {"type": "home", "value": "home@example.com"}
ADA = {
    "name": {"familyName": "Lovelace", "givenName": "Ada"},
    "title": "Countess",
    "emails": [WORK | {"primary": True}, HOME],
    "phoneNumbers": [{"type": "fax", "value": "1"}, {"type": "fax", "value": "2"}],
}
Operation = dict[str, Any]


def ada(scim: Scim, **more: Any) -> str:
    return str(scim.user(**ADA, **more)["id"])


def after(scim: Scim, id: str, *operations: Operation) -> dict[str, Any]:
    """What a GET shows once the operations are done; the PATCH itself must have shown the same."""
    response = scim.patch(f"/Users/{id}", *operations)
    assert response.status_code == 200, response.text
    shown: dict[str, Any] = scim.get(f"/Users/{id}").get_json(force=True)
    assert response.get_json(force=True) == shown
    return shown


SINGLE = [
    pytest.param({"op": "add", "path": "nickName", "value": "B"}, "nickName", "B",
                 marks=pytest.mark.proves("PAT-021")),
    pytest.param({"op": "add", "path": "title", "value": "Dr"}, "title", "Dr",
                 marks=pytest.mark.proves("PAT-021")),
    pytest.param({"op": "replace", "path": "title", "value": "Dr"}, "title", "Dr",
                 marks=pytest.mark.proves("PAT-032")),
    pytest.param({"op": "replace", "path": "nickName", "value": "B"}, "nickName", "B",
                 marks=pytest.mark.proves("PAT-034")),
    pytest.param({"op": "remove", "path": "title"}, "title", None,
                 marks=pytest.mark.proves("PAT-027")),
    pytest.param({"op": "remove", "path": "nickName"}, "nickName", None,
                 marks=pytest.mark.proves("PAT-029")),
    pytest.param({"op": "replace", "path": "title", "value": None}, "title", None,
                 marks=pytest.mark.proves("PAT-037")),
    pytest.param({"op": "replace", "value": {"nickName": "B"}}, "nickName", "B",
                 marks=pytest.mark.proves("PAT-031")),
    pytest.param({"op": "replace", "value": {"nickName": "B"}}, "title", "Countess",
                 marks=pytest.mark.proves("PAT-031")),
    pytest.param({"op": "add", "value": {"nickName": "B", "title": "Dr"}}, "title", "Dr",
                 marks=pytest.mark.proves("PAT-020")),
]  # fmt: skip


@pytest.mark.parametrize(("operation", "attribute", "value"), SINGLE)
def test_a_single_value_is_set_replaced_and_unassigned(
    scim: Scim, operation: Operation, attribute: str, value: object
) -> None:
    assert after(scim, ada(scim), operation).get(attribute) == value


COMPLEX = [
    pytest.param({"op": "add", "path": "name", "value": {"middleName": "J"}},
                 {"familyName": "Lovelace", "givenName": "Ada", "middleName": "J"},
                 marks=pytest.mark.proves("PAT-022")),
    pytest.param({"op": "replace", "path": "name", "value": {"givenName": "X"}},
                 {"familyName": "Lovelace", "givenName": "X"},
                 marks=pytest.mark.proves("PAT-033")),
    pytest.param({"op": "replace", "value": {"name": {"givenName": "X"}}},
                 {"familyName": "Lovelace", "givenName": "X"},
                 marks=pytest.mark.proves("PAT-033", "PAT-031")),
    pytest.param({"op": "replace", "path": "name.givenName", "value": "X"},
                 {"familyName": "Lovelace", "givenName": "X"}),
    pytest.param({"op": "remove", "path": "name.givenName"}, {"familyName": "Lovelace"},
                 marks=pytest.mark.proves("PAT-027")),
    pytest.param({"op": "replace", "path": "name", "value": {"givenName": None}},
                 {"familyName": "Lovelace"}, marks=pytest.mark.proves("PAT-037")),
    pytest.param({"op": "remove", "path": "name"}, None, marks=pytest.mark.proves("PAT-027")),
]  # fmt: skip


@pytest.mark.parametrize(("operation", "name"), COMPLEX)
def test_a_complex_value_keeps_what_is_not_mentioned(
    scim: Scim, operation: Operation, name: object
) -> None:
    assert after(scim, ada(scim), operation).get("name") == name


@pytest.mark.proves("PAT-022")
def test_adding_a_sub_attribute_makes_its_absent_parent(scim: Scim) -> None:
    bare = scim.user()["id"]
    operation = {"op": "add", "path": "name.familyName", "value": "Byron"}
    assert after(scim, bare, operation)["name"] == {"familyName": "Byron"}


PLAIN_WORK = WORK | {"primary": True}
OTHER = {"type": "other", "value": "other@example.com"}
MULTI = [
    pytest.param({"op": "add", "path": "emails", "value": [OTHER]}, [PLAIN_WORK, HOME, OTHER],
                 marks=pytest.mark.proves("PAT-021")),
    pytest.param({"op": "add", "path": "emails", "value": OTHER}, [PLAIN_WORK, HOME, OTHER],
                 marks=pytest.mark.proves("PAT-021")),
    pytest.param({"op": "add", "value": {"emails": [OTHER]}}, [PLAIN_WORK, HOME, OTHER],
                 marks=pytest.mark.proves("PAT-020")),
    pytest.param({"op": "add", "path": "emails", "value": [HOME]}, [PLAIN_WORK, HOME],
                 marks=pytest.mark.proves("PAT-023")),
    pytest.param({"op": "replace", "path": "emails", "value": [OTHER]}, [OTHER],
                 marks=pytest.mark.proves("PAT-032")),
    pytest.param({"op": "replace", "value": {"emails": [OTHER]}}, [OTHER],
                 marks=pytest.mark.proves("PAT-031")),
    pytest.param({"op": "replace", "path": "emails", "value": []}, None,
                 marks=pytest.mark.proves("PAT-037")),
    pytest.param({"op": "remove", "path": "emails"}, None, marks=pytest.mark.proves("PAT-027")),
    pytest.param({"op": "remove", "path": 'emails[type eq "home"]'}, [PLAIN_WORK],
                 marks=pytest.mark.proves("PAT-028")),
    pytest.param({"op": "remove", "path": "emails[value pr]"}, None,
                 marks=pytest.mark.proves("PAT-028")),
    pytest.param({"op": "remove", "path": 'emails[type eq "home"].type'},
                 [PLAIN_WORK, {"value": "home@example.com"}], marks=pytest.mark.proves("PAT-028")),
    pytest.param({"op": "remove", "path": 'emails[type eq "none"]'}, [PLAIN_WORK, HOME],
                 marks=pytest.mark.proves("PAT-029")),
    pytest.param({"op": "replace", "path": 'emails[type eq "home"]', "value": OTHER},
                 [PLAIN_WORK, OTHER], marks=pytest.mark.proves("PAT-035")),
    pytest.param({"op": "replace", "path": 'emails[type eq "home"].value', "value": "h@x.org"},
                 [PLAIN_WORK, HOME | {"value": "h@x.org"}], marks=pytest.mark.proves("PAT-035")),
    pytest.param({"op": "add", "path": 'emails[type eq "home"].display', "value": "H"},
                 [PLAIN_WORK, HOME | {"display": "H"}], marks=pytest.mark.proves("PAT-024")),
    pytest.param({"op": "add", "path": "emails", "value": [OTHER | {"primary": True}]},
                 [WORK | {"primary": False}, HOME, OTHER | {"primary": True}],
                 marks=pytest.mark.proves("PAT-018")),
    pytest.param({"op": "replace", "path": 'emails[type eq "home"].primary', "value": True},
                 [WORK | {"primary": False}, HOME | {"primary": True}],
                 marks=pytest.mark.proves("PAT-018")),
]  # fmt: skip


@pytest.mark.parametrize(("operation", "emails"), MULTI)
def test_elements_come_go_and_change(scim: Scim, operation: Operation, emails: object) -> None:
    assert after(scim, ada(scim), operation).get("emails") == emails


@pytest.mark.proves("PAT-035")
def test_every_matching_element_is_replaced(scim: Scim) -> None:
    operation = {"op": "replace", "path": 'phoneNumbers[type eq "fax"].display', "value": "Fax"}
    shown = after(scim, ada(scim), operation)["phoneNumbers"]
    assert [phone["display"] for phone in shown] == ["Fax", "Fax"]


@pytest.mark.proves("PAT-019")
def test_one_operation_cannot_make_two_elements_primary(strict: Scim) -> None:
    two = [WORK | {"primary": True}, HOME | {"primary": True}]
    response = strict.patch(
        f"/Users/{ada(strict)}", {"op": "replace", "path": "emails", "value": two}
    )
    assert error(response) == (400, "invalidValue")


@pytest.mark.proves("PAT-019")
def test_of_two_operations_that_make_primary_the_last_wins(strict: Scim) -> None:
    home, work = (
        {"op": "replace", "path": f'emails[type eq "{type}"].primary', "value": True}
        for type in ("home", "work")
    )
    emails = after(strict, ada(strict), home, work)["emails"]
    assert [email["primary"] for email in emails] == [True, False]


@pytest.mark.proves("PAT-024", "IOP-006")
@pytest.mark.parametrize("op", ["add", "Add"])
def test_a_tolerant_add_makes_the_element_that_its_filter_describes(scim: Scim, op: str) -> None:
    operation = {"op": op, "path": 'emails[type eq "other"].value', "value": "o@example.com"}
    emails = after(scim, ada(scim), operation)["emails"]
    assert emails[-1] == {"type": "other", "value": "o@example.com"}


@pytest.mark.proves("PAT-004")
def test_operations_run_in_order_each_on_what_the_one_before_left(scim: Scim) -> None:
    shown = after(
        scim,
        ada(scim),
        {"op": "add", "path": "nickName", "value": "first"},
        {"op": "replace", "path": "nickName", "value": "second"},
        {"op": "remove", "path": "emails"},
        {"op": "add", "path": "emails", "value": [OTHER]},
    )
    assert (shown["nickName"], shown["emails"]) == ("second", [OTHER])


@pytest.mark.proves("PAT-005")
def test_one_failing_operation_undoes_those_before_it(scim: Scim) -> None:
    before = scim.get(f"/Users/{(id := ada(scim))}")
    response = scim.patch(
        f"/Users/{id}",
        {"op": "replace", "path": "title", "value": "Dr"},
        {"op": "replace", "path": 'emails[type eq "none"].value', "value": "x@example.com"},
    )
    assert response.status_code == 400
    later = scim.get(f"/Users/{id}")
    assert (later.data, later.headers["ETag"]) == (before.data, before.headers["ETag"])


IDLE = [
    {"op": "add", "path": "title", "value": "Countess"},
    {"op": "replace", "path": "title", "value": "Countess"},
    {"op": "add", "path": "emails", "value": [HOME]},
    {"op": "replace", "path": "name", "value": {"givenName": "Ada"}},
    {"op": "remove", "path": "nickName"},
    {"op": "remove", "path": 'emails[type eq "none"]'},
    {"op": "replace", "path": "active", "value": True},
    {"op": "add", "path": "externalId", "value": None},
]


@pytest.mark.proves("PAT-025", "PAT-023", "PAT-029")
@pytest.mark.parametrize("operation", IDLE)
def test_what_changes_nothing_moves_neither_version_nor_time(
    scim: Scim, operation: Operation
) -> None:
    before = scim.get(f"/Users/{(id := ada(scim))}").get_json(force=True)
    assert after(scim, id, operation)["meta"] == before["meta"]


@pytest.mark.proves("PAT-025")
def test_what_is_done_and_undone_in_one_request_is_no_change(scim: Scim) -> None:
    before = scim.get(f"/Users/{(id := ada(scim))}").get_json(force=True)
    done = {"op": "add", "path": "nickName", "value": "B"}
    assert after(scim, id, done, {"op": "remove", "path": "nickName"})["meta"] == before["meta"]


def test_a_change_moves_the_version_and_never_turns_the_time_back(scim: Scim) -> None:
    before = scim.get(f"/Users/{(id := ada(scim))}").get_json(force=True)["meta"]
    meta = after(scim, id, {"op": "replace", "path": "title", "value": "Dr"})["meta"]
    assert meta["version"] != before["version"]
    assert meta["lastModified"] >= before["lastModified"]
    assert meta["created"] == before["created"]


def test_the_time_does_not_go_back_where_another_node_s_clock_was_ahead(scim: Scim) -> None:
    id, ahead = ada(scim), "2100-01-01T00:00:00"
    row = ResourceRow
    with scim.application.parts.database.writing() as connection:
        connection.execute(update(row).where(row.public_id == id).values(modified=ahead))
    meta = after(scim, id, {"op": "replace", "path": "title", "value": "Dr"})["meta"]
    assert meta["lastModified"] == f"{ahead}Z"


@pytest.mark.proves("PAT-006")
def test_attributes_choose_what_a_patch_answers(scim: Scim) -> None:
    operation = {"op": "replace", "path": "title", "value": "Dr"}
    response = scim.patch(f"/Users/{ada(scim)}", operation, query={"attributes": "userName"})
    assert response.status_code == 200
    assert "ETag" in response.headers
    assert response.get_json(force=True).keys() == {"schemas", "id", "userName"}


@pytest.mark.proves("PAT-003", "IOP-001")
@pytest.mark.parametrize("op", ["REPLACE", "Replace", "replace"])
def test_op_is_taken_in_any_letter_case(strict: Scim, op: str) -> None:
    operation = {"op": op, "path": "title", "value": "Dr"}
    assert after(strict, ada(strict), operation)["title"] == "Dr"


@pytest.mark.proves("IOP-007")
def test_active_is_replaced_without_a_path(strict: Scim) -> None:
    operation = {"op": "replace", "value": {"active": False}}
    assert after(strict, ada(strict), operation)["active"] is False


def test_message_names_are_taken_in_any_letter_case(strict: Scim) -> None:
    body = {
        "Schemas": [MESSAGES + "PatchOp"],
        "operations": [{"OP": "add", "Path": "TITLE", "Value": "Dr"}],
    }
    response = strict.send("PATCH", f"/Users/{ada(strict)}", body)
    assert response.get_json(force=True)["title"] == "Dr"
