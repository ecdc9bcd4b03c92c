"""The requirements of the RFCs, as ``requirements.toml`` has them."""

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("requirements.toml")
LEVELS = ("MUST", "SHOULD", "MAY", "INTEROP")
"""Of BCP 14, the gravest first; INTEROP is what deployed clients need beside the RFCs."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """One testable sentence.

    level:  one of LEVELS; ``derived`` where it follows from definitions, tables or examples
    source: RFC and section, ``7644 §3.3``
    gate:   the feature that must be advertised for it to bind, as features.py names it
    unless: the feature that must not be
    unseen: why it cannot be examined from outside; None where it can
    """

    id: str
    level: str
    derived: bool
    part: str
    source: str
    text: str
    gate: str | None = None
    unless: str | None = None
    unseen: str | None = None

    def binds(self, features: Collection[str]) -> bool:
        """Whether it says anything of a server with these features."""
        has_gate = self.gate is None or self.gate in features
        return has_gate and self.unless not in features


@cache
def catalogue() -> Mapping[str, Requirement]:
    """Every requirement by its id, in the order of the file."""
    rows = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {id: _requirement(id, row) for id, row in rows.items()}


def _requirement(id: str, row: Mapping[str, str]) -> Requirement:
    return Requirement(
        id,
        row["level"].removesuffix("(d)"),
        row["level"].endswith("(d)"),
        row["section"],
        row["source"],
        row["text"],
        row.get("gate"),
        row.get("unless"),
        row.get("unseen"),
    )
