"""gunicorn's threads, with answers like those of the rest and patience that ends.

What gunicorn refuses before the application sees it is a SCIM error too. Its setting ``timeout``
says how long a request may take to come and an answer to be taken (``web/patience.py``); gthread
itself would wait for ever.
"""

import math
import socket
import time
from contextlib import suppress
from http import HTTPStatus
from typing import Any

import orjson
from gunicorn import util
from gunicorn.http import errors
from gunicorn.workers.gthread import ThreadWorker

from scim_server.protocol.errors import ScimError
from scim_server.web.answers import MEDIA_TYPE
from scim_server.web.errors import Internal
from scim_server.web.patience import Late, TimedSocket

LINGERING_SECONDS = 5
LINGERING_BYTES = 16 * 2**20
"""What an answered client may still send, so that it gets to reading the answer."""
SILENCE = 2
"""Seconds of it after which an answered client has nothing more to send."""

REFUSALS: dict[type[errors.ParseException], tuple[int, str]] = {
    Late: (408, "The request did not come to its end in time."),
    errors.LimitRequestLine: (414, "The request line is too long."),
    errors.LimitRequestHeaders: (431, "There are too many header fields, or one is too long."),
    errors.ExpectationFailed: (417, 'Nothing but "100-continue" can be expected.'),
    errors.UnsupportedTransferCoding: (501, "The transfer coding is not supported."),
    errors.ForbiddenProxyRequest: (403, "This address may not speak for others."),
}
MALFORMED = (400, "The request is not well-formed HTTP.")
OWN_FAULTS = (
    errors.ConfigurationProblem,
    errors.InvalidResponseHeader,
    errors.InvalidResponseHeaderName,
)


class Refused(ScimError):
    """A request that gunicorn could not read."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status


class Reader:
    """What reads a body; where it fails, the answer tells that the connection ends."""

    def __init__(self, req: Any) -> None:
        self._req, self._reader = req, req.body.reader

    def read(self, size: int) -> object:
        """As gunicorn's readers do."""
        try:
            return self._reader.read(size)
        except Exception:
            self._req.force_close()
            raise


class ScimWorker(ThreadWorker):  # type: ignore[misc]
    """A worker process with a pool of threads."""

    def handle(self, conn: Any) -> object:
        """Serve one request, in a thread; false where the connection is to be closed."""
        if not conn.initialized:
            conn.sock = TimedSocket(conn.sock, self.cfg.timeout or math.inf)
        conn.sock.request_due = conn.sock.answer_due = None
        kept: object = super().handle(conn)
        if not kept:
            _linger(conn.sock)
        return kept

    def handle_request(self, req: Any, conn: Any) -> object:
        """Call the application and send what it answers."""
        req.body.reader = Reader(req)
        try:
            answered: object = super().handle_request(req, conn)
        except TimeoutError:
            self.log.info("A client does not take its answer.")
            return False
        return answered

    def _keepalive_after(self, conn: Any, keepalive: object) -> bool:
        """Whether another request can follow; not after a body that nobody could read.

        It has been answered, and a second answer would be taken for that of the next request.
        """
        try:
            return bool(super()._keepalive_after(conn, keepalive))
        except errors.ParseException:
            return False

    def handle_error(self, req: object, client: Any, addr: Any, exc: BaseException) -> None:
        """Answer what gunicorn refuses, and what the application let pass."""
        if isinstance(exc, errors.ParseException) and not isinstance(exc, OWN_FAULTS):
            self.log.warning("Invalid request from ip=%s: %s", (addr or [""])[0], exc)
            error: ScimError = Refused(*REFUSALS.get(type(exc), MALFORMED))
        else:
            self.log.exception("Error handling request")
            error = Internal()
        with suppress(OSError):
            util.write(client, _message(error))


def _message(error: ScimError) -> bytes:
    content = orjson.dumps(error.body())
    head = (
        f"HTTP/1.1 {error.status} {HTTPStatus(error.status).phrase}\r\n"
        f"Content-Type: {MEDIA_TYPE}\r\n"
        f"Content-Length: {len(content)}\r\n"
        "Cache-Control: no-store\r\n"
        "Connection: close\r\n\r\n"
    )
    return head.encode() + content


def _linger(sock: TimedSocket) -> None:
    """Let an answered client end what it is sending before the connection is closed.

    To close with input unread resets the connection, and a client that sends all before it reads
    would never see why it was refused (RFC 9112 §9.6). gunicorn's own lingering keeps the whole
    worker from accepting, and ends after 64 KiB.
    """
    until = time.monotonic() + LINGERING_SECONDS
    left = LINGERING_BYTES
    sock.request_due = math.inf
    with suppress(OSError):
        sock.shutdown(socket.SHUT_WR)
        while left > 0 and (seconds := until - time.monotonic()) > 0:
            sock.settimeout(min(seconds, SILENCE))
            taken = len(sock.recv(2**16))
            if not taken:
                break
            left -= taken
    with suppress(OSError):
        sock.shutdown(socket.SHUT_RD)
