"""What a filter may be before anything recurses into it (security rule 8)."""

import orjson
import pytest

from tests.application import Scim, error


def chain(terms: int, of: str = "and") -> str:
    return f" {of} ".join(["id pr"] * terms)


FILTERS = {
    "8,193 bytes": 'id eq "' + "x" * 8185 + '"',
    "8,193 bytes of two each": 'id eq "' + "é" * 4092 + 'x"',
    "21 levels": "(" * 21 + "id pr" + ")" * 21,
    "21 levels of not": "not (" * 21 + "id pr" + ")" * 21,
    "thousands of brackets": "(" * 4000,
    "101 terms": chain(101),
    "101 terms of or": chain(101, "or"),
    "101 terms in a value path": f"emails[{chain(101).replace('id', 'value')}]",
    "NUL": 'id eq "\0"',
    "lone surrogate": r'id eq "\ud800"',
}


@pytest.mark.parametrize("place", ["/Users", "/Groups", "/Devices", "/"])
@pytest.mark.parametrize("filter", FILTERS.values(), ids=FILTERS)
def test_a_filter_beyond_the_limits_is_refused(scim: Scim, filter: str, place: str) -> None:
    assert error(scim.get(place, query={"filter": filter})) == (400, "invalidFilter")


@pytest.mark.parametrize("filter", FILTERS.values(), ids=FILTERS)
def test_a_filter_in_a_body_has_the_same_limits(scim: Scim, filter: str) -> None:
    found = error(scim.search("/Users", filter=filter))
    assert found in {(400, "invalidFilter"), (400, "invalidSyntax")}


@pytest.mark.parametrize("filter", FILTERS.values(), ids=FILTERS)
def test_a_selection_in_the_path_of_a_patch_has_the_same_limits(scim: Scim, filter: str) -> None:
    user = scim.user(emails=[{"value": "a"}])
    path = f"emails[{filter.replace('id', 'value')}]"
    answer = scim.patch(f"/Users/{user['id']}", {"op": "remove", "path": path})
    assert error(answer)[0] == 400
    assert scim.get(f"/Users/{user['id']}").get_json()["meta"] == user["meta"]


AT_THE_LIMITS = {
    "8,192 bytes": 'id eq "' + "x" * 8184 + '"',
    "20 levels": "(" * 19 + "id pr" + ")" * 19,
    "100 terms": chain(100),
}


@pytest.mark.parametrize("filter", AT_THE_LIMITS.values(), ids=AT_THE_LIMITS)
def test_a_filter_at_the_limits_is_answered(scim: Scim, filter: str) -> None:
    assert scim.get("/Users", query={"filter": filter}).status_code == 200
    assert scim.search("/Users", filter=filter).status_code == 200


@pytest.mark.parametrize(
    "text", ["%", "_", "\\", "'", '"; DROP TABLE resource; --', "%' OR 1=1 --"]
)
def test_no_character_of_a_filter_is_a_pattern_or_a_statement(scim: Scim, text: str) -> None:
    scim.user(title="plain")
    found = scim.user(title=f"a {text} b")
    quoted = orjson.dumps(text).decode()
    assert scim.found("/Users", f"title co {quoted}") == [found["id"]]
