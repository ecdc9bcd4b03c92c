"""Our server on a loopback port, which can be broken while it runs."""

import logging
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path
from threading import Thread
from typing import Any

import structlog
from werkzeug.serving import WSGIRequestHandler, make_server

from calibration.mutants.exchange import Application, Environ, Server, call_of
from calibration.mutants.mutant import Behaviour
from conformance.subject import Subject
from conformance.wire import Endpoint
from scim_server.app import assemble
from scim_server.config import BASE_PATH, BUNDLED_SCHEMAS, Config
from scim_server.directory.credentials import Client
from scim_server.parts import Parts, build, new_id
from scim_server.store.migrate import migrate

EXAMPLES = Path(__file__).parents[2] / "tests" / "data" / "schemas"
"""Types with attributes of every characteristic, so that these can be broken too."""
SCOPES = frozenset({"*:write", "bulk", "admin"})
LARGEST = 8 * 2**20
"""Bytes of a body that a mutant gets to see; a larger one goes to our server as it is."""


class MutantBroken(Exception):
    """A mutant raised where it should have answered: it proves nothing."""


@dataclass(slots=True)
class Switchable:
    """A WSGI application that is ours, or ours with one behaviour broken."""

    application: Application
    behaviour: Behaviour | None = None
    server: Server = field(init=False)
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.switch(None)

    def switch(self, behaviour: Behaviour | None) -> None:
        """Break one behaviour and no other; what the last one remembered is forgotten."""
        self.behaviour = behaviour
        self.server = Server(self.application, BASE_PATH)

    def __call__(self, environ: Environ, start_response: Any, /) -> Any:
        """Answer a request."""
        length = environ.get("CONTENT_LENGTH") or "0"
        is_ours = environ["PATH_INFO"].startswith(BASE_PATH)
        is_plain = length.isdigit() and int(length) <= LARGEST
        if self.behaviour is None or not (is_ours and is_plain):
            return self.application(environ, start_response)
        raw = environ["wsgi.input"].read(int(length))
        try:
            reply = self.behaviour(call_of(environ, BASE_PATH, raw), self.server)
        except Exception as fault:
            # A mutant that breaks off would be caught for that, and not for what it is about.
            self.faults.append(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}: {fault!r}")
            raise
        headers = {**reply.headers, "content-length": str(len(reply.raw))}
        if reply.status in {204, 304} and not reply.raw:
            del headers["content-length"]
        start_response(f"{reply.status} -", list(headers.items()))
        return [reply.raw]


class Quiet(WSGIRequestHandler):
    """Nobody reads a log of these requests."""

    def log(self, type: str, message: str, *args: object) -> None:
        """Say nothing."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A running server."""

    url: str
    parts: Parts
    switchable: Switchable
    _names: Iterator[int] = field(default_factory=count)

    @contextmanager
    def broken(self, behaviour: Behaviour | None) -> Iterator[Subject]:
        """Two new tenants of a server with this fault; None: with none."""
        self.switchable.switch(behaviour)
        self.switchable.faults.clear()
        try:
            yield Subject(self._endpoint(), self._endpoint())
            if self.switchable.faults:
                raise MutantBroken("; ".join(self.switchable.faults[:3]))
        finally:
            self.switchable.switch(None)

    def _endpoint(self) -> Endpoint:
        """A strict client: it gets the RFCs to the letter."""
        number = next(self._names)
        tenant = self.parts.clients.add_tenant(f"tenant-{number}", "2026-11-21T00:00:00")
        client = Client(tenant, new_id(), f"client-{number}", SCOPES, "strict", "rfc", None, None)
        return Endpoint(self.url, self.parts.credentials.add(client, timedelta(days=1)))


@contextmanager
def stage() -> Iterator[Stage]:
    """Serve an empty database until the block ends, a thread for each connection."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with (
        tempfile.TemporaryDirectory(prefix="mutants-") as folder,
        socket.create_server(("127.0.0.1", 0), backlog=128) as listening,
    ):
        host, port = listening.getsockname()
        parts = build(
            Config(
                database_url=f"sqlite:///{folder}/scim.db",
                public_url=f"http://{host}:{port}",
                schemas=(BUNDLED_SCHEMAS, EXAMPLES),
            )
        )
        migrate(parts.database)
        switchable = Switchable(assemble(parts).wsgi_app)
        server = make_server(
            host,
            port,
            switchable,
            threaded=True,
            request_handler=Quiet,
            fd=listening.fileno(),
        )
        thread = Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield Stage(f"http://{host}:{port}{BASE_PATH}", parts, switchable)
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
            parts.database.close()
