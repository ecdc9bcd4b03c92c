"""This server over real HTTP on loopback, as the source of another."""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Response

from scim_server.config import BASE_PATH

App = Callable[[dict[str, Any], Any], Iterable[bytes]]


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log(self, *_: Any) -> None:
        """The log of the tests is quiet."""


def paged_by(way: str, app: App) -> App:
    """The application, but that it says that it has no cursors unless it is asked by them.

    Args: way: "cursor" or "startIndex"; whoever asks in the other is answered 500
    """
    other = {"cursor": "startIndex", "startIndex": "cursor"}[way]

    def answered(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        assert f"{other}=" not in environ["QUERY_STRING"]
        response = Response.from_app(app, environ, buffered=True)
        if environ["PATH_INFO"].endswith("/ServiceProviderConfig") and response.status_code == 200:
            document = json.loads(response.get_data())
            document["pagination"]["cursor"] = way == "cursor"
            response.set_data(json.dumps(document))
        return response(environ, start)

    return answered


@contextmanager
def served(app: App) -> Iterator[str]:
    """Its base URL, until the block ends."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}{BASE_PATH}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
