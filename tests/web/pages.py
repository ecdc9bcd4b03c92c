"""What a ListResponse holds (RFC 7644 §3.4.2)."""

from typing import Any

from werkzeug.test import TestResponse


def page(response: TestResponse) -> dict[str, Any]:
    """The ListResponse, after checking that it is one."""
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.get_json()
    assert body["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:ListResponse"]
    assert body["itemsPerPage"] == len(body["Resources"])
    return body


def shown(response: TestResponse, name: str = "userName") -> list[Any]:
    """One attribute of each resource in the page, in order; None where it has none."""
    return [resource.get(name) for resource in page(response)["Resources"]]
