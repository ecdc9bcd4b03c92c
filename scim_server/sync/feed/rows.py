"""What the formats have in common."""

from collections.abc import Iterable
from dataclasses import dataclass

from scim_server.sync.entries import SourceFault
from scim_server.sync.mapping.expressions import Values

LONGEST_ROW = 2**20
"""Characters."""


@dataclass(frozen=True, slots=True)
class Row:
    """A worker's values, by folded name of the column; ``place``: in the file, as "line 17"."""

    place: str
    values: Values


def refuse(names: Iterable[str], told: str) -> None:
    """Raises SourceFault where there are any."""
    if named := ", ".join(f'"{name}"' for name in sorted(names)):
        raise SourceFault(f"{told} {named}")
