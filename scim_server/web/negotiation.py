"""What is spoken here: JSON (RFC 7644 §3.8) and version 2 of the protocol (§3.13)."""

import re

from flask import Flask, Response, request
from werkzeug.routing import BaseConverter

from scim_server.protocol.errors import InvalidVersion, NotAcceptable
from scim_server.web.auth import Access, access

ANYTHING = frozenset({"*", "*/*", "application/*"})
_REFUSED = re.compile(r"q\s*=\s*0(\.0*)?")


class OtherVersion(BaseConverter):
    """``v1``, ``v3``, ``v2.1``: what may stand in a path where ``v2`` does."""

    regex = r"v(?!2\Z)\d+(?:\.\d+)*"


class ResourceId(BaseConverter):
    """An id: ``.search`` is none, so that GET on it is 405; with NUL no database takes it."""

    regex = r"(?!\.search\Z)[^/\0]+"
    part_isolating = True


def register(app: Flask, base_path: str) -> None:
    """Add the converters, and the routes of versions that are not served beside ``base_path``."""
    app.url_map.converters |= {"other_version": OtherVersion, "resource_id": ResourceId}
    above = base_path.rpartition("/")[0]
    methods = ["GET", "POST", "PUT", "PATCH", "DELETE"]
    for rule in (f"{above}/<other_version:version>", f"{above}/<other_version:version>/<path:_>"):
        app.add_url_rule(rule, "other_version", _refuse_version, methods=methods)


@access(Access.ANYONE)
def _refuse_version(version: str, _: str = "") -> Response:
    raise InvalidVersion(f'"{version[:20]}" of the protocol is not served: "v2" is.')


def refuse_unacceptable() -> None:
    """Raises NotAcceptable where the client takes no form of JSON."""
    if not is_json_taken():
        raise NotAcceptable("Answers are application/scim+json.")


def is_json_taken() -> bool:
    """Whether the client takes some form of JSON; no Accept takes any."""
    accepted = request.headers.get("Accept", "")
    return not accepted.strip() or any(map(_takes_json, accepted.split(",")))


def _takes_json(accepted: str) -> bool:
    """One range. Werkzeug drops those with ``q=.2``, as Java's own HTTP client sends them."""
    kind, *parameters = (part.strip().lower() for part in accepted.split(";"))
    return (kind in ANYTHING or kind.endswith(("/json", "+json"))) and not any(
        map(_REFUSED.fullmatch, parameters)
    )
