"""Bulk: the message, the results, errors and what one job may hold (RFC 7644 §3.7)."""

from typing import Any

import pytest

from tests.application import BASE_URL, MESSAGES, Scim, error
from tests.web.bulk_job import create_group, create_user, delete, made, put_user, retitle, run
from tests.web.bulk_job import statuses as of
from tests.web.event_log import actions, events

BULK_REQUEST = MESSAGES + "BulkRequest"


@pytest.mark.proves("BLK-001", "BLK-005", "BLK-006", "BLK-007", "BLK-008")
def test_every_operation_is_done_and_reported_in_request_order(strict: Scim) -> None:
    put, patched, deleted = (strict.user(userName=name) for name in ("put", "patched", "deleted"))
    results = run(
        strict,
        create_user("q", "created"),
        put_user(f"/Users/{put['id']}", "put", title="Dr"),
        retitle(f"/Users/{patched['id']}", "Dr"),
        delete(f"/Users/{deleted['id']}"),
    )
    assert of(results) == ["201", "200", "200", "204"]
    assert [result["method"] for result in results] == ["POST", "PUT", "PATCH", "DELETE"]
    assert [result.get("bulkId") for result in results] == ["q", None, None, None]
    assert [r["location"] for r in results[1:]] == [
        user["meta"]["location"] for user in (put, patched, deleted)
    ]
    assert all("response" not in result for result in results)
    for result in results[:3]:
        found = strict.get(result["location"].removeprefix(BASE_URL))
        assert found.headers["ETag"] == result["version"]
    assert "version" not in results[3]


@pytest.mark.proves("BLK-004", "BLK-006", "BLK-007")
def test_a_job_whose_operations_all_fail_is_processed(strict: Scim) -> None:
    results = run(strict, create_user("q", ""), delete("/Users/ghost"), retitle("/Nowhere/1", "x"))
    assert of(results) == ["400", "404", "404"]
    assert ["location" in result for result in results] == [False, True, True]
    for result in results:
        assert result["response"]["schemas"] == [MESSAGES + "Error"]
        assert result["response"]["status"] == result["status"]
        assert "version" not in result


@pytest.mark.proves("BLK-002")
@pytest.mark.parametrize(
    "body",
    [
        {},
        {"Operations": [create_user("q", "ada")]},
        {"schemas": [MESSAGES + "PatchOp"], "Operations": [create_user("q", "ada")]},
        {"schemas": [BULK_REQUEST]},
        {"schemas": [BULK_REQUEST], "Operations": create_user("q", "ada")},
        {"schemas": [BULK_REQUEST], "Operations": []},
    ],
)
def test_a_body_that_is_no_bulk_request_is_refused(strict: Scim, body: dict[str, Any]) -> None:
    assert error(strict.post("/Bulk", body)) == (400, "invalidSyntax")


@pytest.mark.proves("BLK-002")
@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_bulk_takes_only_post(strict: Scim, method: str) -> None:
    response = strict.send(method, "/Bulk")
    assert error(response) == (405, None)
    assert response.headers["Allow"] == "POST"


FAULTY = [
    create_user("q", "ada") | {"method": "GET"},
    {k: v for k, v in create_user("q", "ada").items() if k != "method"},
    {k: v for k, v in create_user("q", "ada").items() if k != "path"},
    {k: v for k, v in create_user("q", "ada").items() if k != "bulkId"},
    {k: v for k, v in create_user("q", "ada").items() if k != "data"},
    create_user("q", "ada") | {"data": [1]},
    {"method": "PUT", "path": "/Users/1"},
    {"method": "DELETE", "path": "/Users"},
    create_user("q", "ada") | {"path": "/Users/1"},
    "nothing",
]


@pytest.mark.proves("BLK-003", "BLK-009")
@pytest.mark.parametrize("operation", FAULTY)
def test_a_faulty_operation_fails_alone(strict: Scim, operation: Any) -> None:
    results = run(strict, operation, create_user("good", "good"))
    assert of(results) == ["400", "201"]


@pytest.mark.proves("BLK-020")
@pytest.mark.parametrize(
    "path",
    ["/Bulk", "Bulk", "/bulk", "/.search", "/Users/.search", "/Me", "https://evil.example/Users",
     "//evil.example/Users", "/Users?attributes=id", "/../Users"],
)  # fmt: skip
def test_a_path_that_is_no_resource_s_is_refused(strict: Scim, path: str) -> None:
    operation = create_user("q", "ada") | {"path": path}
    assert of(run(strict, operation)) == ["400"]


@pytest.mark.proves("IOP-010")
def test_the_leading_slash_may_be_missing_and_one_may_follow(strict: Scim) -> None:
    first, second = (create_user(name, name) for name in ("a", "b"))
    results = run(strict, first | {"path": "Users"}, second | {"path": "/Users/"})
    assert of(results) == ["201", "201"]
    assert of(run(strict, delete(f"Users/{made(results[0])}"))) == ["204"]


