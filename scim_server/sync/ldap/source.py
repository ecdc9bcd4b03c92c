"""An LDAP directory as a source: a pass over all of it, or over what has changed."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from itertools import chain

from scim_server.directory.ports import Clock
from scim_server.sync.entries import Asked, Entry, SourceFault, Unreadable
from scim_server.sync.ldap.changes import SERVICE, UNMARKED, USN, Mark, changes, read, written
from scim_server.sync.ldap.connection import Session, session
from scim_server.sync.ldap.dialects import DIALECTS, Dialect, recognised
from scim_server.sync.ldap.entries import BINARY, DN, NoText, Reader, id_of
from scim_server.sync.ldap.filters import IDS_AT_ONCE, both, either, having_id, since, until
from scim_server.sync.ldap.flags import filetime
from scim_server.sync.ldap.members import (
    MEMBER_UID,
    Members,
    at_groups,
    at_users,
    flattened,
    turned,
    unambiguous,
)
from scim_server.sync.ldap.search import Found, Search, found, one
from scim_server.sync.ldap.settings import Part, Settings

USER, GROUP = "User", "Group"
EXPIRES = "accountExpires"
ROOT = ("objectClass", "supportedCapabilities", "vendorName", USN, SERVICE)


@dataclass(frozen=True, slots=True)
class LdapSource:
    """A directory; ``names``: what the mapping reads of its entries, by kind."""

    settings: Settings
    names: Mapping[str, frozenset[str]]
    clock: Clock

    @contextmanager
    def reading(self, asked: Asked) -> Iterator["LdapReading"]:
        """In one connection. Raises SourceFault."""
        with session(self.settings) as opened:
            yield LdapReading(opened, self.names, asked, self.clock())


class LdapReading:
    """Users, then groups; whole, or what has changed since a mark that can be followed."""

    def __init__(
        self, session: Session, names: Mapping[str, frozenset[str]], asked: Asked, now: datetime
    ) -> None:
        """Raises SourceFault."""
        settings = session.settings
        self._session = session
        self._now = now
        self._again = asked.again
        about = one(session, "", ROOT)
        self._dialect = _dialect(session, about)
        self._flags = self._dialect.flags if settings.flags is None else settings.flags
        self._parts = {
            kind: _settled(part, kind, self._dialect) for kind, part in settings.parts.items()
        }
        self._names = {kind: frozenset(map(str.lower, read)) for kind, read in names.items()}
        self._changes = changes(session, about, self._dialect.changed, now)
        self._since = self._followed(read(asked.since))

    @property
    def is_whole(self) -> bool:
        """Whether all entries come."""
        return self._since is None

    def entries(self, kind: str) -> Iterator[Entry | Unreadable]:
        """Streamed, but for groups that are flattened. Raises SourceFault."""
        entries = self._read(kind, self._chosen(kind))
        is_flat = self._parts[kind].nested == "flatten"
        yield from flattened(list(entries)) if is_flat else entries

    def entries_of(self, kind: str, ids: Collection[str]) -> Iterator[Entry | Unreadable]:
        """Those of these that are there. Raises SourceFault."""
        if self._parts[kind].nested == "flatten":
            # Who is in one, the groups in it say.
            return (each for each in self.entries(kind) if each.id in ids)
        return self._read(kind, self._having(kind, ids))

    def present(self, kind: str) -> Iterator[str] | None:
        """The ids of all; None: there are entries without one. Raises SourceFault.

        Whoever moves from one base to another while they are read can be missed by ``entries``.
        """
        part = self._parts[kind]
        try:
            ids = [id_of(each, part.id.lower()) for each in self._found(part, [part.id])]
        except NoText:
            return None
        return iter(ids)

    def mark(self) -> str | None:
        """Where this reading began, as the server counts."""
        if self._changes is None:
            return None
        before = self._since.position if self._since else None
        known = [each for each in (before, self._changes.position()) if each is not None]
        if not known:
            return None
        at = int(self._now.timestamp())
        return written(Mark(self._asked(), self._changes.server, max(known), at))

    def _followed(self, mark: Mark | None) -> Mark | None:
        """The mark, if what has changed after it can be asked for, and all else is the same."""
        if mark is None or self._changes is None or not self._changes.follow(mark):
            return None
        is_same = (mark.asked, mark.server) == (self._asked(), self._changes.server)
        return mark if is_same else None

    def _asked(self) -> str:
        """What decides which entries come, and what of them: who asks, too."""
        names = {kind: sorted(names) for kind, names in sorted(self._names.items())}
        settings = self._session.settings
        asks = (settings.bind.mechanism, settings.bind.name)
        of_values = (sorted(settings.binary), self._flags)
        whole = repr((self._dialect.changed, sorted(self._parts.items()), names, of_values, asks))
        return sha256(whole.encode()).hexdigest()

    def _read(self, kind: str, entries: Iterable[Found]) -> Iterator[Entry | Unreadable]:
        reader = self._reader(kind)
        for each in entries:
            if self._changes:
                self._changes.saw(each)
            yield reader.entry(each)

    def _reader(self, kind: str) -> Reader:
        part = self._parts[kind]
        flags = self._flags if kind == USER else ()
        return Reader(
            kind,
            part.id.lower(),
            self._names.get(kind, frozenset()),
            BINARY | self._session.settings.binary,
            flags,
            [flag for flag in flags if flag in self._dialect.always],
            self._now,
            self._members(part) if kind == GROUP else None,
        )

    def _chosen(self, kind: str) -> Iterator[Found]:
        """What came: all, or what has changed and what is asked for again, each once."""
        part = self._parts[kind]
        if self._since is None or self._changes_unseen(kind):
            yield from self._found(part, self._attributes(kind))
            return
        given: set[bytes] = set()
        changed = self._narrowed(kind, self._changed(kind, self._since))
        for each in chain(changed, self._having(kind, self._again.get(kind, ()))):
            if each.dn not in given:
                given.add(each.dn)
                yield each

    def _changes_unseen(self, kind: str) -> bool:
        """Whether what is read of entries changes without them."""
        is_named = not UNMARKED.isdisjoint(self._names.get(kind, ()))
        return is_named or _stands_elsewhere(self._parts[kind])

    def _having(self, kind: str, ids: Iterable[str]) -> Iterator[Found]:
        """Those with these ids."""
        filters = list(_by_id(self._parts[kind].id, ids))
        for at in range(0, len(filters), IDS_AT_ONCE):
            yield from self._narrowed(kind, either(filters[at : at + IDS_AT_ONCE]))

    def _narrowed(self, kind: str, filter: str) -> Iterator[Found]:
        part = self._parts[kind]
        narrowed = replace(part, filter=both(part.filter, filter))
        return self._found(narrowed, self._attributes(kind))

    def _changed(self, kind: str, mark: Mark) -> str:
        changed = self._changes.filter(mark) if self._changes else ""
        if kind != USER or EXPIRES not in self._flags:
            return changed
        # An account that ends by itself does not change.
        at = datetime.fromtimestamp(mark.at, UTC)
        ended = both(since(EXPIRES, filetime(at)), until(EXPIRES, filetime(self._now)))
        return either([changed, ended])

    def _attributes(self, kind: str) -> Sequence[str]:
        part = self._parts[kind]
        asked = {part.id, self._dialect.changed, *self._names.get(kind, ()), *part.members}
        if kind == USER:
            asked.update(self._flags)
        return sorted(asked - {DN})

    def _members(self, part: Part) -> Members:
        """Asked before the groups: servers have one search in pages at a time."""
        users = self._parts[USER]
        if part.by == "memberOf":
            return at_users(turned(self._found(users, ["memberOf"]), "memberof"))
        attributes = [name.lower() for name in part.members]
        by_uid: Mapping[str, str] = {}
        if MEMBER_UID in attributes:
            by_uid = unambiguous(turned(self._found(users, ["uid"]), "uid"))
        return at_groups(attributes, by_uid)

    def _found(self, part: Part, attributes: Sequence[str]) -> Iterator[Found]:
        search = Search(part.bases, part.scope, part.filter, attributes, self._dialect.elsewhere)
        return found(self._session, search)


def _dialect(session: Session, root: Mapping[str, Sequence[bytes]]) -> Dialect:
    found = DIALECTS.get(session.settings.dialect) or recognised(root)
    if found is None:
        raise SourceFault(f"{session.address} does not say what it is: say so by dialect in [ldap]")
    return found


def _stands_elsewhere(part: Part) -> bool:
    """Whether the memberships of groups change without them."""
    by_uid = MEMBER_UID in map(str.lower, part.members)
    return by_uid or part.by == "memberOf" or part.nested == "flatten"


def _settled(part: Part, kind: str, dialect: Dialect) -> Part:
    """With the dialect's defaults."""
    return replace(
        part,
        id=part.id or dialect.id,
        filter=part.filter or (dialect.users if kind == USER else dialect.groups),
        members=(part.members or dialect.members) if kind == GROUP else (),
    )


def _by_id(attribute: str, ids: Iterable[str]) -> Iterator[str]:
    for id in ids:
        try:
            yield having_id(attribute, id)
        except ValueError:
            # An id of before, when another attribute had the ids: nobody has it now.
            continue
