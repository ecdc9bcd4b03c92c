"""A small SCIM server that does what no good one does, and readings of it and of others."""

import json
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from scim_server.sync.entries import Asked, Entry, Unreadable
from scim_server.sync.scim.settings import Settings
from scim_server.sync.scim.source import ScimReading, ScimSource
from tests.certificates import Pair

CONTEXT = ssl.create_default_context()
TOKEN = "the-token-that-nobody-may-see"
SCIM_JSON = {"Content-Type": "application/scim+json"}
INDEX = {"filter": {"supported": False}, "pagination": {"cursor": False}}
FILTERING = {"filter": {"supported": True}, "pagination": {"cursor": False}}

Reply = tuple[int, dict[str, str], bytes]
"""Status, headers and body."""


class Peer:
    """Its users and groups, and how it gives them.

    asked:  paths and queries, in order
    first:  replies that are given before all others
    page:   what it answers to a query for a list
    config: its ServiceProviderConfig; None: it has none
    dated:  headers that say when it answers; none: now
    """

    def __init__(self) -> None:
        self.url = ""
        self.lists: dict[str, list[dict[str, Any]]] = {"/Users": [], "/Groups": []}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.first: list[Reply] = []
        self.page: Callable[[str, dict[str, str]], Any] = self.listed
        self.config: dict[str, Any] | None = INDEX
        self.dated: dict[str, str] = {}

    def listed(self, path: str, query: dict[str, str]) -> Any:
        """As RFC 7644 §3.4.2.4 has it."""
        start, count = int(query.get("startIndex", 1)), int(query["count"])
        resources = self.lists[path]
        return {"totalResults": len(resources), "Resources": resources[start - 1 :][:count]}

    def queries(self, path: str = "/Users") -> list[dict[str, str]]:
        """Those for a list."""
        return [query for at, query in self.asked if at == path]

    def reply(self, path: str, query: dict[str, str]) -> Reply:
        """To one question."""
        self.asked.append((path, query))
        if self.first:
            return self.first.pop(0)
        if path == "/ServiceProviderConfig":
            return told(self.config) if self.config is not None else (404, {}, b"")
        if path in self.lists:
            return told(self.page(path, query))
        endpoint, _, id = path.rpartition("/")
        found = [each for each in self.lists[endpoint] if each.get("id") == id]
        return told(found[0]) if found else (404, {}, b"")


def told(document: Any) -> Reply:
    """A document, or the status of an error."""
    if isinstance(document, int):
        return document, SCIM_JSON, json.dumps({"scimType": "invalidFilter"}).encode()
    return 200, SCIM_JSON, json.dumps(document).encode()


def users(*ids: str) -> list[dict[str, Any]]:
    """Who has nothing but a name."""
    return [{"id": id, "userName": f"name-{id}"} for id in ids]


FIVE = ["a", "b", "c", "d", "e"]


@contextmanager
def of_five() -> Iterator["Peer"]:
    """One whose users have these ids."""
    with peer() as made:
        made.lists["/Users"] = users(*FIVE)
        yield made


@contextmanager
def peer(certificate: Pair | None = None) -> Iterator[Peer]:
    """On a free port of loopback, until the block ends; by https where it has a certificate."""
    made = Peer()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            url = urlsplit(self.path)
            status, headers, body = made.reply(url.path, dict(parse_qsl(url.query, True)))
            usual = {"Date": self.date_time_string(), "Content-Length": str(len(body))}
            self.send_response_only(status)
            for name, value in {**usual, **made.dated, **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """The log of the tests is quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        made.url = f"{'https' if certificate else 'http'}://127.0.0.1:{server.server_address[1]}"
        if certificate is not None:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(certificate.certificate, certificate.key)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield made
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def reading(
    url: str,
    token: str = TOKEN,
    kinds: tuple[str, ...] = ("User",),
    asked: Asked | None = None,
    **settings: Any,
) -> Iterator[ScimReading]:
    """Of a server at the URL."""
    headers = {"Authorization": f"Bearer {token}"}
    how = {"context": CONTEXT, "page_size": 2, **settings}
    source = ScimSource(Settings(url, headers, **how), {kind: frozenset() for kind in kinds})
    with source.reading(asked or Asked()) as made:
        yield made


def ids(read: Iterator[Entry | Unreadable]) -> list[str | None]:
    """In the order in which they came."""
    return [entry.id for entry in read]


def pulled(peer: Peer, **settings: Any) -> list[str | None]:
    """The ids of its users, as a whole reading has them."""
    with reading(peer.url, **settings) as read:
        return ids(read.entries("User"))
