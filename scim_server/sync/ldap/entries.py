"""From an entry as it came to one that the rest can read."""

from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from scim_server.sync.entries import Entry, Unreadable
from scim_server.sync.ldap.dialects import UUIDS
from scim_server.sync.ldap.flags import is_active
from scim_server.sync.ldap.names import name_of
from scim_server.sync.ldap.search import Found

DN = "dn"
"""What a mapping calls the name of the entry itself; no attribute has it."""

LARGEST, MOST = 1024 * 1024, 10_000
"""Octets of a value, and values of an attribute, members apart."""

LONGEST_ID, LONGEST_DN = 500, 2000
"""Octets: what an index of either database takes, and then some."""

BINARY = frozenset(
    {
        "jpegphoto",
        "thumbnailphoto",
        "photo",
        "audio",
        "objectsid",
        "usercertificate",
        "usersmimecertificate",
        "userpkcs12",
        "cacertificate",
    }
)
"""No text: as base64."""


class NoText(ValueError):
    """An attribute does not hold what it should; says which, never what."""


@dataclass(frozen=True, slots=True)
class Reader:
    """What is read of the entries of a kind; all names folded.

    id:       the attribute that an entry has for ever
    names:    what the mapping reads
    flags:    what says that an account is off
    always:   those of them that every entry has
    members:  of the names in an entry; None: it does not say who is in it
    """

    kind: str
    id: str
    names: frozenset[str]
    binary: frozenset[str]
    flags: Sequence[str]
    always: Sequence[str]
    now: datetime
    members: Callable[[Found, str], tuple[str, ...]] | None = None

    def entry(self, found: Found) -> Entry | Unreadable:
        """Of what came."""
        place = found.dn[:LONGEST_DN].decode("utf-8", "replace")
        try:
            id = id_of(found, self.id)
        except NoText as fault:
            return Unreadable(self.kind, place, str(fault))
        active = None
        try:
            active = self._active(found)
            return self._entry(found, id, active)
        except NoText as fault:
            return Unreadable(self.kind, place, str(fault), id, active)

    def _entry(self, found: Found, id: str, active: bool | None) -> Entry:
        if found.broken:
            raise NoText(f"{found.broken} changed while it was read")
        dn = _text("its DN", found.dn)
        if len(found.dn) > LONGEST_DN:
            raise NoText(f"its DN has more than {LONGEST_DN} octets")
        name = name_of(dn)
        return Entry(
            self.kind,
            id,
            name,
            dn,
            self._values(found, dn),
            active,
            None if self.members is None else self.members(found, name),
        )

    def _values(self, found: Found, dn: str) -> Mapping[str, Sequence[str]]:
        values: dict[str, Sequence[str]] = {DN: (dn,)} if DN in self.names else {}
        for attribute, given in found.attributes.items():
            if attribute not in self.names:
                continue
            if len(given) > MOST:
                raise NoText(f"{attribute} has more than {MOST} values")
            made = [self._value(attribute, value) for value in given]
            if texts := tuple(filter(None, made)):
                values[attribute] = texts
        return values

    def _value(self, attribute: str, value: bytes) -> str:
        if len(value) > LARGEST:
            raise NoText(f"{attribute} has a value of more than {LARGEST} octets")
        if attribute in UUIDS:
            return _uuid(attribute, value)
        if attribute in self.binary:
            return b64encode(value).decode()
        return _text(attribute, value)

    def _active(self, found: Found) -> bool | None:
        def first(flag: str) -> str | None:
            values = found.attributes.get(flag.lower())
            return _text(flag, values[0]) if values else None

        for flag in self.always:
            if first(flag) is None:
                raise NoText(f"{flag} is not to be seen: nobody can tell whether it is on")
        try:
            return is_active(self.flags, first, self.now)
        except NoText:
            raise
        except ValueError:
            raise NoText(f"one of {', '.join(self.flags)} is no number") from None


def id_of(found: Found, attribute: str) -> str:
    """The id in an attribute, by its folded name. Raises NoText: it has none."""
    values = found.attributes.get(attribute, ())
    if len(values) != 1:
        raise NoText(f"has {'no' if not values else 'more than one'} {attribute}")
    if attribute in UUIDS:
        return _uuid(attribute, values[0])
    if len(values[0]) > LONGEST_ID:
        raise NoText(f"{attribute} has more than {LONGEST_ID} octets")
    if id := _text(attribute, values[0]).strip():
        return id
    raise NoText(f"has an empty {attribute}")


def texts(found: Found, attribute: str) -> list[str]:
    """The values of an attribute, by its folded name. Raises NoText."""
    return [_text(attribute, value) for value in found.attributes.get(attribute, ())]


def _uuid(attribute: str, value: bytes) -> str:
    if len(value) != 16:
        raise NoText(f"{attribute} has not 16 octets")
    return str(UUID(bytes_le=value))


def _text(attribute: str, value: bytes) -> str:
    try:
        text = value.decode("utf-8")
    except UnicodeDecodeError:
        raise NoText(f"{attribute} is no text in UTF-8") from None
    if "\0" in text:
        raise NoText(f"{attribute} has a NUL in it")
    return text
