"""Readings of feeds, and a server that gives them."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BufferedIOBase
from pathlib import Path
from threading import Thread
from time import sleep
from typing import Any
from zoneinfo import ZoneInfo

from scim_server.sync.entries import Asked, Entry, Unreadable
from scim_server.sync.faults import Faults
from scim_server.sync.feed import FeedSource, Settings, read_settings
from scim_server.sync.files.tables import Surroundings
from tests.certificates import Pair

TOKEN = "the-token-that-nobody-may-see"
NOON = datetime(2025, 6, 15, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Feed:
    """A folder with files, and what reads them.

    read: columns that the mapping of users reads
    """

    folder: Path
    read: tuple[str, ...] = ("mail",)
    now: datetime = NOON
    zone: str = "UTC"

    def settings(self, **told: Any) -> Settings:
        """Of a table that is sound."""
        faults = Faults()
        around = Surroundings(self.folder, {"TOKEN": TOKEN}, ZoneInfo(self.zone))
        settings = read_settings({"id": "id", **told}, "feed", faults, around)
        assert settings is not None, faults
        return settings

    def entries(self, kind: str = "User", **told: Any) -> list[Entry | Unreadable]:
        """All of a kind."""
        names = {"User": frozenset(self.read), "Group": frozenset({"name"})}
        source = FeedSource(self.settings(**told), names, lambda: self.now)
        with source.reading(Asked()) as reading:
            return list(reading.entries(kind))

    def of(self, content: str | bytes, kind: str = "User", **told: Any) -> list[Entry | Unreadable]:
        """All that a file of this content holds."""
        raw = content if isinstance(content, bytes) else content.encode()
        (self.folder / "workers").write_bytes(raw)
        return self.entries(kind, file="workers", **told)

    def ids(self, content: str, **told: Any) -> list[str | None]:
        """Of those who come."""
        return [entry.id for entry in self.of(content, **told)]


def answer(body: bytes, status: int = 200, **headers: str) -> bytes:
    """A whole HTTP answer; underscores in names stand for hyphens."""
    told = {"Content_Length": str(len(body)), **headers}
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in told.items()]
    return "\r\n".join((f"HTTP/1.1 {status} Told", *lines, "", "")).encode() + body


@dataclass(slots=True)
class FileServer:
    """Gives what it was told to, byte for byte, and closes the connection.

    answers: by path and query, one after the other, the last one ever again
    asked:   paths and headers, in order
    pause:   seconds after each byte
    """

    pause: float = 0
    port: int = 0
    answers: dict[str, list[bytes]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def send(self, file: BufferedIOBase, raw: bytes) -> None:
        """Until nobody listens any more."""
        parts = [raw[at : at + 1] for at in range(len(raw))] if self.pause else [raw]
        with suppress(OSError):
            for part in parts:
                file.write(part)
                sleep(self.pause)

    @contextmanager
    def running(self, pair: Pair | None) -> Iterator["FileServer"]:
        """On a free port, over TLS where there is a certificate."""
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append((self.path, dict(self.headers.items())))
                left = outer.answers[self.path]
                outer.send(self.wfile, left.pop(0) if len(left) > 1 else left[0])
                self.close_connection = True

            def log_message(self, *_: object) -> None:
                """The tests' own output is enough."""

        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            if pair is not None:
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(pair.certificate, pair.key)
                server.socket = context.wrap_socket(server.socket, server_side=True)
            self.port = server.server_port
            thread = Thread(target=server.serve_forever, args=(0.01,))
            thread.start()
            try:
                yield self
            finally:
                server.shutdown()
                thread.join()
