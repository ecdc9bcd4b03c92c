"""All accounts, or those that are wanted, as lines: page by page, so that memory stays flat."""

from collections.abc import Callable, Iterator
from enum import StrEnum

import orjson

from scim_server.directory.accounts.roster import Roster, Wanted
from scim_server.directory.callers import Caller
from scim_server.directory.files import sheets
from scim_server.protocol.schema import Document

PAGE = 1000


class Format(StrEnum):
    """How accounts are written; jsonl: an object for each line, as an import takes them."""

    CSV = "csv"
    JSON = "json"
    JSON_LINES = "jsonl"


class Exports:
    """Writes accounts in the order of their creation."""

    def __init__(self, roster: Roster) -> None:
        self.roster = roster

    def text(self, caller: Caller, wanted: Wanted, format: Format) -> Iterator[str]:
        """The file, a page at a time. Raises InvalidFilter, InvalidValue, before it begins."""
        pages = self._rows(caller, wanted)
        self.roster.query(caller, wanted)
        return WRITERS[format](pages)

    def _rows(self, caller: Caller, wanted: Wanted) -> Iterator[list[Document]]:
        for page in self.roster.pages(caller, wanted, PAGE):
            with self.roster.store.reading(caller.tenant) as reader:
                groups = reader.census.groups_of([each.key for each in page])
            yield [sheets.row(each, groups.get(each.key, ())) for each in page]


def _csv(pages: Iterator[list[Document]]) -> Iterator[str]:
    yield sheets.csv_header()
    yield from map(sheets.csv_text, pages)


def _json_lines(pages: Iterator[list[Document]]) -> Iterator[str]:
    for page in pages:
        yield "".join(orjson.dumps(row).decode() + "\n" for row in page)


def _json(pages: Iterator[list[Document]]) -> Iterator[str]:
    between = "["
    for page in pages:
        yield between + ",\n".join(orjson.dumps(row).decode() for row in page)
        between = ",\n"
    yield "[]\n" if between == "[" else "]\n"


WRITERS: dict[Format, Callable[[Iterator[list[Document]]], Iterator[str]]] = {
    Format.CSV: _csv,
    Format.JSON: _json,
    Format.JSON_LINES: _json_lines,
}
