"""What to try where a server cannot be examined: the mistakes that people make first."""

import ssl
from collections.abc import Mapping
from http.client import HTTPException

from conformance.report.cleaning import cleaned
from conformance.subject import NotScim
from conformance.wire import Answer

LONGEST = 300
"""Characters of the answer or fault that are told."""
TOKEN = "Is it the right token, and has it not ended?"
BASE_URL = "The base URL is what stands before /Users; with most servers it ends in /scim/v2."
TLS = "Does it speak https there?"
NO_TLS = "Does it speak http there, and not https?"
CERTIFICATES = "SSL_CERT_FILE names a file of certificates to trust instead of the system's."


def told(fault: Exception, secrets: Mapping[str, str]) -> str:
    """The fault in a line, and what to try in a second; each secret is the name that it is given.

    Hidden before it is cut off: a part of a secret would not be known again.
    """
    what = " ".join(cleaned(str(fault), secrets).split())
    short = what if len(what) <= LONGEST else f"{what[:LONGEST]}…"
    advised = [cleaned(each, secrets) for each in _advice(fault)]
    return "\n".join([short or type(fault).__name__, *advised])


def _advice(fault: Exception) -> list[str]:
    match fault:
        case NotScim(answer=Answer(status=401 | 403)):
            return [TOKEN]
        case NotScim(answer=Answer(status=301 | 302 | 307 | 308, headers={"location": place})):
            return [f"It is somewhere else: {place}"]
        case NotScim():
            return [BASE_URL]
        case ssl.SSLCertVerificationError():
            return [CERTIFICATES]
        case ssl.SSLError():
            return [NO_TLS]
        case HTTPException() | ConnectionResetError():
            return [TLS]
    return []
