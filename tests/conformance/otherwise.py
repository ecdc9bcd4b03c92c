"""This server with some of its answers changed, and what single checks find then."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

from werkzeug import Request, Response

from conformance.catalogue import catalogue
from conformance.check import registered
from conformance.checks import load
from conformance.examine import examine
from conformance.findings import Examination, Verdict
from conformance.subject import Subject
from conformance.wire import Endpoint
from scim_server.config import BASE_PATH
from tests.conformance.serving import Server

Ask = Callable[[], Response]
Behaviour = Callable[[Request, Ask], Response]
"""Answers a request; ``ask`` gives the server's own answer to what is in the environment then."""


@contextmanager
def otherwise(server: Server, behaviour: Behaviour) -> Iterator[None]:
    """Let the server behave so until the block ends."""
    flask = server.application.flask
    own = flask.wsgi_app

    def changed(environ: dict[str, Any], start_response: Any) -> Any:
        answer = behaviour(Request(environ), lambda: Response.from_app(own, environ, buffered=True))
        return answer(environ, start_response)

    flask.wsgi_app = changed  # type: ignore[method-assign]
    try:
        yield
    finally:
        flask.wsgi_app = own  # type: ignore[method-assign]


def found(server: Server, *ids: str) -> Examination:
    """What the checks of these requirements find, asked by a strict client."""
    load()
    checks = [each for each in registered() if set(each.proves) & set(ids)]
    subject = Subject(Endpoint(server.url, server.token("strict")))
    return examine(subject, checks, lambda _: None)


def verdict(server: Server, id: str) -> Verdict:
    """Of one requirement."""
    return found(server, id).verdicts(catalogue())[id]


def path_of(request: Request) -> str:
    """``/Users``: the path below the base URL."""
    return request.path.removeprefix(BASE_PATH)


def body_of(request: Request) -> bytes:
    """What was sent, as far as it came; the server can still read it."""
    length = int(request.environ.get("CONTENT_LENGTH") or 0)
    sent: bytes = request.environ["wsgi.input"].read(length)
    return pass_on(request, sent)


def pass_on(request: Request, body: bytes) -> bytes:
    """Let the server read this body."""
    request.environ |= {"wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))}
    return body


def ask_for(request: Request, query: str, ask: Ask) -> Response:
    """The server's own answer to the request with another query."""
    request.environ["QUERY_STRING"] = query
    return ask()
