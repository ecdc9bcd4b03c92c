"""What stands beside the resource types: ``/Me`` and ``/Bulk`` (RFC 7644 §3.7, §3.11)."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, Response

from scim_server.directory.bulk import BulkResult
from scim_server.directory.directory import Directory
from scim_server.protocol.errors import NotFound, NotImplementedHere
from scim_server.protocol.messages import BULK_RESPONSE_SCHEMA, parse_bulk
from scim_server.protocol.schema import Document
from scim_server.web import answers
from scim_server.web.auth import Access, caller, declared
from scim_server.web.gate import read_json
from scim_server.web.resources import KindEndpoints


@dataclass(frozen=True, slots=True)
class RootEndpoints:
    """``/Me``, ``/Bulk``."""

    directory: Directory
    own: KindEndpoints
    bulk_bytes: int
    bulk_operations: int

    def register(self, blueprint: Blueprint) -> None:
        """Add the routes."""
        for rule, method, view in (
            ("/Bulk", "POST", self.bulk),
            ("/Me", "GET", self.get_me),
            ("/Me", "PUT", self.put_me),
            ("/Me", "PATCH", self.patch_me),
            ("/Me", "DELETE", self.delete_me),
            ("/Me", "POST", self.create_me),
        ):
            blueprint.add_url_rule(
                rule, view.__name__, declared(Access.CLIENT, view), methods=[method]
            )

    def bulk(self) -> Response:
        """A Bulk job (§3.7)."""
        request = parse_bulk(read_json(self.bulk_bytes), self.bulk_operations)
        results = self.directory.bulk(caller(), request)
        body = {"schemas": [BULK_RESPONSE_SCHEMA], "Operations": [_shown(r) for r in results]}
        return answers.body(body)

    def get_me(self) -> Response:
        """The resource that the credential is bound to (§3.11)."""
        return self._at_own(self.own.get)

    def put_me(self) -> Response:
        """As PUT on its own URI."""
        return self._at_own(self.own.put)

    def patch_me(self) -> Response:
        """As PATCH on its own URI."""
        return self._at_own(self.own.patch)

    def delete_me(self) -> Response:
        """As DELETE on its own URI."""
        return self._at_own(self.own.delete)

    def create_me(self) -> Response:
        """Self-registration is no part of this server's SCIM."""
        raise NotImplementedHere('POST "/Me" is not offered.')

    def _at_own(self, view: Callable[[str], Response]) -> Response:
        """Every answer tells the permanent URI (MEE-003)."""
        id = _own_id()
        response = view(id)
        response.headers["Location"] = self.directory.renderer.location(self.own.kind.name, id)
        return response


def _own_id() -> str:
    """Raises NotFound for a credential that is not bound to a resource (MEE-004)."""
    own = caller().user
    if own is None:
        raise NotFound("This credential is not bound to a resource.")
    return own


def _shown(result: BulkResult) -> Document:
    """One operation of a BulkResponse (§3.7.3)."""
    operation = result.operation
    shown = {
        "location": result.location,
        "method": operation.method or None,
        "bulkId": operation.bulk_id,
        "version": result.version,
        "status": str(result.status),
        "response": result.error.body() if result.error else None,
    }
    return {name: value for name, value in shown.items() if value is not None}
