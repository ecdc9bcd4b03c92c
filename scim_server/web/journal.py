"""The log: one line of JSON a request on stderr, with no secret and no filter value in it.

Paths are logged as the route, queries not at all, and of a defect where it was, not what it says:
all of these carry personal data (SEC-006).
"""

import logging
import secrets
import sys
import time
import traceback
from datetime import UTC, datetime

import orjson
import structlog
from flask import Flask, Response, g, request
from gunicorn.config import Config as ServerSettings
from gunicorn.glogging import Logger
from structlog import get_logger
from structlog.typing import EventDict, WrappedLogger

log = get_logger("scim_server.request")

BOOT = "Exception in worker process"
"""What gunicorn says when the application cannot be made; no request is about then."""


def configure() -> None:
    """Send the log to stderr; without this, structlog prints for people."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _tell_where,
            structlog.processors.JSONRenderer(serializer=orjson.dumps),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.BytesLoggerFactory(sys.stderr.buffer),
        cache_logger_on_first_use=True,
    )


def _tell_where(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    """In place of an exception, its type and its way through the code."""
    fault = line.pop("exc_info", None)
    if isinstance(fault, BaseException):
        line["exception"], line["frames"] = _types(fault), _frames(fault)
    return line


def _types(fault: BaseException | None) -> str:
    """``Outer from Inner``."""
    names = []
    while fault is not None:
        names.append(type(fault).__name__)
        fault = fault.__cause__ or fault.__context__
    return " from ".join(names)


def _frames(fault: BaseException) -> list[str]:
    frames = traceback.extract_tb(fault.__traceback__)
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]


class ServerLines(logging.Formatter):
    """What gunicorn has to say, as lines like ours."""

    def format(self, record: logging.LogRecord) -> str:
        """One line of JSON."""
        line: dict[str, object] = {
            "event": _event(record),
            "level": record.levelname.lower(),
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(),
        }
        fault = record.exc_info[1] if record.exc_info else None
        if fault is not None:
            line["exception"], line["frames"] = _types(fault), _frames(fault)
        if fault is not None and record.msg == BOOT:
            line["message"] = str(fault)
        return orjson.dumps(line).decode()


class ServerLog(Logger):  # type: ignore[misc]
    """gunicorn's log on stderr; what libraries warn of goes there too.

    Configured here and not by ``logconfig_dict``, which makes gunicorn prepare a line of its own
    for every request.
    """

    def setup(self, cfg: ServerSettings) -> None:
        """Called again when the settings are read again."""
        super().setup(cfg)
        # At DEBUG gunicorn prints headers, in its access log queries: tokens and filters.
        self.error_log.setLevel(max(self.loglevel, logging.INFO))
        self._access_log_enabled = False
        for handler in self.error_log.handlers:
            handler.setFormatter(ServerLines())
        others = logging.StreamHandler()
        others.setFormatter(ServerLines())
        logging.basicConfig(level=logging.WARNING, handlers=[others])


def _event(record: logging.LogRecord) -> str:
    """gunicorn puts the URI, the request line or a header into these; they are left out."""
    if record.exc_info:
        return str(record.msg).partition("%")[0].strip()
    text = record.getMessage()
    return text.partition(": ")[0] if text.startswith("Invalid request from") else text


def register(app: Flask) -> None:
    """Number each request, time it, log it, and keep answers out of caches."""
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    g.request_id = secrets.token_hex(16)
    g.began = time.perf_counter()


def _end(response: Response) -> Response:
    request_id = g.request_id
    response.headers.extend(
        (
            ("X-Request-Id", request_id),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
        )
    )
    client, caller = g.get("client"), g.get("caller")
    rule, status = request.url_rule, response.status_code
    log.info(
        "request",
        request=request_id,
        client=client.name if client else None,
        tenant=client.tenant if client else None,
        method=request.method,
        route=rule.rule if rule else None,
        status=status,
        milliseconds=round((time.perf_counter() - g.began) * 1000, 2),
        # What is refused was not tolerated.
        tolerances=sorted(caller.intake.used) if caller and status < 400 else [],
    )
    return response
