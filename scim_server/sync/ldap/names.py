"""Distinguished names as keys: however a directory spells one, it is the same text (RFC 4514)."""

import re
from functools import lru_cache
from unicodedata import normalize

LONGEST = 10_000
"""Characters of a name that are looked into."""

# The alternatives exclude each other, so this is linear in the length.
_PART = re.compile(r"\s*([A-Za-z0-9_.-]+)\s*=((?:[^\\,;+]|\\.)*)([,;+]|\Z)", re.DOTALL)
_ESCAPED = re.compile(r"(?:\\[0-9A-Fa-f]{2})+|\\.", re.DOTALL)
# What would mean something else without its escape, or what a database does not take: NUL, and
# octets that are no text.
_KEPT = str.maketrans(
    {each: f"\\{ord(each):02x}" for each in "\\,;+\0"}
    | {0xDC00 + octet: f"\\{octet:02x}" for octet in range(0x80, 0x100)}
)
# What most directories send: nothing in it is escaped, doubled or beyond ASCII.
_WORD = r"[!$-*\-.\/0-:<-\[\]-~]+"
_PLAIN = re.compile(
    rf"[A-Za-z0-9.-]+={_WORD}(?: {_WORD})*(?:,[A-Za-z0-9.-]+={_WORD}(?: {_WORD})*)*"
)
# Name and Optional UID (RFC 4517 §3.3.21), as uniqueMember has it.
_OPTIONAL_UID = re.compile(r"#'[01]*'B\Z")


@lru_cache(maxsize=50_000)
def name_of(dn: str) -> str:
    """A name without what does not count: case, escapes, spaces, the order within an RDN.

    What is no distinguished name is only folded. Groups name the same people again and again,
    hence the cache.
    """
    if _PLAIN.fullmatch(dn):
        return dn.lower()
    return ",".join(parts) if (parts := rdns(_OPTIONAL_UID.sub("", dn))) else folded(dn)


def rdns(dn: str) -> list[str]:
    """The parts of a name from the entry to the root, as keys; empty: it is none."""
    found: list[str] = []
    terms: list[str] = []
    at = 0
    while part := len(dn) <= LONGEST and _PART.match(dn, at):
        terms.append(f"{part[1].lower()}={_value(part[2])}")
        at = part.end()
        if part[3] != "+":
            found.append("+".join(sorted(terms)))
            terms = []
        if not part[3]:
            return found
    return []


def is_below(dn: str, base: str) -> bool:
    """Whether a name is the other one or lies under it."""
    whole, end = rdns(dn), rdns(base)
    return whole[len(whole) - len(end) :] == end


def _value(text: str) -> str:
    # Last of all: a wide comma folds to one that separates.
    return folded(_ESCAPED.sub(_plain, text)).translate(_KEPT)


def _plain(escaped: re.Match[str]) -> str:
    if len(escaped[0]) == 2:
        return escaped[0][1]
    return bytes.fromhex(escaped[0].replace("\\", "")).decode("utf-8", "surrogateescape")


def folded(text: str) -> str:
    """As OpenLDAP compares texts: each character by itself, so that ß is not ss."""
    if text.isascii():
        text = text.lower()
    else:
        text = normalize("NFKC", "".join(map(str.lower, normalize("NFKD", text))))
    return " ".join(filter(None, text.split(" ")))
