"""Messages as they are written (RFC 4511 §5.1), looked through before anybody decodes them.

ldap3 2.9.1 believes every length that it reads: terms that reach beyond those around them would be
copied again and again, and many small ones take a hundred times the memory that they came in.
"""

CONSTRUCTED = 0x20
DEEPEST = 12
"""Terms within each other."""

# Boolean, integer, octets, enumerated; and what answers have of their own (§4.2.2, §4.12).
_PRIMITIVE = frozenset(b"\x01\x02\x04\x0a\x87\x8a\x8b")


def terms(message: bytes) -> int:
    """How many terms are in a message.

    Raises ValueError, IndexError: one of them is not within the one around it.
    """
    ends = [len(message)]
    at = count = 0
    while at < len(message):
        while at == ends[-1]:
            ends.pop()
        tag, length = message[at], message[at + 1]
        at += 2
        if length > 0x7F:
            octets = length - 0x80
            length = int.from_bytes(message[at : at + octets], "big")
            at += octets
        end = at + length
        if end > ends[-1] or len(ends) > DEEPEST or not (tag & CONSTRUCTED or tag in _PRIMITIVE):
            raise ValueError
        if tag & CONSTRUCTED:
            ends.append(end)
        else:
            at = end
        count += 1
    return count
