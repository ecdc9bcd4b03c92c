"""The operations of a Bulk job, and their outcomes."""

from typing import Any

from tests.application import ENTERPRISE, GROUP, MESSAGES, USER, Scim

Operation = dict[str, Any]


def create_user(bulk_id: str, name: str, **more: Any) -> Operation:
    """POST /Users."""
    data = {"schemas": [USER], "userName": name, **more}
    return {"method": "POST", "path": "/Users", "bulkId": bulk_id, "data": data}


def under(boss: str) -> dict[str, Any]:
    """What makes a user the report of ``boss``."""
    return {ENTERPRISE: {"manager": {"value": boss}}}


def create_group(bulk_id: str, name: str, *members: str) -> Operation:
    """POST /Groups; the members are ids or ``bulkId:x``."""
    values = [{"value": member} for member in members]
    data = {"schemas": [GROUP], "displayName": name, "members": values}
    return {"method": "POST", "path": "/Groups", "bulkId": bulk_id, "data": data}


def patch(path: str, *operations: Operation, **more: Any) -> Operation:
    """PATCH, with a whole PatchOp message."""
    data = {"schemas": [MESSAGES + "PatchOp"], "Operations": list(operations)}
    return {"method": "PATCH", "path": path, "data": data, **more}


def retitle(path: str, title: str, **more: Any) -> Operation:
    """PATCH of one attribute."""
    return patch(path, {"op": "replace", "path": "title", "value": title}, **more)


def put_user(path: str, name: str, **attributes: Any) -> Operation:
    """PUT /Users/{id}."""
    data = {"schemas": [USER], "userName": name, **attributes}
    return {"method": "PUT", "path": path, "data": data}


def delete(path: str, **more: Any) -> Operation:
    """DELETE."""
    return {"method": "DELETE", "path": path, **more}


def run(scim: Scim, *operations: Operation, **fields: Any) -> list[dict[str, Any]]:
    """The results of a job that was processed."""
    response = scim.bulk(*operations, **fields)
    assert response.status_code == 200, response.text
    body = response.get_json(force=True)
    assert body.keys() == {"schemas", "Operations"}
    assert body["schemas"] == [MESSAGES + "BulkResponse"]
    results: list[dict[str, Any]] = body["Operations"]
    return results


def statuses(results: list[dict[str, Any]]) -> list[str]:
    """What became of each operation."""
    return [result["status"] for result in results]


def made(result: dict[str, Any]) -> str:
    """The id of what an operation made, from its location."""
    assert result["status"] == "201", result
    return str(result["location"].rpartition("/")[2])