@pytest.mark.proves("BLK-015")
def test_a_bulk_id_is_used_once(strict: Scim) -> None:
    response = strict.bulk(create_user("q", "ada"), create_user("q", "bob"))
    assert response.status_code == 400
    assert actions(strict) == []


@pytest.mark.proves("BLK-009", "BLK-016")
def test_of_two_equal_names_in_one_job_the_first_wins(strict: Scim) -> None:
    results = run(
        strict, create_user("a", "ada"), create_user("b", "ADA"), create_user("c", "other")
    )
    assert of(results) == ["201", "409", "201"]
    assert results[1]["response"]["scimType"] == "uniqueness"
    assert strict.found("/Users", 'userName eq "ada"') == [made(results[0])]


@pytest.mark.proves("BLK-010")
@pytest.mark.parametrize(("most", "processed"), [(1, 2), (2, 4), (3, 5)])
def test_a_job_ends_at_its_number_of_errors_and_keeps_what_is_done(
    strict: Scim, most: int, processed: int
) -> None:
    operations = [
        create_user("a", "a"),
        delete("/Users/ghost"),
        create_user("b", "b"),
        create_user("c", "A"),
        create_user("d", "d"),
    ]
    results = run(strict, *operations, failOnErrors=most)
    assert of(results) == ["201", "404", "201", "409", "201"][:processed]
    assert len(actions(strict)) == of(results).count("201")


@pytest.mark.parametrize("most", [0, -1, "1", True, 1.5])
def test_a_number_of_errors_is_a_number(strict: Scim, most: object) -> None:
    response = strict.bulk(create_user("a", "a"), failOnErrors=most)
    assert error(response) == (400, "invalidValue")


@pytest.mark.proves("BLK-017")
def test_a_version_must_be_the_current_one(strict: Scim) -> None:
    user = strict.user(userName="ada")
    at, version = f"/Users/{user['id']}", user["meta"]["version"]
    fresh = run(strict, retitle(at, "Dr", version=version))
    stale = [
        retitle(at, "Prof", version=version),
        put_user(at, "ada") | {"version": version},
        delete(at, version=version),
    ]
    results = run(strict, *stale, delete(at, version=fresh[0]["version"]))
    assert of(results) == ["412", "412", "412", "204"]
    assert actions(strict, user["id"]) == ["create", "update", "delete"]


@pytest.mark.proves("BLK-019")
def test_the_data_of_a_patch_is_a_whole_patch_message(strict: Scim) -> None:
    at = f"/Users/{strict.user()['id']}"
    bare = {"method": "PATCH", "path": at, "data": {"op": "add", "path": "title", "value": "Dr"}}
    results = run(strict, bare, retitle(at, "Dr"))
    assert of(results) == ["400", "200"]


@pytest.mark.proves("BLK-020")
def test_each_operation_needs_its_own_scope(scim: Scim) -> None:
    users_only = scim.application.scim(tenant=scim.tenant, scopes=("users:write", "bulk"))
    group = scim.group()["id"]
    results = run(
        users_only,
        create_group("g", "Staff"),
        create_user("u", "ada"),
        delete(f"/Groups/{group}"),
    )
    assert of(results) == ["403", "201", "403"]
    assert scim.get(f"/Groups/{group}").status_code == 200


@pytest.mark.proves("BLK-020", "AUT-003")
def test_bulk_itself_needs_a_scope(scim: Scim) -> None:
    writer = scim.application.scim(scopes=("*:write",))
    assert error(writer.bulk(create_user("u", "ada"))) == (403, None)
    reader = scim.application.scim(scopes=("*:read", "bulk"))
    assert of(run(reader, create_user("u", "ada"))) == ["403"]


def test_a_failing_operation_leaves_no_trace_and_the_others_one_event_each(strict: Scim) -> None:
    user, group = strict.user()["id"], strict.group()["id"]
    noted = len(events(strict))
    bad_patch = retitle(f"/Users/{user}", "Dr")
    bad_patch["data"]["Operations"].append({"op": "remove", "path": "userName"})
    results = run(
        strict,
        bad_patch,
        create_group("g", "Lost", user, "ghost"),
        create_user("u", "ada"),
        retitle(f"/Users/{user}", "Prof"),
        retitle(f"/Users/{user}", "Prof"),
        delete(f"/Groups/{group}"),
    )
    assert of(results) == ["400", "400", "201", "200", "200", "204"]
    assert [e.action for e in events(strict)[noted:]] == ["create", "update", "delete"]
    assert len({e.request for e in events(strict)[noted:]}) == 1
    assert strict.found("/Groups", 'displayName eq "Lost"') == []
    assert "groups" not in strict.get(f"/Users/{user}").get_json(force=True)
