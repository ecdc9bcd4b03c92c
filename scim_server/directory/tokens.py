"""Opaque tokens: made, recognised, and told from forgeries (security rule 21).

A token is a prefix that says what it is for, and base64url of tenant, token id, 24 random bytes and
a CRC: found by its id, recognised by scanners, and a mistyped one is refused without asking the
store. Only its SHA-256 is stored.
"""

import base64
import binascii
import hashlib
import secrets
import struct
from dataclasses import dataclass
from enum import StrEnum

LAYOUT = struct.Struct(">i8s24s")
"""Signed, as the tenant's column is: a forged token must not be more than the database can hold."""
NEAR = 4
"""Of the sixteen digits of an id: those that all of one owner have."""
CHARACTERS = 54
"""After the prefix: base64 of LAYOUT and four bytes of CRC."""


class Use(StrEnum):
    """What a token is for, by its prefix."""

    CLIENT = "scim_"
    SESSION = "scimses_"
    KEY = "scimkey_"
    LINK = "scimlnk_"
    CHALLENGE = "scimstp_"


class NoToken(ValueError):
    """The text is not made like a token."""


@dataclass(frozen=True, slots=True)
class Reference:
    """Which token a text says that it is; whether it is, its digest tells."""

    use: Use
    tenant: int
    id: str


def make(use: Use, tenant: int) -> tuple[str, str]:
    """A new token and its id."""
    token_id = new_id()
    return remake(use, tenant, token_id), token_id


def make_near(use: Use, tenant: int, owner: str) -> tuple[str, str]:
    """Likewise; the ids of an owner stand together in every index.

    So all end at once without a page of the database being written for each.
    """
    near = hashlib.sha256(owner.encode()).hexdigest()[:NEAR]
    token_id = near + new_id()[NEAR:]
    return remake(use, tenant, token_id), token_id


def new_id() -> str:
    """The id of a token that is made later."""
    return secrets.token_hex(8)


def remake(use: Use, tenant: int, id: str) -> str:
    """A token with that id and a new secret: of an older one, the digest is replaced."""
    payload = LAYOUT.pack(tenant, bytes.fromhex(id), secrets.token_bytes(24))
    checked = payload + binascii.crc32(payload).to_bytes(4)
    return use + base64.urlsafe_b64encode(checked).rstrip(b"=").decode()


def parse(text: str) -> Reference:
    """Raises NoToken."""
    use = next((use for use in Use if text.startswith(use)), None)
    if use is None:
        raise NoToken
    try:
        checked = base64.b64decode(text.removeprefix(use) + "==", b"-_", validate=True)
    except ValueError:
        raise NoToken from None
    payload, crc = checked[:-4], checked[-4:]
    if len(payload) != LAYOUT.size or binascii.crc32(payload).to_bytes(4) != crc:
        raise NoToken
    tenant, token_id, _ = LAYOUT.unpack(payload)
    return Reference(use, tenant, token_id.hex())


def parse_as(use: Use, text: str) -> Reference:
    """Raises NoToken, also for one that is for another use."""
    said = parse(text)
    if said.use is not use:
        raise NoToken
    return said


def digest(text: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(text.encode()).hexdigest()


def is_same(stored: str, text: str) -> bool:
    """Whether a text has the stored digest, in constant time."""
    return secrets.compare_digest(stored, digest(text))


def is_token(text: str) -> bool:
    """Whether a text is made like a token, live or not."""
    try:
        parse(text)
    except NoToken:
        return False
    return True


def visible_prefix(use: Use, tenant: int, id: str) -> str:
    """How a token begins, up to where the secret does: enough to tell which one it is."""
    payload = LAYOUT.pack(tenant, bytes.fromhex(id), b"")
    return use + base64.urlsafe_b64encode(payload[:12]).decode()
