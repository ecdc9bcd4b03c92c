"""Message bodies: PatchOp, BulkRequest, ListResponse (RFC 7644 §3.4.2, §3.5.2, §3.7)."""

import pytest

from scim_server.protocol.errors import (
    InvalidSyntax,
    InvalidValue,
    ScimError,
    TooLarge,
)
from scim_server.protocol.messages import (
    BULK_SCHEMA,
    LIST_SCHEMA,
    PATCH_SCHEMA,
    BulkOperation,
    Operation,
    list_fields,
    parse_bulk,
    parse_patch,
)
from scim_server.protocol.schema import Document


def patch(*operations: object) -> Document:
    return {"schemas": [PATCH_SCHEMA], "Operations": list(operations)}


def bulk(*operations: object, **more: object) -> Document:
    return {"schemas": [BULK_SCHEMA], "Operations": list(operations), **more}


@pytest.mark.proves("PAT-003", "IOP-001", "ATT-001")
@pytest.mark.parametrize("op", ["replace", "Replace", "REPLACE"])
def test_an_operation_is_read_whatever_its_letter_case(op: str) -> None:
    body = {"SCHEMAS": [PATCH_SCHEMA], "operations": [{"OP": op, "Path": "title", "VALUE": None}]}
    assert parse_patch(body) == (Operation("replace", "title", None, has_value=True),)


def test_a_removal_has_no_value() -> None:
    assert parse_patch(patch({"op": "remove", "path": "x"})) == (Operation("remove", "x"),)


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        pytest.param([], InvalidSyntax, marks=pytest.mark.proves("HTP-014")),
        pytest.param({}, InvalidSyntax, marks=pytest.mark.proves("PAT-001")),
        pytest.param({"Operations": [{"op": "add", "path": "x", "value": 1}]}, InvalidSyntax,
                     marks=pytest.mark.proves("PAT-001")),
        pytest.param(patch() | {"schemas": PATCH_SCHEMA}, InvalidSyntax),
        pytest.param(patch({"op": "remove"}) | {"schemas": [BULK_SCHEMA]}, InvalidSyntax,
                     marks=pytest.mark.proves("PAT-001")),
        pytest.param(patch(), InvalidSyntax, marks=pytest.mark.proves("PAT-002")),
        pytest.param({"schemas": [PATCH_SCHEMA]}, InvalidSyntax,
                     marks=pytest.mark.proves("PAT-002")),
        pytest.param(patch() | {"Operations": {"op": "remove"}}, InvalidSyntax,
                     marks=pytest.mark.proves("PAT-002")),
        pytest.param(patch("x"), InvalidSyntax),
        pytest.param(patch({"op": "move", "path": "x"}), InvalidSyntax,
                     marks=pytest.mark.proves("PAT-003")),
        pytest.param(patch({"path": "x"}), InvalidSyntax, marks=pytest.mark.proves("PAT-003")),
        pytest.param(patch({"op": 1, "path": "x"}), InvalidSyntax),
        pytest.param(patch({"op": "add", "path": None, "value": {}}), InvalidSyntax),
        pytest.param(patch({"op": "add", "path": "x"}), InvalidValue,
                     marks=pytest.mark.proves("PAT-020")),
        pytest.param(patch({"op": "remove", "path": "x", "name": "y"}), InvalidSyntax),
        pytest.param(patch({"op": "remove", "OP": "remove", "path": "x"}), InvalidSyntax,
                     marks=pytest.mark.proves("ATT-003")),
        pytest.param(patch({"op": "remove", "path": "x"}) | {"id": "1"}, InvalidSyntax),
        pytest.param(patch(*[{"op": "remove", "path": "x"}] * 1001), TooLarge),
        pytest.param(patch({"op": "add", "path": "x", "value": ["a"] * 10_001}), TooLarge),
        pytest.param(patch({"op": "add", "value": {"x": ["a"] * 5001, "y": {"z": ["b"] * 5000}}}),
                     TooLarge),
    ],
)  # fmt: skip
def test_a_patch_that_is_none_is_refused(body: object, refusal: type[ScimError]) -> None:
    with pytest.raises(refusal):
        parse_patch(body)


