"""Judged lines that wait in a file until they are written."""

import tempfile
from pathlib import Path

import pytest

from scim_server.directory.accounts.lifecycle import Status
from scim_server.directory.files.judging import Judged
from scim_server.directory.files.pile import IN_MEMORY, Pile
from scim_server.directory.files.sheets import Line
from scim_server.protocol.errors import Unavailable

LINE = Line(2, "ada", {"displayName": "Ada\n"}, Status.ACTIVE, ("Engine", "Poets"))
CREATED = Judged(LINE, {"userName": "ada", "x": [1.5, None, True]}, addresses=("a@example.com",))
CHANGED = Judged(Line(3, "bob", {}), account="id")
LONG = [Judged(Line(4, "x" * (IN_MEMORY // 4), {}))]


@pytest.mark.parametrize("before", [0, 5])
def test_what_is_put_in_comes_out_in_order_as_often_as_it_is_asked_for(before: int) -> None:
    chunks = [(1, LONG)] * before + [(2, [CREATED, CHANGED]), (3, [])]
    with Pile() as pile:
        for done, judged in chunks:
            pile.put(done, judged)
        assert list(pile) == chunks
        assert list(pile) == chunks


def test_a_pile_that_has_no_room_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    with Pile() as pile, pytest.raises(Unavailable):
        for _ in range(5):
            pile.put(1, LONG)
