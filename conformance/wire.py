"""One request, one answer, over http.client: no redirects, nothing outside of the base URL."""

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

Json = dict[str, Any]
SECONDS = 60
SCHEMES: dict[str, type[http.client.HTTPConnection]] = {
    "http": http.client.HTTPConnection,
    "https": http.client.HTTPSConnection,
}


@dataclass(frozen=True, slots=True)
class Request:
    """What goes on the wire; a header of None is left out."""

    method: str
    path: str
    headers: Mapping[str, str | None] = field(default_factory=dict)
    body: str | None = None

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.body or ''}".rstrip()


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

    def __str__(self) -> str:
        return f"{self.status} {self.text[:1500]}".rstrip()


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A SCIM base URL, the credential for it, and the headers that the client always sends."""

    base_url: str
    token: str
    headers: Mapping[str, str | None] = field(default_factory=dict)

    def send(self, request: Request) -> Answer:
        """Raises ValueError: the path would leave the base URL; OSError: no connection."""
        base = urlsplit(self.base_url.rstrip("/"))
        if not request.path.startswith("/") or "/.." in request.path:
            raise ValueError(f'"{request.path}" is not a path below {self.base_url}.')
        connect = SCHEMES[base.scheme]
        connection = connect(base.netloc, timeout=SECONDS)
        body = None if request.body is None else request.body.encode()
        try:
            path = base.path + request.path
            connection.request(request.method, path, body, dict(self.headers_of(request)))
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


def _object(text: str) -> dict[str, Any] | None:
    try:
        document = json.loads(text)
    except ValueError:
        return None
    return document if isinstance(document, dict) else None
