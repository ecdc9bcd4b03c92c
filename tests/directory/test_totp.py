"""One-time codes by time, against the tables of RFC 6238 and against pyotp."""

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pyotp
import pytest

from scim_server.directory.authenticators import totp

RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
"""The ASCII text 12345678901234567890 in base32 (RFC 6238, Appendix B)."""
NOW = datetime(2026, 11, 21, 9, 0, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_the_codes_are_those_of_the_rfc(seconds: int, code: str) -> None:
    now = datetime.fromtimestamp(seconds, UTC)
    assert totp.accepted_step(RFC_SECRET, code, -1, now) == seconds // 30


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_clock_may_be_one_step_off(steps: int) -> None:
    secret = totp.new_secret()
    code = pyotp.TOTP(secret).at(NOW + timedelta(seconds=30 * steps))
    assert totp.accepted_step(secret, code, -1, NOW) is not None


@pytest.mark.parametrize("steps", [-3, -2, 2, 3])
def test_a_code_of_another_time_is_none(steps: int) -> None:
    code = pyotp.TOTP(RFC_SECRET).at(NOW + timedelta(seconds=30 * steps))
    assert totp.accepted_step(RFC_SECRET, code, -1, NOW) is None


def test_a_code_counts_once_and_none_before_it() -> None:
    code, before = (pyotp.TOTP(RFC_SECRET).at(NOW - timedelta(seconds=s)) for s in (0, 30))
    step = totp.accepted_step(RFC_SECRET, code, -1, NOW)
    assert step is not None
    assert totp.accepted_step(RFC_SECRET, code, step, NOW) is None
    assert totp.accepted_step(RFC_SECRET, before, step, NOW) is None


@pytest.mark.parametrize("text", ["", "12345", "1234567", "abcdef", "\u0661" * 6, "\U0001f511"])
def test_what_is_no_code_is_none(text: str) -> None:
    assert totp.accepted_step(RFC_SECRET, text, -1, NOW) is None


def test_an_application_reads_the_uri() -> None:
    uri = totp.uri(RFC_SECRET, "anna@example.com", "scim.example.com")
    read = pyotp.parse_uri(uri)
    assert isinstance(read, pyotp.TOTP)
    assert (read.secret, read.name, read.issuer) == (
        RFC_SECRET,
        "anna@example.com",
        "scim.example.com",
    )


def test_the_qr_code_is_one_svg_element() -> None:
    image = totp.qr_code(totp.uri(RFC_SECRET, "<script>&\u00fc", "scim.example.com"))
    assert ElementTree.fromstring(image).tag == "{http://www.w3.org/2000/svg}svg"
    assert image.startswith("<svg") and "script" not in image


def test_every_secret_is_another_and_long_enough() -> None:
    secrets = {totp.new_secret() for _ in range(50)}
    assert len(secrets) == 50 and {len(secret) for secret in secrets} == {32}
