"""Searches to their end: page after page, and values that come in ranges. Less is a fault."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any
from urllib.parse import unquote

from ldap3 import BASE, LEVEL, SUBTREE

from scim_server.sync.entries import SourceFault
from scim_server.sync.ldap.connection import PAGES, Session, printable, told
from scim_server.sync.ldap.names import rdns

SCOPES = {"subtree": SUBTREE, "one": LEVEL}
SIZE_LIMIT_EXCEEDED, NO_SUCH_OBJECT = 4, 32

MOST_EMPTY_PAGES = 300
"""One after the other: a filter may pass over many entries, but not for ever."""

MOST_RANGES = 10_000
"""Of the values of one attribute; servers give 1,500 at a time."""

# [MS-ADTS] §3.1.1.3.1.3.3: "member;range=0-1499", and the last piece "member;range=1500-*".
_RANGE = re.compile(rb"([^;]+);range=(\d{1,9})-(\d{1,9}|\*)\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Found:
    """An entry as it came: attributes by folded name, without ``;binary``.

    broken: an attribute of which only a part could be had
    """

    dn: bytes
    attributes: Mapping[str, Sequence[bytes]]
    broken: str | None = None


@dataclass(frozen=True, slots=True)
class Search:
    """What to ask. ``scope``: "subtree" or "one"; ``elsewhere``: RDNs that are not missed."""

    bases: Sequence[str]
    scope: str
    filter: str
    attributes: Sequence[str]
    elsewhere: Sequence[str] = ()


def found(session: Session, search: Search) -> Iterator[Found]:
    """All that match. Raises SourceFault: that cannot be had."""
    most = session.settings.most_entries
    everything = chain.from_iterable(_below(session, search, base) for base in search.bases)
    for number, entry in enumerate(everything):
        if number == most:
            raise SourceFault(f"{session.address} gives more than {most:,} entries: most_entries")
        yield entry


def one(session: Session, dn: str, attributes: Sequence[str]) -> Mapping[str, Sequence[bytes]]:
    """An entry's attributes, none where it is not to be seen. Raises SourceFault."""
    response, result = session.search(dn, BASE, "(objectClass=*)", list(attributes))
    if result["result"] != NO_SUCH_OBJECT:
        _require_success(session, dn or "the root DSE", result)
    entries = [each for each in response if each["type"] == "searchResEntry"]
    return _attributes(entries[0]) if entries else {}


def _below(session: Session, search: Search, base: str) -> Iterator[Found]:
    cookie: bytes | None = None
    firsts: set[bytes] = set()
    empty = 0
    while True:
        response, result = session.search(
            base, SCOPES[search.scope], search.filter, list(search.attributes), cookie
        )
        _require_success(session, base, result)
        entries = _entries(session, search, response)
        # Cookies tell nothing: 389 Directory Server has the same one on all pages.
        if entries and entries[0]["dn"] in firsts:
            raise SourceFault(f"{session.address} gives the same page below {base} again")
        firsts.update(each["dn"] for each in entries[:1])
        for entry in entries:
            yield _complete(session, entry)
        cookie = _cookie(result)
        if not cookie:
            return
        empty = 0 if entries else empty + 1
        if empty > MOST_EMPTY_PAGES:
            raise SourceFault(f"{session.address} gives empty pages below {base} without an end")


def _entries(
    session: Session, search: Search, response: Sequence[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    entries = []
    for each in response:
        if each["type"] == "searchResEntry":
            entries.append(each)
        elif each["type"] == "searchResRef" and session.settings.referrals == "refuse":
            _require_empty(session, search, each["uri"])
    return entries


def _require_empty(session: Session, search: Search, urls: Sequence[str]) -> None:
    """Nobody is looked for where a referral points. Raises SourceFault.

    Nobody follows one: it would lead to a server that nobody has named, with the password. And
    nobody passes over one: who is behind it would seem to have left.
    """
    for url in urls:
        # scheme://host/name?…
        parts = rdns(unquote("".join(url.split("/", 3)[3:]).partition("?")[0]))
        if parts and parts[0] in search.elsewhere:
            return
    where = printable(", ".join(urls), session.settings)
    raise SourceFault(
        f"{session.address} refers to another server for a part of the tree: choose bases that"
        f' it holds itself, or say referrals = "ignore" ({where})'
    )


def _require_success(session: Session, base: str, result: Mapping[str, Any]) -> None:
    code = result["result"]
    if not code:
        return
    why = f"{session.address}: the search below {base} ended with {told(result, session.settings)}"
    if code == SIZE_LIMIT_EXCEEDED:
        why += "; the server's size limit for whom we bind as must let it give all"
    elif code == NO_SUCH_OBJECT:
        why += "; the base does not exist, or may not be seen"
    raise SourceFault(why)


def _cookie(result: Mapping[str, Any]) -> bytes:
    control = result.get("controls", {}).get(PAGES)
    return bytes(control["value"]["cookie"]) if control else b""


def _attributes(entry: Mapping[str, Any]) -> dict[str, list[bytes]]:
    """By folded name; what comes in ranges is left out, and so is the empty hint at it."""
    attributes: dict[str, list[bytes]] = {}
    for name, values in entry["attributes"].items():
        if values and not _RANGE.match(name):
            key = name.decode("ascii", "replace").lower().removesuffix(";binary")
            attributes.setdefault(key, []).extend(values)
    return attributes


def _complete(session: Session, entry: Mapping[str, Any]) -> Found:
    attributes = _attributes(entry)
    for name, values in entry["attributes"].items():
        if part := _RANGE.match(name):
            key = part[1].decode("ascii", "replace").lower()
            whole = _ranges(session, entry["dn"], part, values)
            if whole is None:
                return Found(entry["dn"], attributes, key)
            attributes[key] = whole
    return Found(entry["dn"], attributes)


def _ranges(
    session: Session, dn: bytes, part: re.Match[bytes] | None, values: Sequence[bytes]
) -> list[bytes] | None:
    """All values of an attribute; None: the entry changed meanwhile. Raises SourceFault."""
    whole: list[bytes] = []
    for _ in range(MOST_RANGES):
        if part is None:
            return None
        is_last = part[3] == b"*"
        if int(part[2]) != len(whole) or not (values or is_last):
            break
        whole += values
        if is_last:
            return whole
        asked = f"{part[1].decode('ascii', 'replace')};range={len(whole)}-*"
        part, values = _piece(session, dn.decode("utf-8", "replace"), asked)
    raise SourceFault(f"{session.address} gives ranges of values that lead to no end")


def _piece(session: Session, dn: str, asked: str) -> tuple[re.Match[bytes] | None, Sequence[bytes]]:
    response, _ = session.search(dn, BASE, "(objectClass=*)", [asked])
    attributes = chain.from_iterable(each.get("attributes", {}).items() for each in response)
    pieces = ((_RANGE.match(name), values) for name, values in attributes)
    return next((piece for piece in pieces if piece[0]), (None, ()))
