"""What a filter may be before anything recurses into it (security rule 8)."""

import orjson
import pytest

from tests.application import Scim, error


def chain(terms: int, of: str = "and") -> str:
    return f" {of} ".join(["active eq true"] * terms)


FILTERS = {
    "8,193 bytes": 'userName eq "' + "x" * 8179 + '"',
    "8,193 bytes of two each": 'userName eq "' + "é" * 4090 + '"',
    "21 levels": "(" * 21 + "active eq true" + ")" * 21,
    "21 levels of not": "not (" * 21 + "active eq true" + ")" * 21,
    "thousands of brackets": "(" * 4000,
    "101 terms": chain(101),
    "101 terms of or": chain(101, "or"),
    "NUL": 'userName eq "\0"',
    "lone surrogate": r'userName eq "\ud800"',
}


@pytest.mark.parametrize("filter", FILTERS.values(), ids=FILTERS)
def test_a_filter_beyond_the_limits_is_refused(scim: Scim, filter: str) -> None:
    assert error(scim.get("/Users", query={"filter": filter})) == (400, "invalidFilter")


@pytest.mark.parametrize("filter", FILTERS.values(), ids=FILTERS)
def test_a_filter_in_a_body_has_the_same_limits(scim: Scim, filter: str) -> None:
    found = error(scim.search("/Users", filter=filter))
    assert found in {(400, "invalidFilter"), (400, "invalidSyntax")}


@pytest.mark.parametrize("filter", ["(" * 19 + "active eq true" + ")" * 19, chain(100)])
def test_a_filter_at_the_limits_is_answered(scim: Scim, filter: str) -> None:
    assert scim.get("/Users", query={"filter": filter}).status_code == 200


@pytest.mark.parametrize(
    "text", ["%", "_", "\\", "'", '"; DROP TABLE resource; --', "%' OR 1=1 --"]
)
def test_no_character_of_a_filter_is_a_pattern_or_a_statement(scim: Scim, text: str) -> None:
    scim.user(title="plain")
    found = scim.user(title=f"a {text} b")
    quoted = orjson.dumps(text).decode()
    assert scim.found("/Users", f"title co {quoted}") == [found["id"]]
