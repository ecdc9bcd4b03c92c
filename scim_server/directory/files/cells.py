"""Cells of CSV that no spreadsheet takes for a formula (security rule 27)."""

import re

_FORMULA = re.compile(r"'*[=+\-@\t\r]")
"""Also where it has been neutralised already, so that the way back is the only one."""

_FIRST = frozenset("'=+-@\t\r")


def neutral(text: str) -> str:
    """With an apostrophe before what a spreadsheet would calculate."""
    return f"'{text}" if text[:1] in _FIRST and _FORMULA.match(text) else text


def restored(cell: str) -> str:
    """What ``neutral`` was given."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
