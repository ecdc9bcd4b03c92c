"""The endpoints of one resource type (RFC 7644 §3.2): three moves each."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import Blueprint, Response, g, request

from scim_server.directory.callers import Caller
from scim_server.directory.directory import Directory
from scim_server.protocol import etag
from scim_server.protocol.errors import InvalidFilter, Sensitive
from scim_server.protocol.schema import ResourceType
from scim_server.protocol.searching import SearchRequest, parse_search, search_from_query
from scim_server.web import answers
from scim_server.web.auth import Access, access
from scim_server.web.gate import read_json


@dataclass(frozen=True, slots=True)
class KindEndpoints:
    """``/Users``, ``/Users/{id}``, ``/Users/.search``."""

    directory: Directory
    kind: ResourceType
    body_bytes: int

    def register(self, blueprint: Blueprint) -> None:
        """Add the routes."""
        at, name = self.kind.endpoint, self.kind.name
        one = f"{at}/<resource_id:id>"
        for rule, method, view in (
            (at, "GET", self.search),
            (at, "POST", self.create),
            (f"{at}/.search", "POST", self.search_by_post),
            (one, "GET", self.get),
            (one, "PUT", self.put),
            (one, "PATCH", self.patch),
            (one, "DELETE", self.delete),
        ):
            endpoint = f"{name}_{view.__name__}"
            blueprint.add_url_rule(rule, endpoint, declared(view), methods=[method])

    def search(self) -> Response:
        """Query (§3.4.2)."""
        return answers.page(self.directory.search(caller(), (self.kind,), query()))

    def search_by_post(self) -> Response:
        """Query with POST (§3.4.3)."""
        request = posted_query(self.body_bytes)
        with secrets_in_body():
            return answers.page(self.directory.search(caller(), (self.kind,), request))

    def create(self) -> Response:
        """Create (§3.3)."""
        body = read_json(self.body_bytes)
        return answers.resource(self.directory.create(caller(), self.kind, body, query()), 201)

    def get(self, id: str) -> Response:
        """Retrieve (§3.4.1)."""
        known = etag.parse(request.headers.get("If-None-Match"))
        return answers.unless_current(self.directory.get(caller(), self.kind, id, query()), known)

    def put(self, id: str) -> Response:
        """Replace (§3.5.1)."""
        body = read_json(self.body_bytes)
        return answers.resource(
            self.directory.replace(caller(), self.kind, id, body, if_match(), query())
        )

    def patch(self, id: str) -> Response:
        """Modify (§3.5.2)."""
        body = read_json(self.body_bytes)
        return answers.resource(
            self.directory.patch(caller(), self.kind, id, body, if_match(), query())
        )

    def delete(self, id: str) -> Response:
        """Delete (§3.6)."""
        self.directory.delete(caller(), self.kind, id, if_match())
        return answers.nothing()


def declared(view: Callable[..., Response]) -> Callable[..., Response]:
    """A view for authenticated clients: a bound method cannot carry that itself."""

    @access(Access.CLIENT)
    def for_clients(**arguments: str) -> Response:
        return view(**arguments)

    return for_clients


def caller() -> Caller:
    """Who asks, as authentication found."""
    found: Caller = g.caller
    return found


def query() -> SearchRequest:
    """The query parameters, whatever the method (§3.9)."""
    return search_from_query(caller().intake.arguments(dict(request.args.lists())))


def posted_query(limit: int) -> SearchRequest:
    """A SearchRequest body."""
    return parse_search(read_json(limit))


@contextmanager
def secrets_in_body() -> Iterator[None]:
    """403 ``sensitive`` is about URLs; the same filter in a body is a filter that cannot be."""
    try:
        yield
    except Sensitive as fault:
        raise InvalidFilter(fault.detail) from None


def if_match() -> tuple[str, ...] | None:
    """The versions that the client is willing to change."""
    return etag.parse(request.headers.get("If-Match"))
