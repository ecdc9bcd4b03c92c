"""The one place where a fault becomes a response (RFC 7644 §3.12)."""

from flask import Flask, Response, current_app, g, request
from structlog import get_logger
from werkzeug.exceptions import HTTPException

from scim_server.protocol import errors
from scim_server.protocol.errors import ScimError
from scim_server.web.answers import body
from scim_server.web.problems import problem

log = get_logger("scim_server")

BY_STATUS: dict[int, type[ScimError]] = {
    404: errors.NotFound,
    405: errors.MethodNotAllowed,
    413: errors.TooLarge,
    415: errors.UnsupportedMediaType,
}
CHALLENGE = 'Bearer realm="scim"'


class Internal(ScimError):
    """A defect of this server: says nothing of its inside (ERR-007)."""

    def __init__(self) -> None:
        super().__init__("The server met an unexpected condition; its log tells more.")


SCIM_PATH = "SCIM_PATH"
"""The key of the application's configuration that says below which path faults are SCIM errors."""


def register(app: Flask, scim_path: str) -> None:
    """Render every fault: below that path as a SCIM error, else as a problem document."""
    app.config[SCIM_PATH] = scim_path
    app.register_error_handler(ScimError, render)
    app.register_error_handler(HTTPException, _render_http)
    app.register_error_handler(Exception, _render_defect)


def render(error: ScimError) -> Response:
    """The Error message with the headers that its status asks for."""
    is_scim = request.path.startswith(current_app.config[SCIM_PATH])
    response = body(error.body(), error.status) if is_scim else problem(error)
    if isinstance(error, errors.Unauthorized):
        sent = request.headers.get("Authorization")
        invalid = f'{CHALLENGE}, error="invalid_token"'
        response.headers["WWW-Authenticate"] = invalid if sent else CHALLENGE
    add_patience(response, error)
    return response


def add_patience(response: Response, error: ScimError) -> None:
    """Say when to come again, of whoever is to (security rule 23)."""
    if isinstance(error, errors.TooManyRequests | errors.Unavailable):
        response.headers["Retry-After"] = str(error.retry_after)


def _render_http(fault: HTTPException) -> Response:
    kind = BY_STATUS.get(fault.code or 500, errors.BadRequest)
    detail = {
        404: f'There is no endpoint "{request.path[:200]}".',
        405: f"{request.method} is not valid here.",
    }.get(fault.code or 500, fault.description or fault.name)
    response = render(kind(detail))
    allowed = getattr(fault, "valid_methods", None)
    if allowed:
        response.headers["Allow"] = ", ".join(sorted(allowed))
    return response


def _render_defect(fault: Exception) -> Response:
    log.error("defect", request=g.get("request_id"), exc_info=fault)
    return render(Internal())
