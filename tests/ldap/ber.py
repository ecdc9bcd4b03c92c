"""The Basic Encoding Rules, as far as LDAP uses them (RFC 4511 §5.1)."""

from typing import Any

Term = tuple[int, Any]
"""A tag, and octets, or the terms in it."""

CONSTRUCTED = 0x20


def decoded(text: bytes) -> list[Term]:
    """Terms one after the other."""
    found: list[Term] = []
    at = 0
    while at < len(text):
        tag, length = text[at], text[at + 1]
        at += 2
        if length > 0x7F:
            size = length - 0x80
            length = int.from_bytes(text[at : at + size], "big")
            at += size
        value = text[at : at + length]
        found.append((tag, decoded(value) if tag & CONSTRUCTED else value))
        at += length
    return found


def octets(value: str | bytes, tag: int = 0x04) -> bytes:
    """A term that holds octets."""
    content = value.encode() if isinstance(value, str) else value
    if len(content) < 0x80:
        return bytes([tag, len(content)]) + content
    size = len(content).to_bytes(8, "big").lstrip(b"\0")
    return bytes([tag, 0x80 + len(size)]) + size + content


def terms(tag: int, *parts: bytes) -> bytes:
    """A term that holds others."""
    return octets(b"".join(parts), tag)


def number(value: int, tag: int = 0x02) -> bytes:
    """A small number."""
    return octets(value.to_bytes(1 + value.bit_length() // 8, "big"), tag)
