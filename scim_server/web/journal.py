"""The request log: one line a request, with no secret and no filter value in it.

Paths are logged as the route, queries not at all: both carry personal data (SEC-006).
"""

import time
import uuid

from flask import Flask, Response, g, request
from structlog import get_logger

log = get_logger("scim_server.request")


def register(app: Flask) -> None:
    """Number each request, time it, log it, and keep answers out of caches."""
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    g.request_id = uuid.uuid4().hex
    g.began = time.perf_counter()


def _end(response: Response) -> Response:
    response.headers["X-Request-Id"] = g.request_id
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    client, caller = g.get("client"), g.get("caller")
    log.info(
        "request",
        request=g.request_id,
        client=client.name if client else None,
        tenant=client.tenant if client else None,
        method=request.method,
        route=request.url_rule.rule if request.url_rule else None,
        status=response.status_code,
        milliseconds=round((time.perf_counter() - g.began) * 1000, 2),
        tolerances=sorted(caller.intake.used) if caller else [],
    )
    return response
