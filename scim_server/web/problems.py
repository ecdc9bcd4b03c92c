"""Faults outside of SCIM, as problem documents (RFC 9457)."""

from typing import Any

import orjson
from flask import Response

from scim_server.directory.signing.trials import PasswordChangeRequired
from scim_server.protocol.errors import ScimError

MEDIA_TYPE = "application/problem+json"
TITLES = {
    400: "The request is not well formed",
    401: "Authentication is required",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    406: "Not acceptable",
    408: "The request took too long",
    409: "The state forbids this",
    412: "The version is another one",
    413: "Too large",
    415: "Unsupported media type",
    429: "Too many requests",
    500: "A defect of the server",
    503: "Unavailable",
}


class Invalid(ScimError):
    """A body or a query that is not as described; ``faults`` names each place."""

    status = 400
    scim_type = "invalidValue"

    def __init__(self, faults: dict[str, Any]) -> None:
        self.faults = dict(_flat(faults, ""))
        super().__init__("; ".join(f"{place}: {what}" for place, what in self.faults.items()))


def problem(error: ScimError, **members: object) -> Response:
    """The problem document; ``code`` is SCIM's word for the fault where it has one.

    members: besides those that the fault has itself
    """
    document: dict[str, Any] = {
        "type": "about:blank",
        "title": TITLES.get(error.status, "The request cannot be served"),
        "status": error.status,
        "detail": error.detail,
    }
    if error.scim_type is not None:
        document["code"] = error.scim_type
    if isinstance(error, PasswordChangeRequired):
        document["challenge"] = error.challenge
    if isinstance(error, Invalid):
        document["errors"] = [
            {"pointer": pointer, "detail": detail} for pointer, detail in error.faults.items()
        ]
    return Response(orjson.dumps(document | members), error.status, mimetype=MEDIA_TYPE)


def _flat(faults: Any, place: str) -> list[tuple[str, str]]:
    """marshmallow's nested messages as (JSON pointer, message)."""
    if isinstance(faults, dict):
        found = []
        for key, inner in faults.items():
            found += _flat(inner, place if key == "_schema" else f"{place}/{key}")
        return found
    texts = faults if isinstance(faults, list) else [faults]
    return [(place, " ".join(map(str, texts)))]
