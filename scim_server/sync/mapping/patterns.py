"""Regular expressions of a mapping, which read what strangers wrote.

They are RE2's: a search takes time with the length of the text and the size of the pattern,
whatever is in either. So nothing but these two is limited.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import re2

from scim_server.protocol.errors import InvalidValue
from scim_server.sync.faults import Faults

LARGEST = 5_000
"""Steps of a pattern: what people write has some dozens, and a thousand for each "\\pL"."""

_QUIET = re2.Options()
_QUIET.log_errors = False


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression; ``place``: where it stands."""

    place: str
    compiled: Any

    def is_in(self, values: Sequence[str]) -> bool:
        """Whether one of the values has it. Raises InvalidValue."""
        return any(True for _ in self._found(values))

    def taken(self, values: Sequence[str]) -> list[str]:
        """Its first group, or all of it, in each value that has it. Raises InvalidValue."""
        group = 1 if self.compiled.groups else 0
        return [text for found in self._found(values) if (text := found[group])]

    def _found(self, values: Sequence[str]) -> Iterator[Any]:
        try:
            yield from filter(None, map(self.compiled.search, values))
        except UnicodeError:
            raise InvalidValue(f'"{self.place}" reads what is no text.') from None


def pattern(text: str, place: str, faults: Faults) -> Pattern:
    """The pattern that a text is; what is wrong with it is told in ``faults``."""
    try:
        found = Pattern(place, re2.compile(text, _QUIET))
    except re2.error as error:
        why = error.args[0].decode("utf-8", "replace")
        faults.at(place, f"is no regular expression of RE2: {why:.80}")
        return Pattern(place, re2.compile(""))
    if found.compiled.programsize > LARGEST:
        faults.at(place, "is too large a regular expression: repeat less, or fewer letters")
    return found
