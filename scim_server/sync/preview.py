"""What a mapping makes of entries, side by side with what the source says of them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

import orjson

from scim_server.protocol.errors import ScimError
from scim_server.protocol.resource import load
from scim_server.protocol.schema import Document
from scim_server.sync.entries import Entry, Reading, Unreadable
from scim_server.sync.mapping.expressions import Values
from scim_server.sync.mapping.mapped import Mapped
from scim_server.sync.mapping.names import referred, resolved

MOST_LINES, LONGEST_LINE = 50, 200
"""Of either side: a group has many members."""


@dataclass(frozen=True, slots=True)
class Preview:
    """An entry, and what becomes of it.

    said:     the values of the source
    document: with the source's own names where ids will be; None: it cannot be made
    why:      it cannot be made
    """

    kind: str
    place: str
    said: Values
    document: Document | None = None
    why: str | None = None

    @property
    def title(self) -> str:
        """Which entry it is."""
        return _plain(f"{self.kind} {self.place}")

    @property
    def left(self) -> list[str]:
        """Lines of what the source says."""
        return _short(f"{name}: {', '.join(values)}" for name, values in self.said.items())

    @property
    def right(self) -> list[str]:
        """Lines of what becomes of it, or why it does not."""
        if self.document is None:
            return _short([f"Error: {self.why}"])
        text = orjson.dumps(self.document, option=orjson.OPT_INDENT_2).decode()
        return _short(text.splitlines())


def previews(reading: Reading, mapped: Mapping[str, Mapped], limit: int) -> Iterator[Preview]:
    """The first entries of each kind. Raises SourceFault."""
    for kind, mapping in mapped.items():
        for entry in islice(reading.entries(kind), limit):
            yield preview(mapping, entry)


def preview(mapped: Mapped, entry: Entry | Unreadable) -> Preview:
    """Of one."""
    if isinstance(entry, Unreadable):
        return Preview(entry.kind, entry.place, {}, why=entry.why)
    try:
        return Preview(entry.kind, entry.place, entry.values, _document(mapped, entry))
    except ScimError as fault:
        return Preview(entry.kind, entry.place, entry.values, why=fault.detail)


def _document(mapped: Mapped, entry: Entry) -> Document:
    kind, made = mapped.kind, mapped.document(entry)
    document = load(kind, resolved(made, {name: name for name in referred(made)}))
    active = mapped.active(entry)
    if kind.storage.status and active is not None:
        document[kind.storage.status] = active
    if kind.storage.members and entry.members is not None:
        document[kind.storage.members] = [{"value": name} for name in entry.members]
    return document


def _short(lines: Iterable[str]) -> list[str]:
    """No more than fits, and nothing that a terminal would obey."""
    shown = [_plain(line) for line in islice(lines, MOST_LINES + 1)]
    return [*shown[:MOST_LINES], "…"] if len(shown) > MOST_LINES else shown


def _plain(line: str) -> str:
    cut = line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]}…"
    return "".join(each if each.isprintable() else f"\\x{ord(each):02x}" for each in cut)
