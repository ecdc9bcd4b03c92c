"""How a URL is read (RFC 3986 §2.1, RFC 7644 §1.2, §3.4.2)."""

import pytest

from tests.application import USER, Scim, error
from tests.web.pages import page, shown

proves = pytest.mark.proves


@proves("HTP-006")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("filter=userName%20eq%20%22a%2Bb%22", ["a+b"]),
        ("filter=userName+eq+%22a%2Bb%22", ["a+b"]),
        ('filter=userName+eq+"a%2Bb"', ["a+b"]),
        ('filter=userName+eq+"a+b"', ["a b"]),
        ("filter=userName%20eq%20%22a%252Bb%22", ["a%2Bb"]),
        ("filter=userName+co+%22%25%22", ["a%2Bb"]),
        ("filter=%75serName+eq+%22zo%C3%AB%22", ["zoë"]),
        ("f%69lter=userName+eq+%22zo%C3%AB%22", ["zoë"]),
        ('filter=userName+eq+"a%26b%3Dc"', ["a&b=c"]),
        ('filter=userName+eq+"a=b;c"', ["a=b;c"]),
        ("filter=meta.created+gt+%222020-01-01T00:00:00%2B02:00%22+and+userName+sw+%22z%22",
         ["zoë"]),
    ],
)  # fmt: skip
def test_a_query_string_is_decoded_once(scim: Scim, query: str, found: list[str]) -> None:
    for name in ("a+b", "a b", "a%2Bb", "zoë", "a&b=c", "a=b;c"):
        scim.user(userName=name)
    assert shown(scim.get(f"/Users?{query}")) == found


@proves("HTP-006")
def test_a_path_is_decoded_once(scim: Scim) -> None:
    id = scim.user()["id"]
    assert scim.get(f"/%55sers/{id.replace('-', '%2D')}").status_code == 200
    assert error(scim.get(f"/Users/{id.replace('-', '%252D')}")) == (404, None)


@proves("HTP-008")
@pytest.mark.parametrize("path", ["/Users", "/Users/{id}", "/", "/Schemas", "/Groups"])
@pytest.mark.parametrize(
    "query", ["foo=bar", "aadOptscim062020", "aadOptscim062020=true", "%FF=%FF"]
)
def test_unknown_parameters_are_ignored(scim: Scim, path: str, query: str) -> None:
    at = path.format(id=scim.user()["id"])
    assert scim.get(f"{at}?{query}").status_code == 200


@pytest.mark.parametrize(
    "query", ["filter=", "filter=x+zz", "count=x", "startIndex=1&cursor=", "sortBy=&sortOrder=up"]
)
def test_what_is_about_searching_is_ignored_where_one_resource_is_named(
    strict: Scim, query: str
) -> None:
    id = strict.user()["id"]
    assert strict.get(f"/Users/{id}?{query}").status_code == 200
    body = {"schemas": [USER], "userName": "ada"}
    assert strict.put(f"/Users/{id}?{query}", body).status_code == 200


def test_one_resource_is_not_projected_in_two_ways(strict: Scim) -> None:
    at = f"/Users/{strict.user()['id']}"
    both = "attributes=userName&excludedAttributes=title"
    assert error(strict.get(f"{at}?{both}")) == (400, "invalidValue")


@proves("HTP-008")
def test_writes_ignore_unknown_parameters_too(scim: Scim) -> None:
    id = scim.user(title="a")["id"]
    flag = "?aadOptscim062020"
    replace = {"op": "replace", "path": "title", "value": "b"}
    body = {"schemas": [USER], "userName": "ada"}
    assert scim.patch(f"/Users/{id}{flag}", replace).status_code == 200
    assert scim.put(f"/Users/{id}{flag}", body).status_code == 200
    assert scim.post(f"/Users{flag}", {**body, "userName": "bob"}).status_code == 201
    assert scim.post(f"/Users/.search{flag}", {}).status_code == 400
    assert scim.delete(f"/Users/{id}{flag}").status_code == 204


def test_tolerant_mode_takes_parameters_in_any_letter_case(scim: Scim) -> None:
    scim.user(userName="ada")
    scim.user(userName="bob")
    asked = {"FILTER": "userName pr", "startindex": 2, "Count": 1, "SortBy": "userName"}
    assert shown(scim.get("/Users", query=asked)) == ["bob"]


def test_strict_mode_takes_parameters_as_they_are_written_in_the_standard(strict: Scim) -> None:
    strict.user(userName="ada")
    assert page(strict.get("/Users", query={"Count": 0}))["itemsPerPage"] == 1
    assert page(strict.get("/Users", query={"count": 0}))["itemsPerPage"] == 0


@pytest.mark.parametrize(
    "query", ["count=1&count=2", "filter=title+pr&filter=id+pr", "startIndex=1&startIndex=1"]
)
def test_a_parameter_given_twice_is_refused(scim: Scim, query: str) -> None:
    assert error(scim.get(f"/Users?{query}")) == (400, "invalidValue")
