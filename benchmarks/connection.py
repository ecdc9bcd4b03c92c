"""A blocking HTTP/1.1 connection that exchanges prepared bytes.

It reads only what delimits a response (status, Content-Length, chunked coding, persistence),
so that the cost of the client stays far below that of a server.
"""

import json
import socket
from dataclasses import dataclass
from typing import Any

TIMEOUT_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Response:
    """The status and the raw body of an HTTP response."""

    status: int
    body: bytes

    def json(self) -> Any:
        """Decode the body."""
        return json.loads(self.body)

    def excerpt(self) -> str:
        """Return the status and the beginning of the body, for an error report."""
        text = " ".join(self.body.decode(errors="replace").split())
        return f"HTTP {self.status} {text}"[:200].rstrip()


class Connection:
    """One connection; it opens on the first exchange and again after the server closed it."""

    def __init__(self, host: str, port: int) -> None:
        self._address = (host, port)
        self._socket: socket.socket | None = None
        self._buffer = bytearray()

    def exchange(self, message: bytes) -> Response:
        """Send a whole request and return its response.

        A server may close an idle connection at any time. When a reused connection turns out to be
        closed before one byte of the response came, the request is sent once more on a fresh one.

        Raises: OSError, EOFError.
        """
        if self._socket is not None:
            try:
                return self._exchange(self._socket, message)
            except (ConnectionResetError, BrokenPipeError, EOFError):
                began = bool(self._buffer)
                self.close()
                if began:
                    raise
        self._socket = socket.create_connection(self._address, TIMEOUT_SECONDS)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            return self._exchange(self._socket, message)
        except (OSError, EOFError):
            self.close()
            raise

    def close(self) -> None:
        """Close the connection, if it is open."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        self._buffer.clear()

    def _exchange(self, link: socket.socket, message: bytes) -> Response:
        link.sendall(message)
        head = self._read_through(link, b"\r\n\r\n")
        status, fields = int(head[9:12]), head.lower()
        response = Response(status, self._body(link, status, fields))
        old = head.startswith(b"HTTP/1.0") and b"\r\nconnection: keep-alive" not in fields
        if old or b"\r\nconnection: close" in fields:
            self.close()
        return response

    def _body(self, link: socket.socket, status: int, fields: bytes) -> bytes:
        if status in (204, 304):
            return b""
        if b"\r\ntransfer-encoding: chunked" in fields:
            return self._read_chunks(link)
        if (at := fields.find(b"\r\ncontent-length:")) >= 0:
            return self._read(link, int(fields[at + 17 : fields.index(b"\r\n", at + 17)]))
        return self._read_to_end(link)

    def _receive(self, link: socket.socket) -> None:
        data = link.recv(262144)
        if not data:
            raise EOFError("the server closed the connection")
        self._buffer += data

    def _take(self, length: int) -> bytes:
        taken = bytes(self._buffer[:length])
        del self._buffer[:length]
        return taken

    def _read(self, link: socket.socket, length: int) -> bytes:
        while len(self._buffer) < length:
            self._receive(link)
        return self._take(length)

    def _read_through(self, link: socket.socket, mark: bytes) -> bytes:
        while (at := self._buffer.find(mark)) < 0:
            self._receive(link)
        return self._take(at + len(mark))

    def _read_chunks(self, link: socket.socket) -> bytes:
        body = bytearray()
        while size := int(self._read_through(link, b"\r\n").split(b";")[0], 16):
            body += self._read(link, size + 2)[:size]
        while self._read_through(link, b"\r\n") != b"\r\n":
            pass
        return bytes(body)

    def _read_to_end(self, link: socket.socket) -> bytes:
        while True:
            try:
                self._receive(link)
            except EOFError:
                return self._take(len(self._buffer))
