"""Queries by POST to ``.search`` (RFC 7644 §3.4.3)."""

from typing import Any

import pytest

from tests.application import MESSAGES, Application, Scim, error
from tests.web.pages import page

proves = pytest.mark.proves
SEARCH = f"{MESSAGES}SearchRequest"


@pytest.fixture(scope="module")
def crowd(application: Application) -> Scim:
    """Eight users and two groups of them."""
    scim = application.scim()
    users = [scim.user(userName=f"u{n}", title="even" if n % 2 else "odd") for n in range(8)]
    scim.group(*(user["id"] for user in users[:3]))
    scim.group(*(user["id"] for user in users[3:]))
    return scim


@proves("SCH-001")
@pytest.mark.parametrize(
    ("path", "total"), [("/Users", 8), ("/Groups", 2), ("/Devices", 0), ("", 10)]
)
def test_a_search_is_a_query_and_creates_nothing(crowd: Scim, path: str, total: int) -> None:
    for _ in range(2):
        response = crowd.search(path)
        assert page(response)["totalResults"] == total
        assert "Location" not in response.headers


@proves("SCH-002")
@pytest.mark.parametrize(
    "body",
    [
        {},
        {"filter": "userName pr"},
        {"schemas": []},
        {"schemas": [f"{MESSAGES}PatchOp"]},
        {"schemas": SEARCH},
        {"schemas": None},
        {"schemas": [SEARCH], "nope": 1},
    ],
)
@pytest.mark.parametrize("path", ["/Users", ""])
def test_another_message_is_refused(crowd: Scim, path: str, body: dict[str, Any]) -> None:
    assert error(crowd.post(f"{path}/.search", body)) == (400, "invalidSyntax")


@proves("SCH-003")
@pytest.mark.parametrize("path", ["/Users", "/Groups", ""])
@pytest.mark.parametrize(
    "query",
    [
        {},
        {"filter": 'title eq "odd"'},
        {"filter": 'displayName pr or userName sw "u"'},
        {"sortBy": "id", "sortOrder": "descending"},
        {"startIndex": 2, "count": 3},
        {"startIndex": 0, "count": -1},
        {"startIndex": 99},
        {"count": 0},
        {"attributes": ["userName", "displayName"]},
        {"excludedAttributes": ["meta", "members"]},
        {"filter": "id pr", "sortBy": "meta.created", "startIndex": 2, "count": 2,
         "attributes": ["id"]},
    ],
)  # fmt: skip
def test_a_search_answers_as_a_url_does(crowd: Scim, path: str, query: dict[str, Any]) -> None:
    asked = {k: ",".join(v) if isinstance(v, list) else v for k, v in query.items()}
    by_url, by_body = crowd.get(path or "/", query=asked), crowd.search(path, **query)
    assert by_body.get_json() == by_url.get_json()
    assert by_body.status_code == by_url.status_code


@proves("SCH-003")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"filter": ""}, "invalidFilter"),
        ({"filter": "userName eq"}, "invalidFilter"),
        ({"filter": 5}, "invalidValue"),
        ({"sortBy": "nope"}, "invalidPath"),
        ({"sortBy": ["id"]}, "invalidValue"),
        ({"sortOrder": "up"}, "invalidValue"),
        ({"attributes": ["id"], "excludedAttributes": ["meta"]}, "invalidValue"),
    ],
)
def test_a_faulty_search_is_refused(crowd: Scim, query: dict[str, Any], expected: str) -> None:
    assert error(crowd.search("/Users", **query)) == (400, expected)


@proves("SCH-003")
def test_every_field_may_be_null(crowd: Scim) -> None:
    names = ("attributes", "excludedAttributes", "filter", "sortBy", "sortOrder", "startIndex",
             "count", "cursor")  # fmt: skip
    nothing = dict.fromkeys(names)
    assert crowd.search("/Users", **nothing).get_json() == crowd.get("/Users").get_json()


@proves("SCH-004")
@pytest.mark.parametrize("name", ["startIndex", "count"])
@pytest.mark.parametrize("value", ["10", "", 1.5, 10.0, True, [1], {}])
def test_numbers_are_json_integers(crowd: Scim, name: str, value: Any) -> None:
    assert error(crowd.search("/Users", **{name: value})) == (400, "invalidValue")
