"""Search filters (RFC 4515): checked before they are sent, put together of escaped values."""

from collections.abc import Iterable
from itertools import accumulate
from uuid import UUID

from ldap3.core.exceptions import LDAPExceptionError
from ldap3.operation.search import compile_filter, parse_filter
from ldap3.utils.conv import escape_bytes, escape_filter_chars
from pyasn1.error import PyAsn1Error

from scim_server.sync.ldap.dialects import UUIDS

LONGEST, DEEPEST = 8192, 50
IDS_AT_ONCE = 100
"""In one filter: well under the length that servers take."""


def checked(text: str) -> str:
    """The filter itself. Raises ValueError, which says why it is none."""
    if len(text) > LONGEST:
        raise ValueError(f"is longer than {LONGEST} characters")
    if max(accumulate((each == "(") - (each == ")") for each in text), default=0) > DEEPEST:
        raise ValueError(f"is nested deeper than {DEEPEST} levels")
    try:
        compile_filter(parse_filter(text, None, True, True, None, False).elements[0])
    except (LDAPExceptionError, PyAsn1Error, ValueError) as fault:
        raise ValueError(f"is no filter as (uid=*) is one: {fault}") from None
    return text


def both(*filters: str) -> str:
    """All of them hold."""
    return f"(&{''.join(filters)})"


def either(filters: Iterable[str]) -> str:
    """One of them holds."""
    return f"(|{''.join(filters)})"


def since(attribute: str, value: str | int) -> str:
    """A value, or a later one."""
    return f"({attribute}>={escape_filter_chars(str(value))})"


def until(attribute: str, value: str | int) -> str:
    """A value, or an earlier one."""
    return f"({attribute}<={escape_filter_chars(str(value))})"


def having_id(attribute: str, id: str) -> str:
    """The entry with this id. Raises ValueError: the attribute has no such values."""
    if attribute.lower() in UUIDS:
        return f"({attribute}={escape_bytes(UUID(id).bytes_le)})"
    return f"({attribute}={escape_filter_chars(id)})"
