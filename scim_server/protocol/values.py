"""One attribute value: is it legal, and how does it compare (RFC 7643 §2.3, RFC 7644 §3.4.2.2).

``check`` is the one judge of a JSON value for POST, PUT and PATCH. ``key`` is the one form in which
values are compared, by match.py on documents and by the store on its rows.
"""

import math
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from unicodedata import combining, normalize

from scim_server.protocol.errors import InvalidValue
from scim_server.protocol.schema import Attribute, Type

INTEGERS = range(-(2**63), 2**63)
"""What the databases and most clients hold."""

UNSTORABLE = re.compile("[\0\ud800-\udfff]")
"""PostgreSQL has no NUL in text, UTF-8 no lone surrogates."""

MOST_MARKS = 30
"""Combining marks on one letter; the stream-safe limit of Unicode (UAX #15 §13)."""

# RFC 3986 §4.1 URI-reference; possessive, so that no input makes it backtrack.
_REFERENCE = re.compile(
    r"(?:[A-Za-z][A-Za-z0-9+.-]*+:|(?![^:/?#]*+:))"
    r"(?://(?:[A-Za-z0-9._~!$&'()*+,;=:@\[\]-]|%[0-9A-Fa-f]{2})*+)?"
    r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*+"
    r"(?:\?(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*+)?"
    r"(?:#(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*+)?"
)
# XML Schema Part 2 §3.3.7, in the years that datetime knows.
_DATE_TIME = re.compile(
    r"(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})T"
    r"(?P<time>[0-2][0-9]:[0-5][0-9]:[0-5][0-9])(?:\.(?P<fraction>[0-9]+))?"
    r"(?P<offset>Z|[+-](?:0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)?"
)
_ZONED = re.compile(r"(?:Z|[+-][0-9]{2}:[0-9]{2})$")
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*+(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?")
_COMPLEMENT = str.maketrans("0123456789", "9876543210")


def check(attribute: Attribute, value: object, name: str) -> object:
    """Return one simple value as it is stored. Raises InvalidValue naming ``name``.

    The value itself is never part of the message: it may be a secret.
    """
    legal, rule = _RULES[attribute.type]
    if not legal(value):
        raise InvalidValue(f'"{name}" must be {rule}.')
    if attribute.type is Type.DATE_TIME and not _ZONED.search(str(value)):
        return f"{value}Z"
    return value


def key(attribute: Attribute, value: object) -> str:
    """Return the comparison key of a checked value; order of keys is order of values.

    Raises ValueError for a dateTime that is none.
    """
    if isinstance(value, str):
        return _text_key(attribute, value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _number_key(value)
    raise TypeError(f"{attribute.name} holds a {type(value).__name__}.")


def fold(text: str) -> str:
    """Return the form in which text is compared regardless of case, width and normalisation."""
    if text.isascii():
        return text.lower()
    folded = normalize("NFKC", normalize("NFKC", text).casefold())
    # A few letters (U+1E9E with marks, U+0345) need another round to stand still.
    return folded if folded == text else fold(folded)


def instant(text: str) -> str:
    """The UTC instant of an xsd:dateTime, in a form whose order is that of time.

    ``2026-11-20T09:00:00.25``: no offset, no trailing zeros. Raises ValueError.
    """
    parts = _DATE_TIME.fullmatch(text)
    if parts is None:
        raise ValueError("not an xsd:dateTime")
    fraction = (parts["fraction"] or "").rstrip("0")
    time, days = parts["time"], 0
    if time == "24:00:00" and not fraction:
        time, days = "00:00:00", 1
    local = datetime.fromisoformat(f"{parts['date']}T{time}")
    try:
        utc = local + timedelta(days=days) - _offset(parts["offset"])
    except OverflowError as error:
        raise ValueError("outside of the years 1 to 9999") from error
    return f"{utc.isoformat()}.{fraction}" if fraction else utc.isoformat()


def stamp(moment: datetime) -> str:
    """A moment with a zone, as ``instant`` gives it."""
    text = moment.astimezone(UTC).replace(tzinfo=None).isoformat()
    return text.rstrip("0") if "." in text else text


def moment(instant: str) -> datetime:
    """The moment, in UTC, that ``stamp`` was given."""
    return datetime.fromisoformat(instant).replace(tzinfo=UTC)


def later(instant: str, lapse: timedelta) -> str:
    """An instant after another one."""
    return stamp(moment(instant) + lapse)


def _offset(text: str | None) -> timedelta:
    if text is None or text == "Z":
        return timedelta()
    minutes = timedelta(hours=int(text[1:3]), minutes=int(text[4:6]))
    return -minutes if text[0] == "-" else minutes


def _text_key(attribute: Attribute, text: str) -> str:
    if attribute.type is Type.STRING and not attribute.case_exact:
        return fold(text)
    match attribute.type:
        case Type.DATE_TIME:
            return instant(text)
        case Type.BINARY:
            return text.rstrip("=")
        case Type.REFERENCE:
            # Case exact whatever the definition says: RFC 7643 §2.3.7.
            return text
        case _:
            return normalize("NFC", text)


def _number_key(number: int | float) -> str:
    """Sign, exponent and digits; a negative number has them complemented and an end mark.

    ``repr`` gives the shortest decimal that is this float, which is what the client wrote.
    """
    sign, digits, exponent = Decimal(repr(number)).as_tuple()
    significant = "".join(map(str, digits)).strip("0")
    if not significant:
        return "1"
    magnitude = f"{len(digits) + int(exponent) + 500:03}{significant}"
    return f"0{magnitude.translate(_COMPLEMENT)}~" if sign else f"2{magnitude}"


def _is_string(value: object) -> bool:
    if not isinstance(value, str):
        return False
    return (value.isascii() and "\0" not in value) or _is_text(value)


def _is_text(text: str) -> bool:
    """Storable, and cheap to normalise: that takes time quadratic in a run of combining marks."""
    if UNSTORABLE.search(text):
        return False
    run = 0
    for character in text:
        run = run + 1 if combining(character) else 0
        if run > MOST_MARKS:
            return False
    return True


def _is_integer(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value in INTEGERS


def _is_decimal(value: object) -> bool:
    return _is_integer(value) or (isinstance(value, float) and math.isfinite(value))


def _is_date_time(value: object) -> bool:
    if not isinstance(value, str):
        return False
    try:
        instant(value)
    except ValueError:
        return False
    return True


def _is_binary(value: object) -> bool:
    return isinstance(value, str) and _BASE64.fullmatch(value) is not None


def _is_reference(value: object) -> bool:
    return isinstance(value, str) and _REFERENCE.fullmatch(value) is not None


_RULES: dict[Type, tuple[Callable[[object], bool], str]] = {
    Type.STRING: (_is_string, "a string of characters other than NUL"),
    Type.BOOLEAN: (lambda value: isinstance(value, bool), "true or false"),
    Type.INTEGER: (_is_integer, "a whole number of 64 bits, without fraction or exponent"),
    Type.DECIMAL: (_is_decimal, "a number"),
    Type.DATE_TIME: (_is_date_time, 'a date and time such as "2026-11-20T10:00:00Z"'),
    Type.BINARY: (_is_binary, "base64 text"),
    Type.REFERENCE: (_is_reference, "an absolute or relative URI"),
}
