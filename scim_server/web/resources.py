"""The endpoints of one resource type (RFC 7644 §3.2): three moves each."""

from dataclasses import dataclass

from flask import Blueprint, Response, request

from scim_server.directory.directory import Directory
from scim_server.protocol import etag
from scim_server.protocol.schema import ResourceType
from scim_server.web import answers
from scim_server.web.auth import Access, caller, declared
from scim_server.web.gate import read_json
from scim_server.web.queries import QueryEndpoints, asked


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
            (at, "POST", self.create),
            (one, "GET", self.get),
            (one, "PUT", self.put),
            (one, "PATCH", self.patch),
            (one, "DELETE", self.delete),
        ):
            endpoint = f"{name}_{view.__name__}"
            blueprint.add_url_rule(rule, endpoint, declared(Access.CLIENT, view), methods=[method])
        QueryEndpoints(self.directory, (self.kind,), self.body_bytes).register(blueprint, at, name)

    def create(self) -> Response:
        """Create (§3.3)."""
        body = read_json(self.body_bytes)
        return answers.resource(self.directory.create(caller(), self.kind, body, asked()), 201)

    def get(self, id: str) -> Response:
        """Retrieve (§3.4.1)."""
        known = etag.parse(request.headers.get("If-None-Match"))
        return answers.unless_current(self.directory.get(caller(), self.kind, id, asked()), known)

    def put(self, id: str) -> Response:
        """Replace (§3.5.1)."""
        body = read_json(self.body_bytes)
        return answers.resource(
            self.directory.replace(caller(), self.kind, id, body, if_match(), asked())
        )

    def patch(self, id: str) -> Response:
        """Modify (§3.5.2)."""
        body = read_json(self.body_bytes)
        return answers.resource(
            self.directory.patch(caller(), self.kind, id, body, if_match(), asked())
        )

    def delete(self, id: str) -> Response:
        """Delete (§3.6)."""
        self.directory.delete(caller(), self.kind, id, if_match())
        return answers.nothing()


def if_match() -> tuple[str, ...] | None:
    """The versions that the client is willing to change."""
    return etag.parse(request.headers.get("If-Match"))
