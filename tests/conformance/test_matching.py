"""The partial matcher of the dialogues: what it lets pass, and what it does not."""

import pytest

from conformance.matching import differences, pick

MATCHES = [
    ({"a": 1}, {"a": 1, "b": 2}),
    ({"a": {"b": "x"}}, {"a": {"b": "x", "c": "y"}}),
    ([{"v": 1}], [{"v": 2}, {"v": 1, "t": "x"}]),
    ({"$ref": "x"}, {"$ref": "x"}),
    ({"$any": True}, 0),
    ({"$type": "integer"}, 3),
    ({"$in": [400, 404]}, 404),
    ({"$pattern": "^[0-9]+$"}, "17"),
    ({"$length": 2}, [1, 2]),
    ({"$exact": [{"v": 1}, {"v": 2}]}, [{"v": 2, "t": "x"}, {"v": 1}]),
    ({"$none": {"v": 1}}, [{"v": 2}]),
    ({"$each": {"v": 1}}, [{"v": 1}, {"v": 1, "t": "x"}]),
    ({"$distinct": "v", "$at_least": 2}, [{"v": 1}, {"v": 2}, {"v": 2}]),
]
DIFFERS = [
    ({"a": 1}, {}),
    ({"a": 1}, [1]),
    (True, 1),
    (1, True),
    ([{"v": 1}, {"v": 1}], [{"v": 1}]),
    ([1], {"0": 1}),
    ({"$any": True}, None),
    ({"$type": "integer"}, True),
    ({"$type": "boolean"}, "true"),
    ({"$in": [400, 404]}, 200),
    ({"$pattern": "^[0-9]+$"}, 17),
    ({"$length": 2}, [1]),
    ({"$exact": [{"v": 1}]}, [{"v": 1}, {"v": 2}]),
    ({"$exact": [{"v": 1}]}, None),
    ({"$none": {"v": 1}}, [{"v": 1}]),
    ({"$each": {"v": 1}}, [{"v": 1}, {}]),
    ({"$length": 3, "$distinct": "v", "$at_least": 3}, [{"v": 1}, {"v": 2}, {"v": 2}]),
]


@pytest.mark.parametrize(("expected", "actual"), MATCHES)
def test_it_lets_pass(expected: object, actual: object) -> None:
    assert differences(expected, actual) == []


@pytest.mark.parametrize(("expected", "actual"), DIFFERS)
def test_it_names_the_difference(expected: object, actual: object) -> None:
    assert len(differences(expected, actual)) == 1


def test_a_difference_says_where_it_is() -> None:
    assert differences({"a": {"b": 1}}, {"a": {"b": 2}}) == ["body/a/b is 2, expected 1"]


def test_a_path_looks_through_lists() -> None:
    assert pick({"a": [{"b": 1}, {"c": 2}, {"b": [3]}]}, "a/b") == [1, 3]


@pytest.mark.parametrize("document", [{}, {"a": []}, {"a": [{}, {"c": 2}]}, None])
def test_a_path_leads_nowhere_where_nothing_is_or_a_list_is_empty(document: object) -> None:
    assert pick(document, "a/b") == []


def test_an_empty_list_has_no_value() -> None:
    assert pick({"a": []}, "a") == []
