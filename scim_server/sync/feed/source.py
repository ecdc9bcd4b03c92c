"""An HR feed as a source: whom it means today.

It is always read whole, for days pass without the file changing.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain

from scim_server.directory.ports import Clock
from scim_server.protocol.values import UNSTORABLE
from scim_server.sync.entries import Asked, Entry, SourceFault, Unreadable
from scim_server.sync.feed.dates import Term, parser
from scim_server.sync.feed.export import Export, opened
from scim_server.sync.feed.rows import Row
from scim_server.sync.feed.settings import GroupColumn, Settings
from scim_server.sync.mapping.expressions import fold

USER, GROUP = "User", "Group"
LONGEST_NAME = 255
"""Characters of a worker's id, and of a group's name."""


@dataclass(frozen=True, slots=True)
class FeedSource:
    """A file, or an address; ``names``: by kind, the columns that the mapping reads."""

    settings: Settings
    names: Mapping[str, frozenset[str]]
    clock: Clock

    @contextmanager
    def reading(self, asked: Asked) -> Iterator["FeedReading"]:
        """All of it, whatever is asked for. Raises SourceFault."""
        told = self.settings
        today = self.clock().astimezone(told.zone).date()
        term = Term(told.start, told.end, today, parser(told.date_formats, told.zone))
        wanted = self.names.get(USER, frozenset()).union(told.columns)
        with opened(told) as export:
            yield FeedReading(export, wanted, term)


@dataclass(frozen=True, slots=True)
class FeedReading:
    """Goes through the export once for each kind."""

    export: Export
    wanted: frozenset[str]
    term: Term

    @property
    def is_whole(self) -> bool:
        """Always."""
        return True

    def present(self, kind: str) -> None:
        """No more than those who come."""

    def entries_of(self, _kind: str, _ids: Collection[str]) -> Iterator[Entry | Unreadable]:
        """None: it has read all."""
        return iter(())

    def mark(self) -> None:
        """Nowhere: the next reading begins anew."""

    def entries(self, kind: str) -> Iterator[Entry | Unreadable]:
        """Workers in the order of the file, or the groups that they are in. Raises SourceFault."""
        groups = self.export.settings.groups
        if kind == USER:
            return (worker for _, worker in self._workers())
        if kind == GROUP and groups is not None:
            return self._groups(groups)
        raise SourceFault(f"The feed names no {kind}: [feed.groups] is missing.")

    def _workers(self) -> Iterator[tuple[Row, Entry | Unreadable]]:
        for row in self.export.rows(self.wanted):
            worker = self._worker(row)
            if worker is not None:
                yield row, worker

    def _worker(self, row: Row) -> Entry | Unreadable | None:
        """None: whoever has not begun yet, or has left."""
        place = f"{row.place} of {self.export.name}"
        column = self.export.settings.id
        ids = row.values.get(fold(column), ())
        id = ids[0] if len(ids) == 1 and _is_name(ids[0]) else None
        try:
            if not self.term.includes_today(row.values):
                return None
        except ValueError as fault:
            return Unreadable(USER, place, str(fault), id)
        if id is None:
            return Unreadable(USER, place, f'"{column}" holds no worker\'s id')
        if any(UNSTORABLE.search(text) for texts in row.values.values() for text in texts):
            return Unreadable(USER, place, "a value holds NUL, or half a character", id)
        return Entry(USER, id, id, place, row.values)

    def _groups(self, told: GroupColumn) -> Iterator[Entry | Unreadable]:
        members: dict[str, list[str | None]] = {}
        for row, worker in self._workers():
            for name in _named(row, told):
                members.setdefault(name, []).append(worker.id)
        place = f'column "{told.column}" of {self.export.name}'
        for name, ids in members.items():
            yield _group(name, ids, place)


def _named(row: Row, told: GroupColumn) -> Collection[str]:
    """The groups of a worker, each once: a cell may hold a million separators."""
    names: Iterable[str] = row.values.get(fold(told.column), ())
    if told.separator:
        names = chain.from_iterable(text.split(told.separator) for text in names)
    return dict.fromkeys(filter(None, map(str.strip, names)))


def _group(name: str, ids: list[str | None], place: str) -> Entry | Unreadable:
    """As it stands here where somebody is in it of whom nobody knows who it is."""
    if not _is_name(name):
        return Unreadable(GROUP, place, "a name of a group is too long, or holds NUL")
    known = tuple(dict.fromkeys(id for id in ids if id is not None))
    if None in ids:
        return Unreadable(GROUP, place, "somebody without an id is in it", name)
    # A worker may have the id "Sales": nobody refers to a group, and so it needs no name.
    return Entry(GROUP, name, f"{GROUP} {name}", place, {"name": (name,)}, members=known)


def _is_name(text: str) -> bool:
    return 0 < len(text) <= LONGEST_NAME and UNSTORABLE.search(text) is None
