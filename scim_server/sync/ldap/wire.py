"""How messages come in: whole, of bounded size, within a time, and with values as octets.

ldap3 2.9.1 waits for each piece of an answer, so that a server which sends an octet now and then
holds it for ever; joins what it has received again with every piece; decodes every value twice; and
bounds nothing. Here is all that receives, in the place of its own. It may go when ldap3 does this.
"""

import time
from collections.abc import Mapping, Sequence
from typing import Any

from ldap3 import Connection
from ldap3.core.exceptions import LDAPExceptionError
from ldap3.strategy.base import RESPONSE_COMPLETE
from ldap3.utils.asn1 import decode_message_fast
from pyasn1.error import PyAsn1Error

from scim_server.sync.ldap.ber import terms

LARGEST, LARGEST_ANSWER = 16 * 1024 * 1024, 32 * 1024 * 1024
"""Octets of an entry, as of a group of 200,000; and of all that answers one question."""

MOST_TERMS = 1_000_000
"""In all that answers one question; decoded, each is an object or two."""

LARGEST_OTHER = 16 * 1024
"""Octets of what is no entry: nobody has looked through the values of its controls."""

MOMENT = 0.001
"""Seconds to wait where there is no time left; none at all would be another kind of socket."""

SEQUENCE = 0x30
"""What every message is (RFC 4511 §4.1.1)."""

SEARCH_RESULT_ENTRY = 4
"""[APPLICATION 4] (RFC 4511 §4.5.2)."""

UNSOLICITED = 0
"""The number of what answers no question: the server ends the session (RFC 4511 §4.4)."""

NO_LDAP = "answers with what is no LDAP"

_MORE_FOLLOWS = ("searchResEntry", "searchResRef", "intermediateResponse")
# All that decoding what is malformed may raise.
_NO_LDAP = (LDAPExceptionError, PyAsn1Error, LookupError, TypeError, ValueError, AttributeError)


class Malformed(Exception):
    """What comes is no LDAP, or too much of it."""


class Wire:
    """The receiving end of a connection. Every operation must be done by ``until``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._decode = connection.strategy.decode_response_fast
        connection.strategy._get_response = self._answer
        self._until = 0.0
        self._left = 0
        self._terms = 0

    def wait(self, seconds: float) -> None:
        """So long from now on, for all that comes."""
        self._until = time.monotonic() + seconds
        self._left = LARGEST_ANSWER
        self._terms = MOST_TERMS

    def _answer(self, question: int, _seconds: object) -> list[Mapping[str, Any]]:
        """All that answers a question, its result last, and the sign of the end."""
        found: list[Mapping[str, Any]] = []
        while not found or found[-1]["type"] in _MORE_FOLLOWS:
            id, response = self._decoded(self._message())
            if id == UNSOLICITED:
                raise Malformed("has terminated the session")
            if id != question:
                raise Malformed("answers another question")
            found.append(response)
        return [*found, RESPONSE_COMPLETE]

    def _message(self) -> bytes:
        """Nothing is read ahead: what comes before TLS never counts as what comes through it."""
        head = self._octets(2)
        if not head:
            raise Malformed("has terminated the session")
        if head[0] != SEQUENCE or len(head) < 2:
            raise Malformed(NO_LDAP)
        length = head[1]
        if length > 0x7F:
            following = self._whole(min(length - 0x80, 8))
            head, length = head + following, int.from_bytes(following, "big")
        if not length or length > LARGEST:
            raise Malformed(f"sends a message of {length} octets")
        self._left -= length
        if self._left < 0:
            raise Malformed(f"sends more than {LARGEST_ANSWER} octets: page_size may be smaller")
        return head + self._whole(length)

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

    def _decoded(self, message: bytes) -> tuple[int, Mapping[str, Any]]:
        """Whose answer it is, and what it says."""
        try:
            self._terms -= terms(message)
            if self._terms < 0:
                raise Malformed(f"sends more than {MOST_TERMS} values: page_size may be smaller")
            told = decode_message_fast(message)
            if told["protocolOp"] == SEARCH_RESULT_ENTRY:
                return told["messageID"], _entry(*told["payload"])
            if len(message) > LARGEST_OTHER:
                raise Malformed(f"sends a message of {len(message)} octets that is no entry")
            return told["messageID"], self._decode(told)
        except _NO_LDAP:
            raise Malformed(NO_LDAP) from None


Term = tuple[int, bool, int, Any]
"""Class, whether it is constructed, tag and value, as ldap3 decodes them."""


def _entry(name: Term, attributes: Term) -> Mapping[str, Any]:
    return {
        "type": "searchResEntry",
        "dn": _string(name),
        "attributes": _attributes(attributes),
    }


def _attributes(term: Term) -> dict[bytes, Sequence[bytes]]:
    """A set (RFC 4512 §2.2): of one that came twice, values would be lost."""
    found = dict(map(_attribute, term[3]))
    if len({name.lower() for name in found}) < len(term[3]):
        raise Malformed("gives an attribute twice in one entry")
    return found


def _attribute(term: Term) -> tuple[bytes, Sequence[bytes]]:
    name, values = term[3]
    return _string(name), [_string(value) for value in values[3]]


def _string(term: Term) -> bytes:
    if not isinstance(term[3], bytes):
        raise Malformed("has something else where text should be")
    return term[3]
