"""Every requirement of RFC 7643, 7644 and 9865 is proved by a test or excused in writing."""

import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from tests.marks import marked

ROOT = Path(__file__).parents[1]
CATALOGUE: dict[str, dict[str, str]] = tomllib.loads(
    (ROOT / "conformance" / "requirements.toml").read_text(encoding="utf-8")
)
NEEDED = {"section", "level", "source", "text"}
OPTIONAL = {"gate", "unless", "unseen"}
BINDING = {id for id, row in CATALOGUE.items() if row["section"] <= "T"}
"""Sections A to T; what follows is other RFCs, drafts and common practice."""
EXCUSE = re.compile(
    r"- \*\*(?P<id>[A-Z]{3}-\d{3})\*\* · (?P<what>.+) · (?P<why>.+) · (?P<letter>.+)"
)


class Excuse(NamedTuple):
    """A line of docs/divergences.md: what is done, why, and what restores the letter."""

    what: str
    why: str
    letter: str


def proved() -> set[str]:
    """The ids that the tests claim to prove; pytest collects ``test_*.py`` and no other.

    The rows of filter_cases*.py carry ids as well, and are tests of three modules.
    """
    tests = ROOT / "tests"
    files = [*tests.rglob("test_*.py"), *tests.glob("protocol/filter_cases*.py")]
    return {id for file in files for id in marked(file.read_text(encoding="utf-8"), "proves")}


def excuse_lines() -> list[str]:
    """The items under "Excused requirements"."""
    text = (ROOT / "docs" / "divergences.md").read_text(encoding="utf-8")
    _, _, section = text.partition("\n## Excused requirements\n")
    return [line for line in section.partition("\n## ")[0].splitlines() if line.startswith("- ")]


def excuses() -> list[tuple[str, Excuse]]:
    """The excuses in order, each with the id that it is for."""
    found = (EXCUSE.fullmatch(line) for line in excuse_lines())
    return [
        (line["id"], Excuse(line["what"], line["why"], line["letter"])) for line in found if line
    ]


def listed(ids: set[str]) -> str:
    """The requirements, one a line, for a person to read."""
    rows = [(id, CATALOGUE.get(id, {})) for id in sorted(ids)]
    return "".join(f"\n{id} {row.get('level', '')}: {row.get('text', '')}" for id, row in rows)


def test_every_requirement_is_proved_or_excused() -> None:
    missing = BINDING - proved() - {id for id, _ in excuses()}
    assert not missing, f"{len(missing)} neither proved nor excused:{listed(missing)}"


def test_nothing_is_both_proved_and_excused() -> None:
    both = proved() & {id for id, _ in excuses()}
    assert not both, f"proved and excused:{listed(both)}"


def test_no_test_proves_what_is_no_requirement() -> None:
    assert proved() - CATALOGUE.keys() == set()


def test_every_excuse_has_the_form_that_is_read_here() -> None:
    assert [line for line in excuse_lines() if not EXCUSE.fullmatch(line)] == []


def test_every_excuse_is_for_a_requirement_and_there_is_one_for_each() -> None:
    counted = Counter(id for id, _ in excuses())
    assert counted.keys() <= CATALOGUE.keys()
    assert [id for id, times in counted.items() if times > 1] == []


def test_a_must_is_not_excused_without_a_reason() -> None:
    short = {
        id
        for id, excuse in excuses()
        if CATALOGUE[id]["level"].startswith("MUST") and len(excuse.why) < 20
    }
    assert not short, f"excused without a reason:{listed(short)}"


def test_the_catalogue_is_whole() -> None:
    assert len(CATALOGUE) == 428
    assert all(row.keys() - OPTIONAL == NEEDED for row in CATALOGUE.values())
