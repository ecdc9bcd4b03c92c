"""One endpoint outside of SCIM, as a record: what is enforced is what is documented.

A view takes the parts of its path by name, ``body``, ``form`` and ``query`` where it has them, and
returns what its answer's schema dumps, or a Response. Its docstring is its documentation.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from flask import Blueprint, Response, request
from marshmallow import Schema, ValidationError

from scim_server.directory.rights.rights import Permission
from scim_server.protocol.errors import NotAcceptable, NotFound
from scim_server.web.auth import Access, declared, require_for, rights
from scim_server.web.gate import read_form, read_json
from scim_server.web.negotiation import is_json_taken
from scim_server.web.problems import Invalid

MEDIA_TYPE = "application/json"
ONE_USER = "/users/<id>"
"""How the paths begin that are about one user: limits are looked at before any view runs."""


@dataclass(frozen=True, slots=True)
class Operation:
    """An endpoint.

    path:       in Flask's form, relative to the API: ``/users/<id>/sessions``
    form:       a body in ``application/x-www-form-urlencoded``
    files:      types of a body that is a file, which the view reads
    permission: what the caller must hold for anything at all; None: whoever is authenticated
    status:     of success
    faults:     further statuses, besides those that follow from the parts above
    media:      types of the answer where it is no JSON document
    limited:    the view keeps within the caller's limits by itself; where it does not, it is for
                one user in the path, or for whoever holds the permission for everybody
    """

    method: str
    path: str
    view: Callable[..., Any]
    permission: Permission | None = None
    access: Access = Access.ADMINISTRATOR
    query: type[Schema] | None = None
    body: type[Schema] | None = None
    form: type[Schema] | None = None
    files: tuple[str, ...] = ()
    answer: type[Schema] | None = None
    status: int = 200
    faults: tuple[int, ...] = ()
    media: tuple[str, ...] = ()
    limited: bool = False

    @property
    def name(self) -> str:
        """The operation's id: ``sessions_end_all``."""
        view: Any = self.view
        owner = type(view.__self__).__name__.removesuffix("Endpoints").lower()
        return f"{owner}_{view.__name__}"


def register(blueprint: Blueprint, operations: Iterable[Operation], body_bytes: int) -> None:
    """Add the routes."""
    for operation in operations:
        blueprint.add_url_rule(
            operation.path,
            operation.name,
            declared(operation.access, _Endpoint(operation, body_bytes)),
            methods=[operation.method],
        )


@dataclass(frozen=True, slots=True)
class _Endpoint:
    operation: Operation
    body_bytes: int

    def __call__(self, **path: str) -> Response:
        operation = self.operation
        _require_sound(operation, path)
        if operation.permission is not None:
            _authorise(operation, operation.permission, path)
        found = operation.view(**path, **self._read())
        if isinstance(found, Response):
            return found
        if operation.answer is None:
            return _empty(operation.status)
        return json(operation.answer().dump(found), operation.status)

    def _read(self) -> dict[str, Any]:
        """What was sent beside the path. Raises Invalid, and what the gate raises."""
        operation = self.operation
        given: dict[str, Any] = {}
        if operation.query is not None:
            given["query"] = _loaded(operation.query, _arguments())
        if operation.body is not None:
            given["body"] = _loaded(operation.body, read_json(self.body_bytes))
        if operation.form is not None:
            given["form"] = _loaded(operation.form, read_form(self.body_bytes))
        return given


def _require_sound(operation: Operation, path: Mapping[str, str]) -> None:
    """Raises NotAcceptable, NotFound: no database takes NUL."""
    if operation.answer is not None and not is_json_taken():
        raise NotAcceptable(f"Answers are {MEDIA_TYPE}.")
    if any("\0" in part for part in path.values()):
        raise NotFound("No id holds the character NUL.")


def _authorise(operation: Operation, permission: Permission, path: Mapping[str, str]) -> None:
    """Raises Forbidden, NotFound."""
    if operation.path.startswith(ONE_USER):
        require_for(permission, path["id"])
    elif operation.limited:
        rights().require(permission)
    else:
        rights().require_everywhere(permission)


def json(document: object, status: int = 200) -> Response:
    """One JSON document."""
    return Response(orjson.dumps(document), status, mimetype=MEDIA_TYPE)


def _empty(status: int) -> Response:
    response = Response(status=status)
    response.headers.remove("Content-Type")
    return response


def _arguments() -> Mapping[str, str | list[str]]:
    """Raises Invalid: no database takes NUL."""
    if nul := [name for name, value in request.args.items(multi=True) if "\0" in name + value]:
        raise Invalid({name: ["holds the character NUL."] for name in nul})
    return {
        name: values[0] if len(values) == 1 else values for name, values in request.args.lists()
    }


def _loaded(schema: type[Schema], given: Mapping[str, Any]) -> Any:
    """Raises Invalid."""
    try:
        return schema().load(given)
    except ValidationError as fault:
        raise Invalid(dict(fault.messages_dict)) from None
