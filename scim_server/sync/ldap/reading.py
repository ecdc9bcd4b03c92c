"""One pass over an LDAP directory."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256

from scim_server.sync.entries import Asked, Entry, Unreadable
from scim_server.sync.ldap.changes import SERVICE, USN, Mark, changes, read, written
from scim_server.sync.ldap.connection import Session
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
from scim_server.sync.ldap.search import Found, Search, found, root
from scim_server.sync.ldap.settings import Part

USER, GROUP = "User", "Group"
EXPIRES = "accountExpires"
ROOT = ("supportedCapabilities", "vendorName", USN, SERVICE)


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
        about = root(session, ROOT)
        self._dialect = DIALECTS.get(settings.dialect) or recognised(about)
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
        part = self._parts[kind]
        entries = self._read(kind, self._members(part) if kind == GROUP else None)
        yield from flattened(list(entries)) if part.nested == "flatten" else entries

    def present(self, kind: str) -> Iterator[str] | None:
        """The ids of all; None: there are entries without one. Raises SourceFault."""
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
        """What decides which entries come, and what of them."""
        names = {kind: sorted(names) for kind, names in sorted(self._names.items())}
        settings = self._session.settings
        of_values = (sorted(settings.binary), self._flags)
        whole = repr((self._dialect.changed, sorted(self._parts.items()), names, of_values))
        return sha256(whole.encode()).hexdigest()

    def _read(self, kind: str, members: Members | None) -> Iterator[Entry | Unreadable]:
        part = self._parts[kind]
        settings = self._session.settings
        reader = Reader(
            kind,
            part.id.lower(),
            self._names.get(kind, frozenset()),
            BINARY | settings.binary,
            self._flags if kind == USER else (),
            self._now,
            members,
        )
        for each in self._chosen(kind):
            if self._changes:
                self._changes.saw(each)
            yield reader.entry(each)

    def _chosen(self, kind: str) -> Iterator[Found]:
        """What came: all, or what has changed and what is asked for again, each once."""
        part = self._parts[kind]
        attributes = self._attributes(kind)
        # A membership that stands elsewhere changes without its group.
        if self._since is None or part.by == "memberOf" or part.nested == "flatten":
            yield from self._found(part, attributes)
            return
        given: set[bytes] = set()
        for filter in (self._changed(kind, self._since), *self._asked_again(kind)):
            narrowed = replace(part, filter=both(part.filter, filter))
            for each in self._found(narrowed, attributes):
                if each.dn not in given:
                    given.add(each.dn)
                    yield each

    def _changed(self, kind: str, mark: Mark) -> str:
        changed = self._changes.filter(mark) if self._changes else ""
        if kind != USER or EXPIRES not in self._flags:
            return changed
        # An account that ends by itself does not change.
        at = datetime.fromtimestamp(mark.at, UTC)
        ended = both(since(EXPIRES, filetime(at)), until(EXPIRES, filetime(self._now)))
        return either([changed, ended])

    def _asked_again(self, kind: str) -> Iterator[str]:
        filters = list(_by_id(self._parts[kind].id, self._again.get(kind, ())))
        for at in range(0, len(filters), IDS_AT_ONCE):
            yield either(filters[at : at + IDS_AT_ONCE])

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
