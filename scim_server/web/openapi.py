"""The OpenAPI 3.1 document of an API: made of the very operations that are served."""

import inspect
import re
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Response
from jinja2 import Environment, PackageLoader
from markupsafe import Markup, escape
from marshmallow import INCLUDE, Schema, fields

from scim_server.web import problems
from scim_server.web.auth import Access
from scim_server.web.gate import FORM_TYPE
from scim_server.web.operations import MEDIA_TYPE, Operation, json

HTML = "text/html"
VERSION = "1"
"""Of both APIs, as in their paths."""
BEARER, BASIC = "bearer", "application"
SCHEMES = {
    BEARER: {
        "type": "http",
        "scheme": "bearer",
        "description": "The token of a client, an API key, or the token of a session. Each"
        " operation tells the permission that it needs: a role or the scopes must grant it.",
    },
    BASIC: {
        "type": "http",
        "scheme": "basic",
        "description": "An application's name, or id, and its token.",
    },
}
TAGS = {
    "description": "this description",
    "events": "history",
    "keys": "API keys",
    "mails": "mail",
    "many": "many users at once",
    "own keys": "API keys",
    "own sessions": "sessions",
    "recovery": "recovery, activation, registration",
    "resets": "passwords and links",
    "roles": "roles and grants",
    "sheets": "import and export",
    "sources": "sources and their runs",
    "users applications": "users' applications",
    "users authenticators": "users' authenticators",
}
"""What readers are told of a class, where its name does not say it."""
_ARGUMENT = re.compile(r"<(?:[^:<>]+:)?([^<>]+)>")


class ProblemFault(Schema):
    """What is wrong at one place."""

    pointer = fields.String(required=True, metadata={"description": "A JSON pointer (RFC 6901)."})
    detail = fields.String(required=True)


