"""One-time codes by time (RFC 6238): six digits, SHA-1, 30 seconds, as every application has them.

The only module that imports pyotp and segno.
"""

import hmac
from datetime import datetime
from io import BytesIO

import pyotp
import segno

STEP_SECONDS = 30
DRIFT_STEPS = 1
"""A clock may be so far off (RFC 6238 §5.2)."""
QR_SCALE = 4


def new_secret() -> str:
    """160 bits in base32 (RFC 4226 §4)."""
    return pyotp.random_base32()


def uri(secret: str, account: str, issuer: str) -> str:
    """What authenticator applications read, ``otpauth://totp/…``."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=issuer)


def qr_code(text: str) -> str:
    """A QR code as an SVG element, to be put into a page as it is."""
    buffer = BytesIO()
    segno.make_qr(text, error="m").save(
        buffer, kind="svg", scale=QR_SCALE, light="#fff", xmldecl=False, svgclass=None
    )
    return buffer.getvalue().decode().strip()


def accepted_step(secret: str, code: str, last: int, now: datetime) -> int | None:
    """The time step that the code is for; None: it is none of now, or not later than ``last``.

    A step that was accepted once is none again: a code works once (RFC 6238 §5.2).
    """
    made = pyotp.TOTP(secret, interval=STEP_SECONDS)
    current = int(now.timestamp()) // STEP_SECONDS
    typed = code.replace(" ", "").encode()
    for step in range(max(current - DRIFT_STEPS, last + 1), current + DRIFT_STEPS + 1):
        if hmac.compare_digest(made.generate_otp(step).encode(), typed):
            return step
    return None
