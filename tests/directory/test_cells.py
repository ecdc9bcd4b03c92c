"""Cells that spreadsheets leave alone, and back (security rule 27)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scim_server.directory.files.cells import neutral, restored


@pytest.mark.parametrize("text", ["=1+1", "+49 89", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_what_would_be_calculated_is_text(text: str) -> None:
    assert neutral(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Ada", "1-1", "'quoted'", "O'Hara", " =1"])
def test_the_rest_stays_as_it_is(text: str) -> None:
    assert neutral(text) == text


@given(st.text("'=+-@\t\ra ", max_size=6))
def test_every_text_comes_back(text: str) -> None:
    assert restored(neutral(text)) == text
    assert not neutral(text).startswith(tuple("=+-@\t\r"))
