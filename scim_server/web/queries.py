"""Queries (RFC 7644 §3.4.2, §3.4.3) and what the query parameters of any request ask for (§3.9)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import Blueprint, Response, request

from scim_server.directory.directory import Directory
from scim_server.protocol.errors import InvalidFilter, Sensitive
from scim_server.protocol.intake import Arguments
from scim_server.protocol.schema import ResourceType
from scim_server.protocol.searching import (
    Asked,
    parse_search,
    projection_from_query,
    search_from_query,
)
from scim_server.web import answers
from scim_server.web.auth import Access, caller, declared
from scim_server.web.gate import read_json


@dataclass(frozen=True, slots=True)
class QueryEndpoints:
    """``/Users`` and ``/Users/.search``; of every type, ``/`` and ``/.search`` (§3.4.2.1)."""

    directory: Directory
    kinds: tuple[ResourceType, ...]
    body_bytes: int

    def register(self, blueprint: Blueprint, at: str, name: str) -> None:
        """Add the routes."""
        for rule, method, view in (
            (at, "GET", self.search),
            (f"{at.rstrip('/')}/.search", "POST", self.search_by_post),
        ):
            endpoint = f"{name}_{view.__name__}"
            blueprint.add_url_rule(rule, endpoint, declared(Access.CLIENT, view), methods=[method])

    def search(self) -> Response:
        """Query (§3.4.2)."""
        return answers.page(
            self.directory.search(caller(), self.kinds, search_from_query(_arguments()))
        )

    def search_by_post(self) -> Response:
        """Query with POST (§3.4.3)."""
        request = parse_search(read_json(self.body_bytes))
        with _secrets_in_body():
            return answers.page(self.directory.search(caller(), self.kinds, request))


def asked() -> Asked:
    """The attributes that a request for one resource asks for, whatever its method (§3.9)."""
    return projection_from_query(_arguments())


def _arguments() -> Arguments:
    if not request.query_string:
        return {}
    return caller().intake.arguments(dict(request.args.lists()))


@contextmanager
def _secrets_in_body() -> Iterator[None]:
    """403 ``sensitive`` is about URLs; the same filter in a body is a filter that cannot be."""
    try:
        yield
    except Sensitive as fault:
        raise InvalidFilter(fault.detail) from None
