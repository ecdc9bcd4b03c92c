"""Legal values and their comparison keys."""

import sys
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scim_server.protocol.errors import InvalidValue
from scim_server.protocol.schema import Attribute, Type
from scim_server.protocol.values import check, fold, key

EXACT = Attribute("a", Type.STRING, case_exact=True)
INTEGERS = st.integers(-(2**63), 2**63 - 1)
NUMBERS = INTEGERS | st.floats(allow_nan=False, allow_infinity=False)
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m)))
MOMENTS = st.datetimes(timezones=ZONES).filter(lambda moment: 1 < moment.year < 9999)

LEGAL: list[tuple[Type, object]] = [
    (Type.STRING, "\U0001d505\U0001f642 e\u0301"),
    (Type.STRING, ""),
    (Type.BOOLEAN, True),
    (Type.BOOLEAN, False),
    (Type.INTEGER, 0),
    (Type.INTEGER, 2**63 - 1),
    (Type.INTEGER, -(2**63)),
    (Type.DECIMAL, 4.7),
    (Type.DECIMAL, 5),
    (Type.DECIMAL, -1e300),
    (Type.DATE_TIME, "2026-11-20T10:00:00Z"),
    (Type.DATE_TIME, "2026-11-20T10:00:00.123+01:00"),
    (Type.DATE_TIME, "0001-01-03T00:00:00.0000000Z"),
    (Type.DATE_TIME, "9999-12-31T23:59:59.99999999999Z"),
    (Type.DATE_TIME, "2024-02-29T24:00:00.0-14:00"),
    (Type.BINARY, "TWE="),
    (Type.BINARY, "TWE"),
    (Type.BINARY, "TQ"),
    (Type.BINARY, "ab+/"),
    (Type.BINARY, ""),
    (Type.REFERENCE, "https://user@[::1]:8080/a/b;c?d=e&f#g"),
    (Type.REFERENCE, "MFGMUGTYPBKA"),
    (Type.REFERENCE, "../Users/2819"),
    (Type.REFERENCE, "//example.com/a%20b"),
    (Type.REFERENCE, "urn:ietf:params:scim:schemas:core:2.0:User"),
    (Type.REFERENCE, "mailto:ada@example.com"),
]

ILLEGAL: dict[Type, tuple[object, ...]] = {
    Type.STRING: (5, True, 1.5, {}, [], None, "a\0b", "\ud800"),
    Type.BOOLEAN: ("true", "True", 0, 1, None, {}),
    Type.INTEGER: (5.0, "5", True, None, 2**63, -(2**63) - 1, 5.5),
    Type.DECIMAL: ("4.7", False, None, 2**64, float("inf"), float("nan")),
    Type.DATE_TIME: (
        "2026-11-20",
        "10:00:00Z",
        "20261120T100000Z",
        "2026-11-20 10:00:00Z",
        "2026-11-20t10:00:00z",
        "2026-11-20T10:00Z",
        "2026-02-29T10:00:00Z",
        "2026-11-20T24:00:01Z",
        "2026-11-20T24:00:00.1Z",
        "2026-11-20T25:00:00Z",
        "2026-11-20T10:60:00Z",
        "2026-11-20T10:00:60Z",
        "2026-11-20T10:00:00.Z",
        "2026-11-20T10:00:00+1:00",
        "2026-11-20T10:00:00+14:01",
        "2026-11-20T10:00:00+0100",
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T24:00:00Z",
        "12026-11-20T10:00:00Z",
        "-2026-11-20T10:00:00Z",
        "2026-11-20T10:00:00Z\n",
        "２０２６-11-20T10:00:00Z",
        "Fri, 20 Nov 2026 10:00:00 GMT",
        1700000000,
        None,
    ),
    Type.BINARY: (
        "###",
        "TWE==",
        "T",
        "TWE=TWE=",
        "TW\nE",
        "_-_-",
        "-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----",
        5,
    ),
    Type.REFERENCE: (
        "ht tp://x",
        "http://x/a b",
        "http://x/\u00e9",
        "http://x/%zz",
        "http://x/a\n",
        "http://x/<a>",
        "1a:b",
        "a#b#c",
        "a[b]",
        5,
        None,
    ),
}


@pytest.mark.proves("ATT-005", "ATT-007", "ATT-008", "ATT-009", "ATT-010", "ATT-011", "ATT-012")
@pytest.mark.parametrize(("kind", "value"), LEGAL)
def test_it_stores_a_legal_value_as_it_is(kind: Type, value: object) -> None:
    assert check(Attribute("a", kind), value, "a") is value


