"""Addresses that a source reads from: where they may lie, as whom, and when to ask again."""

import base64
import re
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from pathlib import Path
from socket import SHUT_RDWR, socket
from threading import Event, Timer
from typing import Any

import httpx2
from marshmallow import ValidationError, fields, validate

from scim_server.protocol.values import UNSTORABLE
from scim_server.sync.entries import SourceFault
from scim_server.sync.faults import Faults
from scim_server.sync.files.tables import PATH, SecretFields, Surroundings, secret

BUSY = frozenset({429, 503})
"""Statuses after which to ask again."""
SHORTEST_WAIT, USUAL_WAIT = 1.0, 5.0
"""Seconds: at least, and where the server does not say."""
MOST_PORTS = 65_535

_TOKEN = re.compile(r"[\x21-\x7e]+")


def is_protected(text: str) -> None:
    """Raises ValidationError for what is not https; within this machine http will do."""
    try:
        url = httpx2.URL(text)
        # As the socket will: labels that are empty or too long have no address.
        url.raw_host.decode("ascii").encode("idna")
    except (httpx2.InvalidURL, UnicodeError):
        raise ValidationError("is no URL") from None
    if (url.port or 0) > MOST_PORTS or UNSTORABLE.search(url.path):
        raise ValidationError("is no URL")
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
    ca_file = fields.String(validate=PATH)


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
    try:
        return ssl.create_default_context(cafile=ca_file and folder / ca_file)
    except OSError as fault:
        faults.at(f"{place}.ca_file", f"{folder / (ca_file or '')} holds no certificates: {fault}")
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@dataclass(slots=True)
class Client:
    """Asks one server, one question after the other, and follows no redirect.

    A credential goes where it was told to go, and nowhere else.
    """

    http: httpx2.Client
    _socket: socket | None = field(default=None, init=False)

    @contextmanager
    def get(
        self, url: httpx2.URL | str, seconds: float, query: Mapping[str, str] | None = None
    ) -> Iterator[httpx2.Response]:
        """An answer, read to its end within the block. Raises httpx2.HTTPError, StreamError.

        Args: seconds: for all of it. httpx2 itself limits the wait for each part, and of a part of
            one byte each there may be many.
        """
        is_over = Event()
        timer = Timer(seconds, self._hang_up, [is_over])
        timer.start()
        try:
            with self.http.stream(
                "GET", url, params=query, timeout=seconds, extensions={"trace": self._trace}
            ) as answer:
                yield answer
        except (httpx2.HTTPError, httpx2.StreamError):
            if not is_over.is_set():
                raise
        finally:
            timer.cancel()
        if is_over.is_set():
            raise httpx2.ReadTimeout("")

    def _trace(self, event: str, told: Mapping[str, Any]) -> None:
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            self._socket = told["return_value"].get_extra_info("socket")

    def _hang_up(self, is_over: Event) -> None:
        """Whoever reads is at the end of what was sent."""
        is_over.set()
        if self._socket is not None:
            with suppress(OSError):
                socket.shutdown(self._socket, SHUT_RDWR)


@contextmanager
def connected(url: str, headers: Mapping[str, str], context: ssl.SSLContext) -> Iterator[Client]:
    """To the server of a URL; what goes with each question. Raises SourceFault."""
    # The environment may name a proxy: it tunnels https, and would read http, which never
    # leaves this machine otherwise.
    by_proxy = httpx2.URL(url).scheme == "https"
    try:
        http = httpx2.Client(headers=headers, verify=context, trust_env=by_proxy)
    except (httpx2.InvalidURL, ValueError, ImportError):
        raise SourceFault("the environment names a proxy that is none") from None
    with http:
        yield Client(http)


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
        told = parsedate_to_datetime(text)
        # What tells no zone, or an unknown one, is in UTC as every HTTP date is.
        return (told if told.tzinfo else told.replace(tzinfo=UTC)).astimezone(UTC)
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
