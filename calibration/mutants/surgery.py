"""Cuts that many mutants make."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from calibration.mutants.exchange import Call, Json, Reply, Server

ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
EVERYTHING = 1000
"""Rows: more than any check makes."""
VALUED = re.compile(r"(\w+)\[(.+)\](?:\.(\w+))?")
MANY = frozenset({"emails", "phoneNumbers", "members", "addresses", "roles", "ims", "photos"})
PLAIN = {"content-type": "application/scim+json", "cache-control": "no-store"}
NOTHING = Reply(204, {}, b"")


def refusal(status: int, scim_type: str | None = None) -> Reply:
    """A SCIM error."""
    body = {"schemas": [ERROR], "status": str(status), "detail": "This is not possible."}
    return Reply(status, PLAIN, b"").saying(body | ({"scimType": scim_type} if scim_type else {}))


def page(status: int, title: str) -> Reply:
    """The HTML that a framework, or a proxy, answers of its own accord."""
    text = f"<!doctype html><title>{title}</title><h1>{title}</h1>"
    return Reply(status, {"content-type": "text/html; charset=utf-8"}, text.encode())


def nobody() -> Reply:
    """A list of nobody."""
    body = {"schemas": [LIST], "totalResults": 0, "itemsPerPage": 0, "startIndex": 1}
    return Reply(200, PLAIN, b"").saying({**body, "Resources": []})


def each(reply: Reply, change: Callable[[Json], Json]) -> Reply:
    """The answer with every resource that it shows changed."""
    shown = reply.resources()
    return reply.showing([change(one) for one in shown]) if shown else reply


def told(reply: Reply, old: str, new: str) -> Reply:
    """The answer with a text in place of another, wherever it stands."""
    headers = {name: value.replace(old, new) for name, value in reply.headers.items()}
    return replace(reply, headers=headers, raw=reply.raw.replace(old.encode(), new.encode()))


def spread(value: Any, change: Callable[[str], str]) -> Any:
    """A document with every text in it changed."""
    if isinstance(value, dict):
        return {name: spread(one, change) for name, one in value.items()}
    if isinstance(value, list):
        return [spread(one, change) for one in value]
    return change(value) if isinstance(value, str) else value


def filter_of(call: Call) -> str | None:
    """The filter of a GET or of a search."""
    if not call.is_list():
        return None
    found = call.query.get("filter") if call.method == "GET" else call.document.get("filter")
    return found if isinstance(found, str) else None


def filtering(call: Call, text: str | None) -> Call:
    """With another filter, or none."""
    if call.method == "GET":
        return call.asking(filter=text)
    kept = {name: value for name, value in call.document.items() if name != "filter"}
    return call.saying(kept if text is None else {**kept, "filter": text})


def parameter(call: Call, name: str) -> Any:
    """A parameter of a GET or of a search, None where it is not given."""
    return call.query.get(name) if call.method == "GET" else call.document.get(name)


def giving(call: Call, name: str, value: Any) -> Call:
    """With another parameter; None takes it away."""
    if call.method == "GET":
        return call.asking(**{name: None if value is None else str(value)})
    kept = {each: said for each, said in call.document.items() if each != name}
    return call.saying(kept if value is None else {**kept, name: value})


def number(call: Call, name: str) -> int | None:
    """A parameter that is a whole number."""
    try:
        return int(parameter(call, name))
    except (TypeError, ValueError):
        return None


def whole(call: Call, server: Server) -> list[Json]:
    """Every row of a list, whatever page of it is asked for."""
    wide = giving(giving(call, "startIndex", None), "count", EVERYTHING)
    return server(wide).resources()


def operations(call: Call) -> list[Json]:
    """The operations of a PATCH."""
    found = call.document.get("Operations") if call.method == "PATCH" else None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def operating(call: Call, changed: list[Json]) -> Call:
    """With other operations."""
    return call.saying({**call.document, "Operations": changed})


def op(operation: Json) -> str:
    """Its op, in lower case."""
    return str(operation.get("op")).lower()


def stored(call: Call, server: Server, path: str | None = None) -> Json:
    """The resource as it is now."""
    return server(call.reading(path)).document


def rewritten(call: Call, server: Server, document: Json) -> Reply:
    """PUT of a document in place of what was asked, whatever If-Match says."""
    put = replace(call, method="PUT", asked="").with_header("if-match", None)
    return server(put.with_header("content-type", "application/scim+json").saying(document))


def writes(call: Call) -> bool:
    """Whether a resource is made or replaced."""
    return call.is_write("POST", "PUT") and not call.is_list() and call.path != "/Bulk"


def path_of(operation: Json) -> str:
    """The path of an operation of a PATCH."""
    return str(operation.get("path") or "")


def listed(value: Any) -> list[Any]:
    """The value as a list of values."""
    return value if isinstance(value, list) else [value]


def is_bulk(call: Call) -> bool:
    """Whether it is a job."""
    return call.method == "POST" and call.path == "/Bulk"


def jobs_of(call: Call) -> list[Json]:
    """The operations of a job."""
    found = call.document.get("Operations") if is_bulk(call) else None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def doing(call: Call, jobs: list[Json]) -> Call:
    """A job with other operations."""
    return call.saying({**call.document, "Operations": jobs})


def without(name: str, result: Json) -> Json:
    """An object without one member."""
    return {key: result[key] for key in result if key != name}
