"""Views and pages as HTTP responses; a large one is streamed while it is read."""

from collections.abc import Iterable, Iterator
from itertools import islice

import orjson
from flask import Response

from scim_server.directory.searching import Results
from scim_server.directory.views import View
from scim_server.protocol import etag
from scim_server.protocol.messages import LIST_SCHEMA
from scim_server.protocol.schema import Document

MEDIA_TYPE = "application/scim+json"
CHUNK = 500
"""Members in one piece of a streamed response."""


def body(document: object, status: int = 200) -> Response:
    """One JSON document."""
    return Response(orjson.dumps(document), status, mimetype=MEDIA_TYPE)


def resource(view: View, status: int = 200) -> Response:
    """One resource, or 204 where the view shows nothing, with its ETag and where it is."""
    if view.document is None:
        response = Response(status=204)
    elif view.source is not None:
        response = Response(_pieces(view), status, mimetype=MEDIA_TYPE)
        response.call_on_close(view.source.close)
    else:
        response = Response(b"".join(_pieces(view)), status, mimetype=MEDIA_TYPE)
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
    return Response(status=304, headers={"ETag": view.tag})


def located(response: Response) -> Response:
    """Every answer at ``/Me`` tells the permanent URI (§3.11)."""
    if "Content-Location" in response.headers:
        response.headers["Location"] = response.headers["Content-Location"]
    return response


def page(results: Results) -> Response:
    """A ListResponse (§3.4.2). It is streamed as soon as it holds a large group."""
    fields: Document = {
        "schemas": [LIST_SCHEMA],
        "totalResults": results.total,
        "startIndex": results.start_index,
        "itemsPerPage": results.size,
        "nextCursor": results.next_cursor,
    }
    head = orjson.dumps({k: v for k, v in fields.items() if v is not None})[:-1]
    pieces = _list_pieces(head, results.views)
    start = list(islice(pieces, CHUNK))
    if len(start) < CHUNK:
        results.source.close()
        return Response(b"".join(start), mimetype=MEDIA_TYPE)
    response = Response(_chain(start, pieces), mimetype=MEDIA_TYPE)
    response.call_on_close(results.source.close)
    return response


def _chain(start: Iterable[bytes], rest: Iterator[bytes]) -> Iterator[bytes]:
    yield b"".join(start)
    yield from rest


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
