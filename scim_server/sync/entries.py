"""What a source is to the rest: entries that are read from it, and what can be wrong with them.

A source knows nothing of this directory, and the rest nothing of LDAP, files and HTTP.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

from scim_server.protocol.schema import Document
from scim_server.sync.mapping.expressions import Values


@dataclass(frozen=True, slots=True)
class Entry:
    """One user or group, as its source has it.

    kind:     name of the resource type
    id:       what the source calls it for ever: an entryUUID, an objectGUID, a worker's number
    name:     what its other entries refer to it by: a DN, a worker's number
    place:    where people find it: a DN, a line of a file, a URL
    values:   its attributes by folded name, none of them empty
    active:   whether it is switched on there; None: the source does not say
    members:  the names of those in it; None: the source does not say
    document: as it is, where it is a SCIM document already
    """

    kind: str
    id: str
    name: str
    place: str
    values: Values
    active: bool | None = None
    members: tuple[str, ...] | None = None
    document: Document = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An entry that says nothing usable.

    id:     where it has one, the entry stays as it is here; None: nobody can tell who it is, and
            so nobody of its kind counts as gone
    active: False: it is switched off there, which is believed whatever else is wrong with it
    """

    kind: str
    place: str
    why: str
    id: str | None = None
    active: bool | None = None


class SourceFault(Exception):
    """The source cannot be read, or not to its end: unreachable, refused, truncated."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be read.

    since: the mark of an earlier reading: what has changed after it; None: everything
    again: ids, by kind, of entries that are to be read also where they have not changed
    """

    since: str | None = None
    again: Mapping[str, Collection[str]] = field(default_factory=dict)


class Reading(Protocol):
    """One pass over a source: first the users, then the groups, each once and to the end.

    is_whole: entries are all that there are; else those that have changed
    """

    @property
    def is_whole(self) -> bool:
        """Whether an entry that does not come, is gone. Else ``present`` says."""

    def entries(self, kind: str) -> Iterator[Entry | Unreadable]:
        """Streamed. Raises SourceFault."""

    def present(self, kind: str) -> Iterator[str] | None:
        """The ids of all there are now, cheaply; None: it does not say. Raises SourceFault.

        Of a whole reading too, where what moves while it is read may be missed by it.
        """

    def entries_of(self, kind: str, ids: Collection[str]) -> Iterator[Entry | Unreadable]:
        """Those of these that are there. Raises SourceFault."""

    def mark(self) -> str | None:
        """From where the next reading may go on, once this one is at its end; None: nowhere."""


class Source(Protocol):
    """Where users and groups come from."""

    def reading(self, asked: Asked) -> AbstractContextManager[Reading]:
        """A pass, in connections of its own. Raises SourceFault.

        A mark that the source cannot go on from makes a whole reading.
        """