@pytest.mark.proves(
    "ATT-005", "ATT-007", "ATT-008", "ATT-009", "ATT-010", "ATT-011", "ATT-012", "USR-006"
)
@pytest.mark.parametrize(
    ("kind", "value"), [(kind, value) for kind, values in ILLEGAL.items() for value in values]
)
def test_it_refuses_an_illegal_value_by_name(kind: Type, value: object) -> None:
    with pytest.raises(InvalidValue, match=r'"photos\.value" must be'):
        check(Attribute("value", kind), value, "photos.value")


@pytest.mark.proves("ATT-006")
def test_canonical_values_are_advice() -> None:
    attribute = Attribute("type", canonical_values=("work", "home"))
    assert check(attribute, "batphone", "emails.type") == "batphone"


@pytest.mark.proves("ATT-010")
def test_a_moment_without_offset_is_stored_as_utc() -> None:
    attribute = Attribute("a", Type.DATE_TIME)
    assert check(attribute, "2026-11-20T10:00:00.5", "a") == "2026-11-20T10:00:00.5Z"


@pytest.mark.parametrize("text", ["//" + "a" * 100_000 + " ", "a%" * 50_000, ":" * 100_000])
def test_a_long_reference_is_judged_in_linear_time(text: str) -> None:
    with pytest.raises(InvalidValue):
        check(Attribute("a", Type.REFERENCE), text, "a")


@pytest.mark.proves("ATT-026", "INT-002", "INT-005")
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("BJensen", "bjensen"),
        ("Straße", "STRASSE"),
        ("\uff22\uff2f\uff22", "bob"),
        ("e\u0301", "\u00c9"),
        ("\u1e9e", "ss"),
        ("\u03a3", "\u03c2"),
        ("\ufb01", "FI"),
        ("\u0130", "i\u0307"),
    ],
)
def test_folded_text_is_the_same(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_folding_stands_still_for_every_character() -> None:
    letters = (chr(number) for number in range(sys.maxunicode + 1))
    assert [letter for letter in letters if fold(fold(letter)) != fold(letter)] == []


@given(st.text())
def test_folding_stands_still(text: str) -> None:
    assert fold(fold(text)) == fold(text) == fold(text.casefold())


@pytest.mark.proves("ATT-026")
@pytest.mark.parametrize(
    ("attribute", "value", "expected"),
    [
        (EXACT, "Ab", "Ab"),
        (EXACT, "e\u0301", "\u00e9"),
        (Attribute("a"), "Ab\u00c9", "ab\u00e9"),
        (Attribute("a", Type.BOOLEAN), True, "true"),
        (Attribute("a", Type.BOOLEAN), False, "false"),
        (Attribute("a", Type.BINARY), "TWE=", "TWE"),
        (Attribute("a", Type.REFERENCE), "https://x/E%CC%81", "https://x/E%CC%81"),
        (
            Attribute("a", Type.DATE_TIME),
            "2026-11-20T10:00:00.2500+01:00",
            "2026-11-20T09:00:00.25",
        ),
        (Attribute("a", Type.DATE_TIME), "2026-11-20T10:00:00.000", "2026-11-20T10:00:00"),
        (Attribute("a", Type.DATE_TIME), "2026-12-31T24:00:00Z", "2027-01-01T00:00:00"),
        (Attribute("a", Type.INTEGER), 0, "1"),
        (Attribute("a", Type.DECIMAL), -0.0, "1"),
        (Attribute("a", Type.INTEGER), 500, "25035"),
        (Attribute("a", Type.DECIMAL), 5e2, "25035"),
        (Attribute("a", Type.DECIMAL), -500, "04964~"),
    ],
)
def test_the_key_of_a_value(attribute: Attribute, value: object, expected: str) -> None:
    assert key(attribute, value) == expected


@pytest.mark.proves("FIL-008")
@given(NUMBERS, NUMBERS)
def test_the_order_of_number_keys_is_that_of_numbers(one: float, other: float) -> None:
    """As decimals: the float 4611686018427387904.0 was written 4.611686018427388e+18."""
    left, right = (key(Attribute("a", Type.DECIMAL), number) for number in (one, other))
    low, high = (Decimal(repr(number)) for number in (one, other))
    assert (left < right, left == right) == (low < high, low == high)


@pytest.mark.proves("FIL-008")
@given(MOMENTS, MOMENTS)
def test_the_order_of_moment_keys_is_that_of_time(one: datetime, other: datetime) -> None:
    left, right = (key(Attribute("a", Type.DATE_TIME), m.isoformat()) for m in (one, other))
    assert (left < right, left == right) == (one < other, one == other)


@given(MOMENTS)
def test_a_moment_key_does_not_depend_on_the_zone(moment: datetime) -> None:
    attribute = Attribute("a", Type.DATE_TIME)
    assert key(attribute, moment.isoformat()) == key(attribute, moment.astimezone(UTC).isoformat())


def test_a_value_that_no_schema_holds_is_a_fault_of_ours() -> None:
    with pytest.raises(TypeError, match="a holds a NoneType"):
        key(Attribute("a"), None)
