"""How messages come in: whole, of bounded size, within a time, and with values as octets.

ldap3 2.9.1 waits for each piece of an answer, so that a server which sends an octet now and then
holds it for ever; joins what it has received again with every piece; and decodes every value
twice. The two functions of Wire take the place of its own. They may go when it bounds both itself.
"""

import time
from collections.abc import Mapping
from typing import Any

from ldap3 import Connection

LARGEST, LARGEST_ANSWER = 64 * 1024 * 1024, 256 * 1024 * 1024
"""Octets of a message, as of a group of half a million; and of all that answer one question."""

MOMENT = 0.001
"""Seconds to wait where there is no time left; none at all would be another kind of socket."""

SEQUENCE = 0x30
"""What every message is (RFC 4511 §4.1.1)."""

SEARCH_RESULT_ENTRY = 4
"""[APPLICATION 4] (RFC 4511 §4.5.2)."""


class Malformed(Exception):
    """What comes is no LDAP, or too much of it."""


class Wire:
    """The receiving end of a connection. Every operation must be done by ``until``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._decode = connection.strategy.decode_response_fast
        connection.strategy.receiving = self._receive
        connection.strategy.decode_response_fast = self._decoded
        self._until = 0.0
        self._left = 0

    def wait(self, seconds: float) -> None:
        """So long from now on, for all that comes."""
        self._until = time.monotonic() + seconds
        self._left = LARGEST_ANSWER

    def _receive(self) -> list[bytes]:
        """One message; none: the server has closed the connection.

        Nothing is read ahead: what comes before TLS never counts as what comes through it.
        """
        head = self._octets(2)
        if not head:
            return []
        if head[0] != SEQUENCE or len(head) < 2:
            raise Malformed("answers with what is no LDAP")
        length = head[1]
        if length > 0x7F:
            following = self._whole(min(length - 0x80, 8))
            head, length = head + following, int.from_bytes(following, "big")
        if not length or length > LARGEST:
            raise Malformed(f"sends a message of {length} octets")
        self._left -= length
        if self._left < 0:
            raise Malformed(f"sends more than {LARGEST_ANSWER} octets: page_size may be smaller")
        return [head + self._whole(length)]

    def _whole(self, count: int) -> bytes:
        octets = self._octets(count)
        if len(octets) < count:
            raise Malformed("breaks off within a message")
        return octets

    def _octets(self, count: int) -> bytes:
        """So many, or those before the end."""
        found = bytearray()
        while len(found) < count:
            left = self._until - time.monotonic()
            self._connection.socket.settimeout(max(left, MOMENT))
            piece = self._connection.socket.recv(min(count - len(found), 1 << 20))
            if not piece:
                break
            found += piece
        return bytes(found)

    def _decoded(self, message: Mapping[str, Any]) -> dict[str, Any]:
        if message["protocolOp"] != SEARCH_RESULT_ENTRY:
            return dict(self._decode(message))
        name, attributes = message["payload"]
        return {
            "type": "searchResEntry",
            "dn": _string(name),
            "attributes": dict(map(_attribute, attributes[3])),
        }


Term = tuple[int, bool, int, Any]
"""Class, whether it is constructed, tag and value, as ldap3 decodes them."""


def _attribute(term: Term) -> tuple[bytes, list[bytes]]:
    name, values = term[3]
    return _string(name), [_string(value) for value in values[3]]


def _string(term: Term) -> bytes:
    if not isinstance(term[3], bytes):
        raise Malformed("has something else where text should be")
    return term[3]
