"""Any text as filter or path, any tree as text, and from many threads."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scim_server.protocol.errors import InvalidFilter, InvalidPath
from scim_server.protocol.filter import (
    And,
    Compare,
    Filter,
    Not,
    Or,
    Present,
    Within,
    parse_filter,
    parse_path,
)
from tests.protocol.filter_documents import ENTERPRISE

B = Present("b")

WORDS = ("a", ".b", "$ref", "eq", "pr", "not", "and", "or", "true", "null", '"x"', "1.5", "urn:x:")
PIECES = st.sampled_from([*WORDS, "http://y/", *"()[]-:'1\"\\ \u00e9\0\ud800"])
TEXTS = st.lists(PIECES).map("".join) | st.lists(PIECES).map(" ".join) | st.text()


@pytest.mark.proves("FIL-025")
@given(TEXTS)
@example("[" * 3000)
def test_any_text_is_a_filter_or_an_invalid_one(text: str) -> None:
    try:
        parse_filter(text)
    except InvalidFilter as error:
        assert error.detail


@given(TEXTS | TEXTS.map("emails[{}].value".format))
def test_any_text_is_a_path_or_an_invalid_one(text: str) -> None:
    try:
        parse_path(text)
    except (InvalidFilter, InvalidPath) as error:
        assert error.detail


NAMES = st.sampled_from(["a", "b.c", "trueName", "orange", "android.notes", f"{ENTERPRISE}:x.y"])
STRINGS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
VALUES = STRINGS | st.none() | st.booleans() | st.integers() | st.floats(-1e9, 1e9)
OPERATORS = st.sampled_from(["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"])
LEAVES: st.SearchStrategy[Filter] = st.builds(Present, NAMES) | st.builds(
    Compare, NAMES, OPERATORS, VALUES
)


def compound(inner: st.SearchStrategy[Filter]) -> st.SearchStrategy[Filter]:
    """Not, And and Or, without an And in an And: the parser flattens them."""
    terms = st.lists(inner, min_size=2, max_size=3).map(tuple)
    alien = terms.filter(lambda ts: not any(isinstance(t, And) for t in ts))
    other = terms.filter(lambda ts: not any(isinstance(t, Or) for t in ts))
    return st.builds(Not, inner) | st.builds(And, alien) | st.builds(Or, other)


INNER = st.recursive(LEAVES, compound, max_leaves=6)
TREES = st.recursive(LEAVES | st.builds(Within, NAMES, INNER), compound, max_leaves=8)


def written(tree: Filter) -> str:
    """The filter as text, with only the parentheses that precedence asks for."""
    match tree:
        case Present(attribute):
            return f"{attribute} pr"
        case Compare(attribute, operator, value):
            return f"{attribute} {operator} {json.dumps(value)}"
        case Within(attribute, inner):
            return f"{attribute}[{written(inner)}]"
        case Not(inner):
            return f"not ({written(inner)})"
        case And(terms):
            return " and ".join(
                f"({written(t)})" if isinstance(t, Or) else written(t) for t in terms
            )
        case Or(terms):
            return " or ".join(map(written, terms))


@pytest.mark.proves("FIL-012", "FIL-023")
@given(TREES)
def test_what_is_written_is_what_is_parsed(tree: Filter) -> None:
    assert parse_filter(written(tree)) == tree


def test_threads_do_not_disturb_each_other() -> None:
    texts = [f'a eq "{n}" or b pr and not (c sw "{n}")' for n in range(2000, 3500)]
    with ThreadPoolExecutor(8) as pool:
        trees = list(pool.map(parse_filter, texts))
    assert trees == [
        Or((Compare("a", "eq", str(n)), And((B, Not(Compare("c", "sw", str(n)))))))
        for n in range(2000, 3500)
    ]
