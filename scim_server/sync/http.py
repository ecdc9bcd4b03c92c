"""Addresses that a source reads from: where they may lie, as whom, and when to ask again."""

import base64
import re
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import httpx2
from marshmallow import ValidationError, fields, validate

from scim_server.sync.faults import Faults
from scim_server.sync.files.tables import SecretFields, Surroundings, secret

BUSY = frozenset({429, 503})
"""Statuses after which to ask again."""
SHORTEST_WAIT, USUAL_WAIT = 1.0, 5.0
"""Seconds: at least, and where the server does not say."""

_TOKEN = re.compile(r"[\x21-\x7e]+")


def is_protected(text: str) -> None:
    """Raises ValidationError for what is not https; within this machine http will do."""
    try:
        url = httpx2.URL(text)
    except httpx2.InvalidURL:
        raise ValidationError("is no URL") from None
    if url.userinfo:
        raise ValidationError("must hold no name and no password: it is shown")
    if not url.host or url.scheme not in ("https", "http"):
        raise ValidationError("must begin with https://")
    if url.scheme == "http" and not is_loopback(url.host):
        raise ValidationError("must begin with https://, for it is not on this machine")


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class AccessFields(SecretFields):
    """As whom to ask: a password with ``user``, else a bearer token."""

    user = fields.String(validate=validate.Regexp(r"[^:\0-\x1f\x7f]{1,200}\Z"))
    ca_file = fields.String(validate=validate.Length(1, 4096))


def authorization(
    told: Mapping[str, Any], place: str, faults: Faults, around: Surroundings
) -> Mapping[str, str]:
    """The header that AccessFields make, none where they name no secret."""
    word = secret(told, place, faults, around)
    if word is None:
        return {}
    if "user" in told:
        pair = f"{told['user']}:{word}".encode()
        return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}
    if not _TOKEN.fullmatch(word):
        faults.at(place, "the token holds something else than printable ASCII")
    return {"Authorization": f"Bearer {word}"}


def trust(folder: Path, ca_file: str | None, place: str, faults: Faults) -> ssl.SSLContext:
    """Whose certificates are believed: those that the file says, else those of the system."""
    context = ssl.create_default_context()
    if ca_file is None:
        return context
    try:
        return ssl.create_default_context(cafile=folder / ca_file)
    except OSError as fault:
        faults.at(f"{place}.ca_file", f"{folder / ca_file} holds no certificates: {fault}")
        return context


def client(
    url: str, headers: Mapping[str, str], context: ssl.SSLContext, seconds: float
) -> httpx2.Client:
    """Follows no redirect: a credential goes where it was told to go, and nowhere else.

    Args: seconds: to wait for each part of an answer
    """
    # The environment may name a proxy: it tunnels https, and would read http, which never
    # leaves this machine otherwise.
    return httpx2.Client(
        headers=headers,
        verify=context,
        timeout=seconds,
        trust_env=httpx2.URL(url).scheme == "https",
    )


def wait(headers: Mapping[str, str]) -> float:
    """Seconds until the server wants to be asked again (RFC 9110 §10.2.3), by its own clock."""
    told = headers.get("retry-after", "")
    if re.fullmatch("[0-9]{1,9}", told):
        return max(float(told), SHORTEST_WAIT)
    until, now = instant(told), instant(headers.get("date", ""))
    if until is None or now is None:
        return USUAL_WAIT
    return max((until - now).total_seconds(), SHORTEST_WAIT)


def instant(text: str) -> datetime | None:
    """An HTTP date (RFC 9110 §5.6.7) in UTC."""
    try:
        return parsedate_to_datetime(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def said(fault: httpx2.HTTPError | httpx2.StreamError) -> str:
    """Why there is no answer; what the server sent is not repeated."""
    match fault:
        case httpx2.ConnectError() | httpx2.ProxyError():
            return f"cannot be reached: {fault}"
        case httpx2.TimeoutException():
            return "does not answer in time"
    return "the answer breaks off, or is malformed"
