"""One request, one answer, over http.client: no redirects, nothing outside of the base URL."""

import http.client
import json
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

Json = dict[str, Any]
SECONDS = 60
SHOWN = 1_500
"""Characters of a body in one line of a log."""
LONG = 24
"""Characters of a token that is no password: each of them is a part of it."""
SCHEMES: dict[str, type[http.client.HTTPConnection]] = {
    "http": http.client.HTTPConnection,
    "https": http.client.HTTPSConnection,
}


@dataclass(frozen=True, slots=True)
class Request:
    """What goes on the wire; a header of None is left out.

    body: text, or the bytes of what is none. Where there is a Content-Length among the headers
          nothing comes after the body, however much was promised.
    """

    method: str
    path: str
    headers: Mapping[str, str | None] = field(default_factory=dict)
    body: str | bytes | None = None

    @property
    def text(self) -> str | None:
        """The body as a person reads it; a byte that is no UTF-8 as ``\\xff``."""
        if isinstance(self.body, bytes):
            return self.body.decode(errors="backslashreplace")
        return self.body

    def __str__(self) -> str:
        return f"{self.method} {self.path} {(self.text or '')[:SHOWN]}".rstrip()


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; header names in lower case, ``body`` None unless it is a JSON object."""

    status: int
    headers: Mapping[str, str]
    text: str
    body: dict[str, Any] | None

    @property
    def document(self) -> dict[str, Any]:
        """The body, or an empty one."""
        return self.body or {}

    @property
    def meta(self) -> dict[str, Any]:
        """The meta of a resource, or an empty one."""
        found = self.document.get("meta")
        return found if isinstance(found, dict) else {}

    def __str__(self) -> str:
        return f"{self.status} {self.text[:SHOWN]}".rstrip()


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A SCIM base URL, the credential for it, and the headers that the client always sends."""

    base_url: str
    token: str
    headers: Mapping[str, str | None] = field(default_factory=dict)

    def send(self, request: Request) -> Answer:
        """Raises ValueError: the path would leave the base URL; OSError: no answer."""
        base = urlsplit(self.base_url.rstrip("/"))
        if not request.path.startswith("/") or "/.." in request.path:
            raise ValueError(f'"{request.path}" is not a path below {self.base_url}.')
        connect = SCHEMES[base.scheme]
        connection = connect(base.netloc, timeout=SECONDS)
        body = request.body.encode() if isinstance(request.body, str) else request.body
        try:
            path = base.path + request.path
            connection.request(request.method, path, body, dict(self.headers_of(request)))
            if "Content-Length" in request.headers:
                # Under TLS both halves end, and what comes is no answer: HTTPException.
                connection.sock.shutdown(socket.SHUT_WR)
            response = connection.getresponse()
            text = response.read().decode(errors="replace")
            headers = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, headers, text, _object(text))
        finally:
            connection.close()

    def complete(self, request: Request) -> Request:
        """The request with every header that it is sent with."""
        return replace(request, headers=self.headers_of(request))

    def headers_of(self, request: Request) -> Mapping[str, str]:
        """What the client always sends, and what the request adds or takes away."""
        headers: dict[str, str | None] = {
            "Authorization": f"Bearer {self.token}",
            "Accept": "application/scim+json",
        }
        if request.body is not None:
            headers["Content-Type"] = "application/scim+json"
        merged = headers | dict(self.headers) | dict(request.headers)
        return {name: value for name, value in merged.items() if value is not None}


def misspelt(token: str) -> str | None:
    """The token with one character changed, well before its end; None where it is too short."""
    late = range(len(token) * 7 // 8, len(token) - 1)
    place = next((place for place in late if token[place].isalnum()), None)
    if len(token) < LONG or place is None:
        return None
    other = "B" if token[place] == "A" else "A"
    return token[:place] + other + token[place + 1 :]


def _object(text: str) -> dict[str, Any] | None:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None
