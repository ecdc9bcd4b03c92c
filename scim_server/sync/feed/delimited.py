"""Rows of CSV (RFC 4180). A file that may have been cut is not believed."""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from os import SEEK_END
from typing import IO

from scim_server.directory.files.cells import restored
from scim_server.sync.entries import SourceFault
from scim_server.sync.feed.rows import LONGEST_ROW, Row, refuse
from scim_server.sync.mapping.expressions import fold

DELIMITERS = ",;\t|"


@dataclass(slots=True)
class _Lines:
    """Lines of text for csv.reader, which asks for more of them inside quotes.

    length: characters since it was set to 0
    """

    text: IO[str]
    number: int = 0
    length: int = 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self.text.readline(LONGEST_ROW + 1)
        if not line:
            raise StopIteration
        self.number += 1
        self.length += len(line)
        if self.length > LONGEST_ROW:
            raise SourceFault(f"line {self.number} is too long, or a quote before it has no end")
        if "\0" in line:
            raise SourceFault(f"line {self.number} holds NUL: its encoding is another one")
        return line


def is_ended(file: IO[bytes]) -> bool:
    """Whether the last line has an end, in whatever encoding: else it may have been cut."""
    size = file.seek(0, SEEK_END)
    file.seek(max(0, size - 4))
    return size == 0 or file.read().strip(b"\0").endswith((b"\n", b"\r"))


def delimiter_of(text: IO[str], id: str) -> str:
    """The one that leaves the column ``id`` in the header. Goes back to the beginning."""
    first = text.readline(LONGEST_ROW)
    text.seek(0)
    for each in DELIMITERS:
        with suppress(csv.Error):
            header = next(csv.reader([first], delimiter=each), [])
            if fold(id) in map(_name, header):
                return each
    return DELIMITERS[0]


def rows(text: IO[str], delimiter: str, wanted: Iterable[str]) -> Iterator[Row]:
    """Those that hold anything, with the columns that are wanted.

    Raises: SourceFault: a column is missing or comes twice; a row has other cells than the header
        or no end
    """
    lines = _Lines(text)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        header = next(reader, None)
        if header is not None:
            yield from _below(header, reader, lines, wanted)
    except csv.Error as fault:
        raise SourceFault(f"line {lines.number} is not CSV: {fault}") from None


def _below(
    header: list[str], reader: Iterator[list[str]], lines: _Lines, wanted: Iterable[str]
) -> Iterator[Row]:
    columns = _columns(header, wanted)
    begins = lines.number + 1
    for cells in reader:
        if any(cells):
            if len(cells) != len(header):
                told = f"{len(cells)} cells, and the header {len(header)}"
                raise SourceFault(f"line {begins} has {told}: the file may be cut")
            texts = ((name, restored(cells[at].strip())) for name, at in columns)
            yield Row(f"line {begins}", {name: (text,) for name, text in texts if text})
        begins = lines.number + 1
        lines.length = 0


def _columns(header: list[str], wanted: Iterable[str]) -> list[tuple[str, int]]:
    """Where each stands, by folded name."""
    spelt = {fold(name): name for name in wanted}
    found = Counter(map(_name, header))
    refuse((name for each, name in spelt.items() if not found[each]), "the header lacks")
    refuse((name for each, name in spelt.items() if found[each] > 1), "the header has twice")
    return [(name, at) for at, cell in enumerate(header) if (name := _name(cell)) in spelt]


def _name(cell: str) -> str:
    return fold(cell.strip())
