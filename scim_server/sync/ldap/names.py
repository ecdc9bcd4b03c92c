"""Distinguished names as keys: however a directory spells one, it is the same text (RFC 4514)."""

import re
from functools import lru_cache
from unicodedata import normalize

LONGEST = 10_000
"""Characters of a name that are looked into."""

# The alternatives exclude each other, so this is linear in the length.
_PART = re.compile(r"\s*([\w.-]+)\s*=((?:[^\\,;+]|\\.)*)([,;+]|\Z)", re.DOTALL)
_ESCAPED = re.compile(r"(?:\\[0-9A-Fa-f]{2})+|\\.", re.DOTALL)
# What would mean something else, or nothing that a database takes, without its escape.
_KEPT = str.maketrans({each: f"\\{ord(each):02x}" for each in "\\,;+\0"})
# Name and Optional UID (RFC 4517 §3.3.21), as uniqueMember has it.
_OPTIONAL_UID = re.compile(r"#'[01]*'B\Z")


@lru_cache(maxsize=50_000)
def name_of(dn: str) -> str:
    """A name without what does not count: case, escapes, spaces, the order within an RDN.

    What is no distinguished name is only folded. Groups name the same people again and again,
    hence the cache.
    """
    return ",".join(parts) if (parts := rdns(_OPTIONAL_UID.sub("", dn))) else _folded(dn)


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
    return _folded(_ESCAPED.sub(_plain, text))


def _plain(escaped: re.Match[str]) -> str:
    if len(escaped[0]) == 2:
        return escaped[0][1].translate(_KEPT)
    try:
        text = bytes.fromhex(escaped[0].replace("\\", "")).decode()
    except UnicodeDecodeError:
        return escaped[0]
    return text.translate(_KEPT)


def _folded(text: str) -> str:
    """As OpenLDAP compares texts: each character by itself, so that ß is not ss."""
    if text.isascii():
        text = text.lower()
    else:
        text = normalize("NFKC", "".join(map(str.lower, normalize("NFKD", text))))
    return " ".join(filter(None, text.split(" ")))
