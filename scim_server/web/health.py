"""For load balancers: is the process up, and can it serve."""

from collections.abc import Callable

from flask import Blueprint, Response

from scim_server.protocol.errors import Unavailable
from scim_server.web.answers import body
from scim_server.web.auth import Access, access


def health(is_ready: Callable[[], bool]) -> Blueprint:
    """``/healthz`` asks nothing but the process; ``/readyz`` asks the database too."""
    blueprint = Blueprint("health", __name__)

    @blueprint.get("/healthz")
    @access(Access.ANYONE)
    def healthz() -> Response:
        return body({"status": "up"})

    @blueprint.get("/readyz")
    @access(Access.ANYONE)
    def readyz() -> Response:
        if not is_ready():
            raise Unavailable("The database is not at this version: run scim-server init.")
        return body({"status": "ready"})

    return blueprint
