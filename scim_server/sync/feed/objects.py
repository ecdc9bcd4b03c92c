"""Rows of JSON: objects one after the other, in an array, or in an array within an object.

Numbers stay as they are written: 1.10 is no other cost centre than "1.10".
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from json import JSONDecoder
from typing import IO, Any, NoReturn

from scim_server.sync.entries import SourceFault
from scim_server.sync.feed.rows import LONGEST_ROW, Row
from scim_server.sync.mapping.expressions import fold

BLOCK = 2**16
DEEPEST = 16
"""Levels of a row that are looked at."""


def rows(text: IO[str], member: str | None, wanted: Iterable[str]) -> Iterator[Row]:
    """All objects, with the values that are wanted: of ``{"name": {"first": …}}`` "name.first".

    Args: member: of the object around the array; None: there is none
    Raises: SourceFault: the text is not JSON, breaks off, or holds something else than objects
    """
    names = frozenset(map(fold, wanted))
    scanner = _Scanner(text)
    for value in scanner.top() if member is None else scanner.member(member):
        scanner.row += 1
        texts = _Texts(names)
        texts.take("", value, DEEPEST)
        yield Row(f"row {scanner.row}", texts.found)


@dataclass(frozen=True, slots=True)
class _Texts:
    """Those that a value holds under wanted names; ``found``: by folded name."""

    wanted: frozenset[str]
    found: dict[str, list[str]] = field(default_factory=dict)

    def take(self, name: str, value: Any, levels: int) -> None:
        """All that are in a value, of an array under its own name."""
        if isinstance(value, str):
            if name in self.wanted and (text := value.strip()):
                self.found.setdefault(name, []).append(text)
        elif isinstance(value, bool):
            self.take(name, "true" if value else "false", levels)
        elif isinstance(value, dict) and levels:
            for key, inner in value.items():
                self.take(f"{name}.{fold(key)}" if name else fold(key), inner, levels - 1)
        elif isinstance(value, list) and levels:
            for inner in value:
                self.take(name, inner, levels - 1)


def _refused(constant: str) -> NoReturn:
    raise ValueError(constant)  # NaN, Infinity: Python's, not JSON's


_NO_SPACE = re.compile(r"[^ \t\r\n]")
_DECODER = JSONDecoder(parse_int=str, parse_float=str, parse_constant=_refused)


@dataclass(slots=True)
class _Scanner:
    """Takes one value after the other off a text; ``row``: of how many rows."""

    text: IO[str]
    row: int = 0
    read: str = ""
    at: int = 0
    is_read: bool = False

    def top(self) -> Iterator[Any]:
        """The objects of an array, or those that follow each other."""
        if self._peek() == "[":
            yield from self._array()
            self._end()
        while self._peek():
            yield self._object()

    def member(self, wanted: str) -> Iterator[Any]:
        """The objects of an array that is a member of an object."""
        found = False
        self._take("{")
        while True:
            name = self._value()
            self._take(":")
            if name == wanted:
                found = True
                yield from self._array()
            else:
                self._value()
            if self._take(",}") == "}":
                break
        self._end()
        if not found:
            raise SourceFault(f'there are no rows, for the object has no "{wanted}"')

    def _array(self) -> Iterator[Any]:
        self._take("[")
        if self._peek() == "]":
            self._take("]")
            return
        while True:
            yield self._object()
            if self._take(",]") == "]":
                return

    def _object(self) -> dict[str, Any]:
        value = self._value()
        if not isinstance(value, dict):
            raise self._fault("that is no object")
        return value

    def _value(self) -> Any:
        self._peek()
        while (found := self._decoded()) is None:
            if not self._more():
                raise self._fault("it is not JSON, or the file breaks off in it")
        value, self.at = found
        return value

    def _decoded(self) -> tuple[Any, int] | None:
        """A value and where it ends; None: there is none yet, or it may go on."""
        try:
            value, end = _DECODER.raw_decode(self.read, self.at)
        except ValueError:
            return None
        except RecursionError:
            raise self._fault("it is nested too deeply") from None
        return (value, end) if end < len(self.read) else None

    def _take(self, one_of: str) -> str:
        found = self._peek()
        if not found or found not in one_of:
            raise self._fault(f'one of "{one_of}" is missing: the file may be cut')
        self.at += 1
        return found

    def _end(self) -> None:
        if self._peek():
            raise self._fault("it comes after the end")

    def _peek(self) -> str:
        """The next character that is no space, "" at the end."""
        while True:
            if found := _NO_SPACE.search(self.read, self.at):
                self.at = found.start()
                return found[0]
            self.at = len(self.read)
            if not self._more():
                return ""

    def _more(self) -> bool:
        """Whether there was any. A space after the last value shows that it does not go on."""
        if len(self.read) - self.at > LONGEST_ROW:
            raise self._fault(f"it is not JSON, or has more than {LONGEST_ROW:,} characters")
        if self.is_read:
            return False
        block = self.text.read(BLOCK)
        self.is_read = not block
        self.read = self.read[self.at :] + (block or " ")
        self.at = 0
        return True

    def _fault(self, told: str) -> SourceFault:
        return SourceFault(f"row {self.row + 1}: {told}")
