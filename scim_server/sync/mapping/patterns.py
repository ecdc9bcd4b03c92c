"""Regular expressions of a mapping, which read what strangers wrote.

Python's engine tries one way after the other through a text. What is written here for it can try
no more than MOST_WAYS on one value: a text longer than LONGEST is read to there, and a pattern that
could try more, as ``(a+)+`` does, is refused when it is loaded. A value costs less than a second
at worst, an entry as many of them as have MOST_TOGETHER characters.
"""

import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from scim_server.protocol.errors import InvalidValue
from scim_server.sync.faults import Faults

# There is no public way to look into a pattern.
part, parser = import_module("re._constants"), import_module("re._parser")

LONGEST = 256
"""Characters of a value that are looked at."""
MOST_TOGETHER = 2**16
"""Characters of all values that one pattern looks at in an entry."""
MOST_WAYS = 2 * LONGEST**3
"""On one value: two open repeats, from each of its characters on."""
LONGEST_PATTERN = 500
"""Characters: what is nested deeper would be too deep for the parser."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression; ``place``: where it stands."""

    place: str
    compiled: re.Pattern[str]

    def is_in(self, values: Sequence[str]) -> bool:
        """Whether one of the values has it. Raises InvalidValue: there is too much of them."""
        return any(True for _ in self._found(values))

    def taken(self, values: Sequence[str]) -> list[str]:
        """Its first group, or all of it, in each value that has it. Raises InvalidValue."""
        group = 1 if self.compiled.groups else 0
        return [text for found in self._found(values) if (text := found[group])]

    def _found(self, values: Sequence[str]) -> Iterator[re.Match[str]]:
        looked_at = [value[:LONGEST] for value in values]
        if sum(map(len, looked_at)) > MOST_TOGETHER:
            raise InvalidValue(f'"{self.place}" has too many values to look for a pattern in.')
        yield from filter(None, map(self.compiled.search, looked_at))


def pattern(text: str, place: str, faults: Faults) -> Pattern:
    """The pattern that a text is; what is wrong with it is told in ``faults``."""
    try:
        if len(text) > LONGEST_PATTERN:
            raise ValueError(f"longer than {LONGEST_PATTERN} characters")
        with warnings.catch_warnings(action="error"):
            tries = _tries(parser.parse(text))
        compiled = re.compile(text)
    except (re.error, ValueError, OverflowError, RecursionError, FutureWarning) as error:
        faults.at(place, f"is no regular expression: {error}")
        return Pattern(place, re.compile(""))
    if tries > MOST_WAYS:
        faults.at(
            place,
            "could try too many ways through a long value: let it begin with ^, write ++ and *+"
            " for + and *, and repeat nothing that repeats or has a | in it",
        )
    return Pattern(place, compiled)


def _tries(parsed: Any) -> int:
    """At most so many ways, from every character of a text on, or from its beginning only."""
    first = parsed[0] if len(parsed) else None
    is_anchored = first in ((part.AT, part.AT_BEGINNING), (part.AT, part.AT_BEGINNING_STRING))
    is_multiline = bool(parsed.state.flags & re.MULTILINE)
    return _ways(parsed) * (1 if is_anchored and not is_multiline else LONGEST)


def _ways(items: Iterable[Any]) -> int:
    ways = 1
    for operation, argument in items:
        # What is above the limit may as well be just above it.
        ways = min(ways * _choices(operation, argument), MOST_WAYS + 1)
    return ways


def _choices(operation: Any, argument: Any) -> int:
    match operation:
        case part.BRANCH:
            return sum(map(_ways, argument[1]))
        case part.MAX_REPEAT | part.MIN_REPEAT:
            least, most, body = argument
            each = _ways(body)
            times = range(min(least, LONGEST), min(most, LONGEST) + 1)
            return sum(each**number for number in times)
        case part.POSSESSIVE_REPEAT:
            return _ways(argument[2])
        case part.SUBPATTERN | part.ASSERT | part.ASSERT_NOT:
            return _ways(argument[-1])
        case part.ATOMIC_GROUP:
            return _ways(argument)
        case part.GROUPREF_EXISTS:
            return sum(_ways(branch or ()) for branch in argument[1:])
    return 1
