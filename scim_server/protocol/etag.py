"""Versions as entity tags (RFC 7644 §3.14, RFC 9110 §8.8.3, §13.1).

A tag is ``W/"7"``, or ``W/"7.9f2c41d8"`` where the representation also shows what others say of the
resource: the number counts its own changes, the rest digests the groups and names that it shows.
"""

import re

from scim_server.protocol.errors import BadRequest

_TAG = re.compile(r'\s*(?:W/)?"([^"]*)"\s*(?:,|$)')
ANY = "*"


def make(version: int, shown: bytes | None) -> str:
    """The tag of a version that shows ``shown`` besides; at most 8 digits tell it apart."""
    return f'W/"{version}"' if shown is None else f'W/"{version}.{shown.hex()[:8]}"'


def parse(header: str | None) -> tuple[str, ...] | None:
    """The opaque tags of If-Match or If-None-Match, W/ dropped; ``("*",)`` for any; None for none.

    SCIM's tags are weak, so strong comparison would fail every If-Match. Raises BadRequest.
    """
    if header is None:
        return None
    if header.strip() == ANY:
        return (ANY,)
    tags, end = [], 0
    while end < len(header):
        match = _TAG.match(header, end)
        if match is None:
            raise BadRequest("The header must be a list of entity tags.")
        tags.append(match[1])
        end = match.end()
    if not tags:
        raise BadRequest("The header must be a list of entity tags.")
    return tuple(tags)


def has_version(tags: tuple[str, ...] | None, version: int) -> bool:
    """Whether a write may proceed: what others say of the resource does not stand in its way."""
    return tags is None or any(tag == ANY or tag.partition(".")[0] == str(version) for tag in tags)


def is_current(tags: tuple[str, ...] | None, tag: str) -> bool:
    """Whether the client has this very representation."""
    return tags is not None and any(known == ANY or f'W/"{known}"' == tag for known in tags)
