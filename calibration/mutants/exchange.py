"""A request on its way in and an answer on its way out, as a mutant takes hold of them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import Any, Protocol
from urllib.parse import parse_qsl, quote, unquote_to_bytes, urlencode

Json = dict[str, Any]
Environ = dict[str, Any]


class Application(Protocol):
    """A WSGI application."""

    def __call__(self, environ: Environ, start_response: Any, /) -> Any:
        """As PEP 3333 has it."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request; ``path`` is below the base URL and percent-encoded, header names are lower-case.

    environ: what the web server said besides
    """

    method: str
    path: str
    asked: str
    headers: Mapping[str, str]
    raw: bytes
    environ: Environ

    @property
    def document(self) -> Json:
        """The body, empty where it is no JSON object."""
        return _object(self.raw)

    @property
    def credential(self) -> str:
        """The Authorization header, empty where there is none."""
        return self.headers.get("authorization", "")

    @property
    def query(self) -> dict[str, str]:
        """The parameters, the last of each name."""
        return dict(parse_qsl(self.asked, keep_blank_values=True))

    @property
    def steps(self) -> tuple[str, ...]:
        """``("Users", "17")`` for ``/Users/17``."""
        return tuple(step for step in self.path.split("/") if step)

    def is_write(self, *methods: str) -> bool:
        """Whether it is one of these methods and has a document."""
        return self.method in methods and bool(self.document)

    def is_at(self, kind: str) -> bool:
        """Whether it goes to one resource of ``Users``, or of ``Groups``."""
        return len(self.steps) == 2 and self.steps[0] == kind and self.steps[1] != ".search"

    def is_list(self) -> bool:
        """Whether it asks for a list of resources."""
        searches = self.method == "POST" and self.path.endswith("/.search")
        return searches or (self.method == "GET" and len(self.steps) < 2 and not self.is_discovery)

    @property
    def is_discovery(self) -> bool:
        """Whether it asks what the server publishes of itself."""
        published = {"ServiceProviderConfig", "ResourceTypes", "Schemas"}
        return bool(self.steps) and self.steps[0] in published

    def saying(self, document: object) -> "Call":
        """With another body."""
        return replace(self, raw=json.dumps(document).encode())

    def asking(self, **parameters: str | None) -> "Call":
        """With other parameters; None takes one away."""
        changed = {**self.query, **parameters}
        kept = {name: value for name, value in changed.items() if value is not None}
        return replace(self, asked=urlencode(kept, quote_via=quote))

    def with_header(self, name: str, value: str | None) -> "Call":
        """With another header; None takes it away."""
        kept = {each: said for each, said in self.headers.items() if each != name}
        return replace(self, headers=kept if value is None else {**kept, name: value})

    def reading(self, path: str | None = None) -> "Call":
        """A GET of the same client's, of the same path or another."""
        plain = {
            name: value
            for name, value in self.headers.items()
            if name in {"authorization", "accept", "host"}
        }
        return replace(self, method="GET", path=path or self.path, asked="", headers=plain, raw=b"")


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer; header names are lower-case."""

    status: int
    headers: Mapping[str, str]
    raw: bytes

    @property
    def document(self) -> Json:
        """The body, empty where it is no JSON object."""
        return _object(self.raw)

    @property
    def is_good(self) -> bool:
        """Whether it is no refusal."""
        return self.status < 300

    def resources(self) -> list[Json]:
        """The resource that it shows, or those of its page."""
        document = self.document
        if isinstance(document.get("Resources"), list):
            return list(document["Resources"])
        return [document] if self.is_good and "id" in document else []

    def saying(self, document: object) -> "Reply":
        """With another body."""
        return replace(self, raw=json.dumps(document).encode())

    def with_header(self, name: str, value: str | None) -> "Reply":
        """With another header; None takes it away."""
        kept = {each: said for each, said in self.headers.items() if each != name}
        return replace(self, headers=kept if value is None else {**kept, name: value})

    def listing(self, resources: list[Json], **members: object) -> "Reply":
        """The same page with other rows."""
        return self.saying({**self.document, **members, "Resources": resources})

    def showing(self, shown: list[Json]) -> "Reply":
        """With these in place of ``resources()``, as many as there are."""
        if "Resources" in self.document:
            return self.listing(shown)
        return self.saying(shown[0]) if shown else self


@dataclass(slots=True)
class Server:
    """The server with nothing broken, as a mutant calls it, and what the mutant remembers."""

    application: Application
    base_path: str
    memory: dict[str, Any] = field(default_factory=dict)

    def __call__(self, call: Call) -> Reply:
        """Answer a call."""
        told: dict[str, Any] = {}

        def start_response(status: str, headers: list[tuple[str, str]], *_: object) -> object:
            told["status"], told["headers"] = int(status.split(maxsplit=1)[0]), headers
            return None

        body = self.application(_environ(call, self.base_path), start_response)
        try:
            raw = b"".join(body)
        finally:
            getattr(body, "close", lambda: None)()
        return Reply(told["status"], {name.lower(): value for name, value in told["headers"]}, raw)


def call_of(environ: Environ, base_path: str, raw: bytes) -> Call:
    """What came in, its body read already."""
    path = quote(environ["PATH_INFO"].encode("latin-1"), safe="/:@!$&'()*+,;=-._~")
    headers = {
        name.removeprefix("HTTP_").replace("_", "-").lower(): str(value)
        for name, value in environ.items()
        if name.startswith("HTTP_") or (name == "CONTENT_TYPE" and value)
    }
    return Call(
        environ["REQUEST_METHOD"],
        path.removeprefix(base_path),
        environ.get("QUERY_STRING", ""),
        headers,
        raw,
        {**environ, "mutants.raw": raw},
    )


def _environ(call: Call, base_path: str) -> Environ:
    kept = {
        name: value
        for name, value in call.environ.items()
        if not name.startswith("HTTP_") and name != "CONTENT_TYPE"
    }
    sent = {
        name.upper().replace("-", "_") if name == "content-type" else f"HTTP_{_upper(name)}": value
        for name, value in call.headers.items()
    }
    length = call.environ.get("CONTENT_LENGTH", "")
    if call.raw != call.environ["mutants.raw"]:
        length = str(len(call.raw))
    return {
        **kept,
        **sent,
        "REQUEST_METHOD": call.method,
        "PATH_INFO": unquote_to_bytes(base_path + call.path).decode("latin-1"),
        "QUERY_STRING": call.asked,
        "CONTENT_LENGTH": length,
        "wsgi.input": BytesIO(call.raw),
    }


def _upper(name: str) -> str:
    return name.upper().replace("-", "_")


def _object(raw: bytes) -> Json:
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
