"""The other server as a source: a reading of all it has, or of what has changed in it.

What has changed, ``meta.lastModified`` tells, after an instant of the server's own clock.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from scim_server.sync.entries import Asked, Entry, SourceFault, Unreadable
from scim_server.sync.scim.listing import IDS, Found, Listing
from scim_server.sync.scim.members import Members
from scim_server.sync.scim.offers import UNTOLD, read_offers, takes
from scim_server.sync.scim.remote import connected
from scim_server.sync.scim.resources import entry
from scim_server.sync.scim.settings import Settings

ENDPOINTS = {"User": "/Users", "Group": "/Groups"}
OVERLAP = timedelta(minutes=5)
"""Read again each time: a change may show later than it says, and the server's clocks differ."""
INSTANT = "%Y-%m-%dT%H:%M:%SZ"
UNIX_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""No clock that has been set stands before it."""


@dataclass(frozen=True, slots=True)
class ScimReading:
    """entries.Reading.

    changed: the condition for what is read; None: everything is
    again:   ids of what is read besides
    until:   the mark of the next reading
    members: what has been seen of them
    """

    listings: Mapping[str, Listing]
    changed: str | None
    again: Mapping[str, Collection[str]]
    until: str | None
    members: Members = field(default_factory=Members)

    @property
    def is_whole(self) -> bool:
        """Whether everything is read."""
        return self.changed is None

    def entries(self, kind: str) -> Iterator[Entry | Unreadable]:
        """Page by page. Raises SourceFault."""
        return self._read(kind, self._asked(kind))

    def entries_of(self, kind: str, ids: Collection[str]) -> Iterator[Entry | Unreadable]:
        """One by one. Raises SourceFault."""
        return self._read(kind, _of(self.listings[kind], ids))

    def _read(self, kind: str, found: Iterator[Found]) -> Iterator[Entry | Unreadable]:
        listing = self.listings[kind]
        for id, resource in found:
            self.members.see(kind, id, resource)
            yield entry(kind, listing.url, resource)
        if kind == "Group":
            self.members.check(listing)

    def _asked(self, kind: str) -> Iterator[Found]:
        listing = self.listings[kind]
        query = listing.query(self.changed) if self.changed else listing.query()
        missing = set(self.again.get(kind, ())) if self.changed else set()
        for id, resource in listing.everything(query):
            missing.discard(id or "")
            yield id, resource
        yield from _of(listing, missing)

    def present(self, kind: str) -> Iterator[str]:
        """The ids only. Raises SourceFault."""
        listing = self.listings[kind]
        for id, _ in listing.everything({**listing.query(), **IDS}):
            if id is None:
                raise SourceFault(f"{listing.url}: something in the list has no id")
            yield id

    def mark(self) -> str | None:
        """When this reading began; None: the server does not say, or cannot go on from it."""
        return self.until


def _of(listing: Listing, ids: Collection[str]) -> Iterator[Found]:
    for id in sorted(ids):
        if (resource := listing.one(id)) is not None:
            yield id, resource


@dataclass(frozen=True, slots=True)
class ScimSource:
    """entries.Source.

    names: what is read, by kind
    """

    settings: Settings
    names: Mapping[str, frozenset[str]]

    @contextmanager
    def reading(self, asked: Asked) -> Iterator[ScimReading]:
        """Raises SourceFault."""
        with connected(self.settings) as remote:
            told = remote.get("/ServiceProviderConfig", also=UNTOLD)
            offers = read_offers(remote, told.document, ENDPOINTS["User"])
            filters = self.settings.filters
            listings = {
                kind: Listing(remote, offers, ENDPOINTS[kind], filters.get(kind))
                for kind in self.names
            }
            until = self._mark(told.date) if offers.filter is not False else None
            yield ScimReading(listings, _changed(asked.since, until, listings), asked.again, until)

    def _mark(self, date: datetime | None) -> str | None:
        """The instant, after a digest of what is read: another list has other marks."""
        if date is None or date < UNIX_EPOCH:
            return None
        read = (self.settings.url, sorted(self.settings.filters.items()), sorted(self.names))
        return f"{sha256(repr(read).encode()).hexdigest()[:16]} {date:{INSTANT}}"


def _changed(since: str | None, until: str | None, listings: Mapping[str, Listing]) -> str | None:
    """The condition for what has changed between two marks; None: it cannot be asked for so."""
    if since is None or until is None:
        return None
    (theirs, _, began), (ours, _, now) = since.partition(" "), until.partition(" ")
    # Where the clock has gone back, changes would be missed.
    if theirs != ours or began > now:
        return None
    condition = f'meta.lastModified ge "{datetime.fromisoformat(began) - OVERLAP:{INSTANT}}"'
    asked = (takes(each.remote, each.path, each.query(condition)) for each in listings.values())
    return condition if all(asked) else None
