"""The application behind a real socket, for clients that know nothing of this process."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server

from scim_server.config import BASE_PATH
from scim_server.directory.credentials import Mode
from tests.application import EVERYTHING, Application

LIMITED = 20
"""Requests in a second: so few that 500 requests in a row meet the limit."""


CREDENTIALS: dict[str, tuple[Mode, dict[str, Any]]] = {
    "tolerant": ("tolerant", {}),
    "lenient": ("lenient", {}),
    "strict": ("strict", {}),
    "limited": ("tolerant", {"rate": LIMITED}),
    "entra": ("tolerant", {"profile": "entra"}),
}


class Quiet(WSGIRequestHandler):
    """The request log is the application's own."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server; each token is for a tenant of its own."""

    url: str
    application: Application

    def token(self, credential: str = "tolerant", **token: Any) -> str:
        """``credential`` is a mode, or what conformance/clients/README.md says of others."""
        mode, kept = CREDENTIALS[credential]
        return self.application.token(self.application.tenant(), mode, EVERYTHING, **kept | token)


@contextmanager
def serving(database_url: str, **settings: Any) -> Iterator[Server]:
    """Serve an empty database on a free loopback port, a thread for each connection."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listening:
        host, port = listening.getsockname()
        application = Application(database_url, public_url=f"http://{host}:{port}", **settings)
        server = make_server(
            host,
            port,
            application.flask,
            threaded=True,
            request_handler=Quiet,
            fd=listening.fileno(),
        )
        thread = Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield Server(f"http://{host}:{port}{BASE_PATH}", application)
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
            application.parts.database.close()
