"""Views and pages as HTTP responses; a large one is streamed while it is read."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from itertools import chain, islice
from typing import Any

import flask
import orjson
from werkzeug.datastructures import Headers

from scim_server.directory.searching import Results
from scim_server.directory.views import View
from scim_server.protocol import etag
from scim_server.protocol.messages import list_fields
from scim_server.protocol.schema import Document

MEDIA_TYPE = "application/scim+json"
CHUNK = 500
"""Members that are written at once."""
BLOCK = 2**20
"""Bytes that are sent at once; what is longer than one block is streamed."""


class Response(flask.Response):
    """One whose headers are complete when it is made.

    werkzeug would take every link apart again, for the sake of relative ones.
    """

    def get_wsgi_headers(self, environ: Any) -> Headers:
        """The headers, as they are."""
        return self.headers


def body(document: object, status: int = 200) -> Response:
    """One JSON document."""
    return Response(orjson.dumps(document), status, mimetype=MEDIA_TYPE)


def nothing(status: int = 204) -> Response:
    """No body, and so no type of one."""
    response = Response(status=status)
    response.headers.remove("Content-Type")
    return response


def resource(view: View, status: int = 200) -> Response:
    """One resource, or 204 where the view shows nothing, with its ETag and where it is."""
    response = nothing() if view.document is None else _json(_pieces(view), view.source, status)
    response.headers["ETag"] = view.tag
    response.headers["Content-Location"] = view.location
    if status == 201:
        response.headers["Location"] = view.location
    return response


def unless_current(view: View, known: tuple[str, ...] | None) -> Response:
    """One resource, or 304 where the client has this representation (§3.14)."""
    if not etag.is_current(known, view.tag):
        return resource(view)
    if view.source is not None:
        view.source.close()
    response = nothing(304)
    response.headers["ETag"] = view.tag
    return response


def page(results: Results) -> Response:
    """A ListResponse (§3.4.2)."""
    fields = list_fields(results.total, results.size, results.start_index, results.next_cursor)
    head = orjson.dumps(fields)[:-1]
    return _json(_list_pieces(head, results.views), results.source)


def everything(documents: Sequence[Document]) -> Response:
    """A ListResponse of all that there is."""
    size = len(documents)
    return body(list_fields(size, size, 1) | {"Resources": documents})


def _json(pieces: Iterable[bytes], source: ExitStack | None, status: int = 200) -> Response:
    """At once if it fits in a block; else ``source`` stays open until the response is closed.

    A fault in the first two blocks is still answered as what ``source`` makes of it.
    """
    with source or ExitStack() as opened:
        blocks = _blocks(pieces)
        begun = list(islice(blocks, 2))
        if len(begun) < 2:
            return Response(b"".join(begun), status, mimetype=MEDIA_TYPE)
        response = Response(chain(begun, blocks), status, mimetype=MEDIA_TYPE)
        response.call_on_close(opened.pop_all().close)
        return response


def _blocks(pieces: Iterable[bytes]) -> Iterator[bytes]:
    held: list[bytes] = []
    size = 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size >= BLOCK:
            yield b"".join(held)
            held, size = [], 0
    if held:
        yield b"".join(held)


def _list_pieces(head: bytes, views: Iterable[View]) -> Iterator[bytes]:
    yield head + b',"Resources":['
    separator = b""
    for view in views:
        yield separator
        yield from _pieces(view)
        separator = b","
    yield b"]}"


def _pieces(view: View) -> Iterator[bytes]:
    whole = orjson.dumps(view.document)
    if view.members_name is None:
        yield whole
        return
    yield whole[:-1] + b"," + orjson.dumps(view.members_name) + b":["
    members = iter(view.members)
    separator = b""
    while chunk := list(islice(members, CHUNK)):
        yield separator + orjson.dumps(chunk)[1:-1]
        separator = b","
    yield b"]}"
