"""Recovery codes: each stands in for a second factor once, when that is lost."""

import base64
import hashlib
import secrets

NUMBER = 10
CHANCE_BYTES = 10
"""80 bits: so many that a fast digest keeps them."""
GROUP = 4


def new_codes() -> list[str]:
    """Codes such as ``k5rw-2mzq-p7ah-6tcd``, shown once."""
    return [_spelled(secrets.token_bytes(CHANCE_BYTES)) for _ in range(NUMBER)]


def digest(code: str) -> str:
    """What is stored of a code; how it is grouped and in which case makes no difference."""
    plain = code.replace("-", "").replace(" ", "").lower()
    return hashlib.sha256(plain.encode()).hexdigest()


def _spelled(chance: bytes) -> str:
    text = base64.b32encode(chance).decode().lower()
    return "-".join(text[start : start + GROUP] for start in range(0, len(text), GROUP))
