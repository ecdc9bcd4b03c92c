"""Secrets that must be read again, as they lie in the database: AES-256-GCM, bound to their owner.

What is sealed is ``1.`` and base64url of a nonce and the ciphertext. Whoever copies the database
has no secret without the key, if that is a setting; whoever copies a sealed text into another
user's row has nothing there.
"""

import base64
import hashlib
import secrets
from collections.abc import Callable, Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

VERSION = "1."
NONCE_BYTES = 12


class Unsealable(Exception):
    """None of the keys opens it for this owner."""


class Seal:
    """Seals with the first of its keys and opens with each, so that a key can be replaced."""

    def __init__(self, keys: Callable[[], Sequence[str]]) -> None:
        """Keys are texts of 128 bits or more of chance; asked for at each use."""
        self.keys = keys

    def close(self, secret: str, owner: str) -> str:
        """Seal a secret for its owner."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        cipher = _cipher(self.keys()[0])
        sealed = nonce + cipher.encrypt(nonce, secret.encode(), owner.encode())
        return VERSION + base64.urlsafe_b64encode(sealed).decode()

    def open(self, sealed: str, owner: str) -> str:
        """The secret. Raises Unsealable."""
        data = base64.urlsafe_b64decode(sealed.removeprefix(VERSION))
        nonce, rest = data[:NONCE_BYTES], data[NONCE_BYTES:]
        for key in self.keys():
            try:
                return _cipher(key).decrypt(nonce, rest, owner.encode()).decode()
            except InvalidTag:
                continue
        raise Unsealable


def _cipher(key: str) -> AESGCM:
    """The key's text is of any length, and has its chance already: a digest spreads it."""
    return AESGCM(hashlib.sha256(b"seal\0" + key.encode()).digest())
