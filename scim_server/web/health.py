"""For load balancers: is the process up, and can it serve."""

from collections.abc import Callable

from flask import Blueprint, Response

from scim_server.web.answers import body
from scim_server.web.auth import Access, access


def health(require_ready: Callable[[], None]) -> Blueprint:
    """``/healthz`` asks nothing but the process; ``/readyz`` asks the database too.

    require_ready: raises Unavailable, which says what is wrong
    """
    blueprint = Blueprint("health", __name__)

    @blueprint.get("/healthz")
    @access(Access.ANYONE)
    def healthz() -> Response:
        return body({"status": "up"})

    @blueprint.get("/readyz")
    @access(Access.ANYONE)
    def readyz() -> Response:
        require_ready()
        return body({"status": "ready"})

    return blueprint
