"""A SCIM base URL with its credential: prepares requests, hands out connections."""

import json
from collections.abc import Sequence
from urllib.parse import urlencode, urlsplit

from benchmarks.connection import Connection, Response
from benchmarks.population import Document

PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


class Endpoint:
    """One server under test, seen from outside."""

    def __init__(self, base_url: str, token: str) -> None:
        parts = urlsplit(base_url)
        self._host, self._port = parts.hostname or "", parts.port or 80
        self._prefix = parts.path.rstrip("/")
        self._head = (
            f"Host: {parts.netloc}\r\nAccept: application/scim+json\r\n"
            f"User-Agent: scimload\r\nAuthorization: Bearer {token}\r\n"
        )
        self._connections: list[Connection] = []

    def connections(self, count: int) -> Sequence[Connection]:
        """Return ``count`` connections, the same ones on every call."""
        while len(self._connections) < count:
            self._connections.append(Connection(self._host, self._port))
        return self._connections[:count]

    def message(self, method: str, path: str, body: Document | None = None) -> bytes:
        """Return the bytes of a request, ready to send; ``path`` may carry a query."""
        head = f"{method} {self._prefix}{path} HTTP/1.1\r\n{self._head}"
        if body is None:
            return f"{head}\r\n".encode()
        payload = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        head += f"Content-Type: application/scim+json\r\nContent-Length: {len(payload)}\r\n\r\n"
        return head.encode() + payload

    def form(self, path: str, **fields: str) -> bytes:
        """Return the bytes of a POST of a form."""
        payload = urlencode(fields).encode()
        head = f"POST {self._prefix}{path} HTTP/1.1\r\n{self._head}"
        head += "Content-Type: application/x-www-form-urlencoded\r\n"
        return f"{head}Content-Length: {len(payload)}\r\n\r\n".encode() + payload

    def patch(self, path: str, operation: Document) -> bytes:
        """Return the bytes of a PATCH of one operation (RFC 7644 §3.5.2)."""
        body = {"schemas": [PATCH_OP], "Operations": [operation]}
        return self.message("PATCH", path, body)

    def call(self, method: str, path: str, body: Document | None = None) -> Response:
        """Send one request outside any measurement."""
        return self.connections(1)[0].exchange(self.message(method, path, body))

    def close(self) -> None:
        """Close every connection."""
        for connection in self._connections:
            connection.close()