class Problem(Schema):
    """Why a request was not served (RFC 9457)."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    code = fields.String(metadata={"description": "A word for it, that of SCIM where it has one."})
    errors = fields.List(fields.Nested(ProblemFault))

    class Meta:
        additional_properties = True


class DescriptionEndpoints:
    """``/openapi.json`` and the page that shows it.

    Args: base_url: what every path of the API begins with
    """

    def __init__(self, title: str, about: str, base_url: str, others: Iterable[Operation]) -> None:
        self.title = title
        self.about = about
        self.base_url = base_url
        self.others = tuple(others)

    def operations(self) -> tuple[Operation, ...]:
        """Every one of them."""
        anyone = Access.ANYONE
        return (
            Operation("GET", "/openapi.json", self.document, access=anyone, answer=Document),
            Operation("GET", "/", self.page, access=anyone, media=(HTML,)),
        )

    def document(self) -> Response:
        """Show this description of the API as an OpenAPI document."""
        return json(self.described)

    def page(self) -> Response:
        """Show this description of the API to people."""
        return Response(self._rendered, mimetype=HTML)

    @cached_property
    def described(self) -> dict[str, Any]:
        """The document, made when it is first asked for."""
        every = (*self.others, *self.operations())
        return described(self.title, self.about, self.base_url, every)

    @cached_property
    def _rendered(self) -> str:
        pages = Environment(loader=PackageLoader("scim_server.web"), autoescape=True)
        pages.filters["marked"] = _marked
        return pages.get_template("openapi.html").render(api=self.described, parts=parts_of)


class Document(Schema):
    """An OpenAPI document."""

    class Meta:
        additional_properties = True


def described(
    title: str, about: str, base_url: str, operations: Sequence[Operation]
) -> dict[str, Any]:
    """The OpenAPI 3.1 document of these operations."""
    plugin = MarshmallowPlugin(schema_name_resolver=_Names())
    spec = APISpec(
        title,
        VERSION,
        "3.1.0",
        plugins=[plugin],
        info={"description": about},
        servers=[{"url": base_url}],
        security=[{BEARER: []}],
    )
    for name, scheme in SCHEMES.items():
        spec.components.security_scheme(name, scheme)
    for operation in sorted(operations, key=lambda each: each.path):
        path = _ARGUMENT.sub(r"{\1}", operation.path)
        spec.path(path, operations={operation.method.lower(): _operation(operation)})
    document: dict[str, Any] = spec.to_dict()
    assert plugin.converter is not None
    for (schema, *_), name in plugin.converter.refs.items():
        document["components"]["schemas"][name]["additionalProperties"] = _is_open(schema)
    return document


class _Names:
    """What schemas are called: as their classes, with the module before where that is taken."""

    def __init__(self) -> None:
        self._taken: dict[str, type[Schema]] = {}

    def __call__(self, schema: Schema | type[Schema]) -> str:
        own = schema if isinstance(schema, type) else type(schema)
        name = own.__name__
        if self._taken.setdefault(name, own) is own:
            return name
        return own.__module__.rpartition(".")[2].title().replace("_", "") + name


def _is_open(schema: type[Schema]) -> bool:
    """Whether there may be members that it does not name; what is sent has none."""
    declared = getattr(schema.Meta, "additional_properties", False)
    return declared or getattr(schema.Meta, "unknown", None) == INCLUDE


def _operation(operation: Operation) -> dict[str, Any]:
    summary, _, description = (inspect.getdoc(operation.view) or "").partition("\n")
    told: dict[str, Any] = {
        "operationId": operation.name,
        "summary": summary,
        "tags": [_tag(operation)],
        "parameters": _parameters(operation),
        "responses": _responses(operation),
        "security": _security(operation),
    }
    if description.strip():
        told["description"] = description.strip()
    if operation.permission is not None:
        told["x-permission"] = operation.permission.value
    if content := _sent(operation):
        told["requestBody"] = {"required": True, "content": content}
    return told


def _sent(operation: Operation) -> dict[str, Any]:
    """By media type, what is sent in the body."""
    if operation.body is not None:
        return {MEDIA_TYPE: {"schema": operation.body}}
    if operation.form is not None:
        return {FORM_TYPE: {"schema": operation.form}}
    return _texts(operation.files)


def _texts(media: Iterable[str]) -> dict[str, Any]:
    """Files: of JSON an array with an object for each row."""
    rows = {"type": "array", "items": {"type": "object"}}
    return {each: {"schema": rows if each == MEDIA_TYPE else {"type": "string"}} for each in media}


def _tag(operation: Operation) -> str:
    """``sign in`` of the class SignInEndpoints."""
    view: Any = operation.view
    name = type(view.__self__).__name__.removesuffix("Endpoints")
    words = re.sub("(?<!^)(?=[A-Z])", " ", name).lower()
    return TAGS.get(words, words)


def _parameters(operation: Operation) -> list[Any]:
    parameters: list[Any] = [
        {"in": "path", "name": name, "required": True, "schema": {"type": "string", "minLength": 1}}
        for name in _ARGUMENT.findall(operation.path)
    ]
    if operation.query is not None:
        parameters.append({"in": "query", "schema": operation.query})
    return parameters


def _security(operation: Operation) -> list[dict[str, list[str]]]:
    needed = [operation.permission.value] if operation.permission else []
    if operation.access is Access.ANYONE:
        return []
    basic = [{BASIC: needed}] if operation.access is Access.APPLICATION else []
    return [{BEARER: needed}, *basic]


def _responses(operation: Operation) -> dict[str, Any]:
    answers: dict[str, Any] = {str(operation.status): _answer(operation)}
    for status in sorted(faults(operation)):
        content = {problems.MEDIA_TYPE: {"schema": Problem}}
        answers[str(status)] = {"description": problems.TITLES[status], "content": content}
    return answers


def _answer(operation: Operation) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": "Done."}
    content = _texts(operation.media)
    if operation.answer is not None:
        answer["description"] = inspect.getdoc(operation.answer) or "Done."
        content[MEDIA_TYPE] = {"schema": operation.answer}
    return answer | ({"content": content} if content else {})


def faults(operation: Operation) -> set[int]:
    """The statuses other than success that it may answer; 503: the database is away."""
    found = {*operation.faults, 503}
    is_sent = bool(_sent(operation))
    if operation.query or is_sent:
        found.add(400)
    if operation.answer is not None:
        found.add(406)
    if operation.access is not Access.ANYONE:
        found |= {401, 429}
    if operation.permission is not None:
        found.add(403)
    if _ARGUMENT.search(operation.path):
        found.add(404)
    if is_sent:
        found |= {408, 413, 415}
    return found


def _marked(text: str) -> Markup:
    """What stands between backticks, as code."""
    return Markup(re.sub("`([^`]+)`", r"<code>\1</code>", str(escape(text))))


def parts_of(document: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Tag to its operations, each with its method and path beside what the document says."""
    parts: dict[str, list[dict[str, Any]]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            one = operation | {"method": method.upper(), "path": path}
            parts.setdefault(operation["tags"][0], []).append(one)
    return dict(sorted(parts.items()))