def test_a_patch_may_be_as_large_as_the_limits() -> None:
    members = [{"value": "a", "type": "User"}] * 9_001
    operations = [{"op": "add", "path": "members", "value": members}]
    assert len(parse_patch(patch(*operations, *[{"op": "remove", "path": "x"}] * 999))) == 1000


CREATE = {"method": "POST", "path": "/Users", "bulkId": "q", "data": {"userName": "bo"}}


@pytest.mark.proves("BLK-001", "BLK-003", "IOP-010")
def test_bulk_operations_are_read() -> None:
    job = parse_bulk(
        bulk(CREATE, {"method": "delete", "path": "Users/1", "version": "W/1"}, failOnErrors=2), 10
    )
    assert job.fail_on_errors == 2
    assert job.operations == (
        BulkOperation("POST", "/Users", "q", None, {"userName": "bo"}),
        BulkOperation("DELETE", "/Users/1", version="W/1"),
    )


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        pytest.param({"Operations": [CREATE]}, InvalidSyntax,
                     marks=pytest.mark.proves("BLK-002")),
        pytest.param({"schemas": [BULK_SCHEMA]}, InvalidSyntax,
                     marks=pytest.mark.proves("BLK-002")),
        pytest.param(bulk(), InvalidSyntax, marks=pytest.mark.proves("BLK-002")),
        pytest.param(bulk(CREATE, more=1), InvalidSyntax),
        pytest.param(bulk(CREATE, failOnErrors=0), InvalidValue),
        pytest.param(bulk(CREATE, failOnErrors=True), InvalidValue),
        pytest.param(bulk(CREATE, failOnErrors="1"), InvalidValue),
        pytest.param(bulk(CREATE, CREATE), InvalidValue, marks=pytest.mark.proves("BLK-015")),
        pytest.param(bulk(*[{"method": "DELETE", "path": "/Users/1"}] * 4), TooLarge,
                     marks=pytest.mark.proves("BLK-018")),
    ],
)  # fmt: skip
def test_a_bulk_request_that_is_none_is_refused(body: object, refusal: type[ScimError]) -> None:
    with pytest.raises(refusal):
        parse_bulk(body, 3)


@pytest.mark.proves("BLK-003")
@pytest.mark.parametrize(
    "operation",
    [
        "x",
        {**CREATE, "status": "201"},
        {**CREATE, "method": "GET"},
        {**CREATE, "method": None},
        {**CREATE, "path": 1},
        {**CREATE, "bulkId": None},
        {**CREATE, "bulkId": ""},
        {**CREATE, "data": []},
        {"method": "PUT", "path": "/Users/1"},
        {"method": "PATCH", "path": "/Users/1", "data": None},
        {"method": "DELETE"},
        {"method": "DELETE", "path": "/Users"},
        pytest.param({**CREATE, "path": "/Users/.search"}, marks=pytest.mark.proves("BLK-020")),
        pytest.param({**CREATE, "path": "https://x/Users"}, marks=pytest.mark.proves("BLK-020")),
        pytest.param({**CREATE, "path": "//x"}, marks=pytest.mark.proves("BLK-020")),
        {**CREATE, "path": "/Users?attributes=id"},
        {**CREATE, "version": 1},
    ],
)
def test_a_faulty_operation_leaves_the_others_alone(operation: object) -> None:
    good = {"method": "DELETE", "path": "/Users/2"}
    faulty, other = parse_bulk(bulk(operation, good), 10).operations
    assert faulty.fault is not None
    assert faulty.fault.status == 400
    assert other == BulkOperation("DELETE", "/Users/2")


@pytest.mark.proves("PAG-004")
def test_items_per_page_is_the_length_of_the_page() -> None:
    assert list_fields(7, 1, start_index=7) == {
        "schemas": [LIST_SCHEMA],
        "totalResults": 7,
        "startIndex": 7,
        "itemsPerPage": 1,
    }


@pytest.mark.proves("CUR-002", "CUR-003")
def test_a_cursor_page_names_the_next_one_only_if_there_is_one() -> None:
    last = list_fields(0, 0)
    assert list_fields(0, 0, next_cursor="n") == {**last, "nextCursor": "n"}
    assert last == {"schemas": [LIST_SCHEMA], "totalResults": 0, "itemsPerPage": 0}
