"""Where a user's mail goes, and when it goes elsewhere (security rules 20 and 28)."""

import re
from collections.abc import Iterator

from scim_server.directory.ports import Resource
from scim_server.protocol.schema import Document
from scim_server.protocol.values import fold

LONGEST = 254
_PART = r"[^\s@<>()\[\]\\,:;\"\x00-\x1f\x7f-\x9f]"
_ADDRESS = re.compile(rf"{_PART}{{1,64}}@{_PART}+")
"""What can stand in a header as it is: quoted local parts and IP addresses cannot, and nobody has
one."""


def is_address(text: str) -> bool:
    """Whether mail can be sent there; SCIM takes any text for an address."""
    return len(text) <= LONGEST and _ADDRESS.fullmatch(text) is not None


def address_of(user: Resource) -> str | None:
    """Where a user's mail goes: the primary address, else the first; None: to none."""
    given = _elements(user)
    primary = [each for each in given if each.get("primary") is True]
    found = next((each["value"] for each in (*primary, *given) if each.get("value")), None)
    return found if found is not None and is_address(found) else None


def is_readdressed(before: Resource, after: Resource) -> bool:
    """Whether mail goes elsewhere now, or an address is no longer the user's.

    Another order, letter case, type, or one address more, is no change of that.
    """
    was, now = (fold(address_of(user) or "") for user in (before, after))
    return was != now or not set(_folded(before)) <= set(_folded(after))


def _folded(user: Resource) -> Iterator[str]:
    return (fold(each["value"]) for each in _elements(user) if each.get("value"))


def _elements(user: Resource) -> list[Document]:
    """None for what is no account."""
    found: list[Document] = user.document.get(user.kind.storage.addresses or "", [])
    return found
