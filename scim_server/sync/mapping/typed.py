"""Texts of a source to values of an attribute's type."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from scim_server.protocol.errors import InvalidValue
from scim_server.protocol.schema import Attribute, Type
from scim_server.protocol.values import check, stamp

WORDS = {
    **dict.fromkeys(("true", "yes", "y", "1"), True),
    **dict.fromkeys(("false", "no", "n", "0"), False),
}

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
# RFC 4517 §3.3.13.
_GENERALIZED = re.compile(r"(\d{8}\d\d)(\d\d)?(\d\d)?(?:[.,](\d+))?(Z|[+-]\d\d(?:\d\d)?)", re.ASCII)
# Of Active Directory: so many 100 nanoseconds since its epoch.
_FILETIME = re.compile(r"\d{17,19}", re.ASCII)
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
NEVER = ("0", str(2**63 - 1))
"""Instants in Active Directory that are none."""


def typed(attribute: Attribute, text: str, place: str) -> Any:
    """The value, checked; None where the text says that there is none.

    Raises: InvalidValue, which does not tell the value: it may be personal.
    """
    try:
        value = _READERS.get(attribute.type, str)(text)
    except (KeyError, ValueError, OverflowError):
        raise InvalidValue(f'"{place}" gives no {attribute.type}.') from None
    return None if value is None else check(attribute, value, place)


def _instant(text: str) -> str | None:
    if text in NEVER:
        return None
    if _DAY.fullmatch(text):
        return f"{text}T00:00:00Z"
    if _FILETIME.fullmatch(text):
        return stamp(_EPOCH + timedelta(microseconds=int(text) // 10)) + "Z"
    if found := _GENERALIZED.fullmatch(text):
        return _generalized(*found.groups())
    return text


def _generalized(
    hour: str, minute: str | None, second: str | None, fraction: str | None, zone: str
) -> str:
    """A fraction is one of the last part that is given."""
    unit = timedelta(hours=1)
    if minute:
        unit = timedelta(seconds=1) if second else timedelta(minutes=1)
    whole = f"{hour}{minute or '00'}{second or '00'}{zone}"
    told = datetime.strptime(whole if len(zone) != 3 else f"{whole}00", "%Y%m%d%H%M%S%z")
    return stamp(told + unit * float(f"0.{fraction or 0}")) + "Z"


_READERS: Mapping[Type, Callable[[str], Any]] = {
    Type.BOOLEAN: lambda text: WORDS[text.casefold()],
    Type.INTEGER: int,
    Type.DECIMAL: float,
    Type.DATE_TIME: _instant,
}
