"""One check at work: requests with its own data, expectations, and tidying up."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any

from conformance.findings import Exchange, Finding
from conformance.sending import kept, waited
from conformance.subject import Subject
from conformance.urns import PATCH_OP
from conformance.wire import Answer, Endpoint, Json, Request

READING = frozenset({"GET", "HEAD", "OPTIONS"})
SHOWN = 3
"""Exchanges that are kept with an expectation that did not hold."""
CREATED = 201
MADE = (200, CREATED, 202)
"""What a POST is answered with that has made something, or says so."""


class Interrupted(Exception):
    """The story cannot go on: the server did not do what only prepares the question."""


class ReadOnly(Interrupted):
    """The examination must not write."""


@dataclass(slots=True)
class Story:
    """What a check sees of the server.

    made, elsewhere: paths of what it created, in its own tenant and in the other
    """

    subject: Subject
    check: str
    findings: list[Finding] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)
    made: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)

    def send(
        self,
        method: str,
        path: str,
        body: object = None,
        headers: Mapping[str, str | None] | None = None,
        endpoint: Endpoint | None = None,
    ) -> Answer:
        """Send one request; a body of text or bytes goes as it is. Raises ReadOnly, Interrupted."""
        if self.subject.read_only and method not in READING and not path.endswith("/.search"):
            raise ReadOnly(f"{method} is not sent: the examination only reads")
        request = Request(method, path, headers or {}, _written(body))
        used = endpoint or self.subject.endpoint
        try:
            answer = self._answer(used, request)
        except (OSError, HTTPException) as fault:
            told = f"{type(fault).__name__}: {fault}"
            self.exchanges.append(Exchange(used.complete(request), told))
            raise Interrupted(f"no answer to {request}: {fault}") from fault
        self.exchanges.append(Exchange(used.complete(request), answer))
        identifier = _made(answer) if method == "POST" else ""
        if identifier:
            others = endpoint is not None and endpoint is self.subject.other
            made = self.elsewhere if others else self.made
            made.append(f"{path.partition('?')[0].rstrip('/')}/{identifier}")
        return answer

    def _answer(self, endpoint: Endpoint, request: Request) -> Answer:
        """Nobody waits for who has no credential: he may never be let in."""
        known = endpoint in (self.subject.endpoint, self.subject.other)
        if known and "Authorization" not in request.headers:
            return waited(endpoint, request)
        return endpoint.send(request)

    def get(self, path: str, **headers: str | None) -> Answer:
        """GET; header names with ``_`` for ``-``."""
        return self.send("GET", path, None, _named(headers))

    def post(self, path: str, body: object, **headers: str | None) -> Answer:
        """POST."""
        return self.send("POST", path, body, _named(headers))

    def put(self, path: str, body: object, **headers: str | None) -> Answer:
        """PUT."""
        return self.send("PUT", path, body, _named(headers))

    def patch(self, path: str, *operations: Json, **headers: str | None) -> Answer:
        """PATCH with these operations."""
        body = {"schemas": [PATCH_OP], "Operations": list(operations)}
        return self.send("PATCH", path, body, _named(headers))

    def delete(self, path: str, **headers: str | None) -> Answer:
        """DELETE."""
        return self.send("DELETE", path, None, _named(headers))

    def new(self, kind: str, **attributes: object) -> Json:
        """A document that is not sent yet: the least that the type takes, its texts new."""
        return {**self.subject.minimal(kind), **attributes}

    def make(self, kind: str, **attributes: object) -> Json:
        """A new resource as the server shows it.

        Raises Interrupted: it publishes no attribute of these names, or refuses.
        """
        unknown = ", ".join(sorted(attributes.keys() - self.subject.names(kind)))
        if unknown:
            raise Interrupted(f"a {kind} has no {unknown}")
        answer = self.post(self.subject.endpoint_of(kind), self.new(kind, **attributes))
        if answer.status != 201 or answer.body is None or "id" not in answer.body:
            raise Interrupted(f"a {kind} could not be made: {answer}")
        return dict(answer.body)

    def at(self, kind: str, resource: Mapping[str, Any]) -> str:
        """The path of a resource."""
        return f"{self.subject.endpoint_of(kind)}/{resource['id']}"

    def name(self) -> str:
        """A text that nothing else has, with the mark of this run in it."""
        return self.subject.name()

    def address(self, type: str, **more: object) -> Json:
        """An e-mail address that nobody else has: a server may let no two users have one."""
        return {"value": f"{type}-{self.name()}@example.com", "type": type, **more}

    def expect(self, requirement: str, held: bool, expected: str) -> bool:
        """Say what the last answer should have been; returns whether it was."""
        shown = () if held else tuple(self.exchanges[-SHOWN:])
        self.findings.append(Finding(requirement, held, expected, self.check, shown))
        return held

    def error(
        self, requirement: str, answer: Answer, status: int | Iterable[int], *types: str | None
    ) -> bool:
        """Expect a SCIM Error of a status and, for 400 and 409, one of these ``scimType``s.

        None is none: it is optional (RFC 7644 §3.12) where no sentence demands one.
        """
        statuses = {status} if isinstance(status, int) else set(status)
        said = (answer.body or {}).get("scimType")
        named = " or ".join(each or "no scimType" for each in types)
        expected = " or ".join(map(str, sorted(statuses))) + (f" {named}" if named else "")
        return self.expect(
            requirement,
            answer.status in statuses and (not types or said in types),
            f"{expected}, as a SCIM error",
        )

    def tidy(self) -> list[str]:
        """Delete what was made, the last first; each in the tenant that it was made in.

        Returns:  what the server did not delete.
        """
        left = []
        for endpoint, paths in (
            (self.subject.endpoint, self.made),
            (self.subject.other, self.elsewhere),
        ):
            left += kept(endpoint or self.subject.endpoint, reversed(paths))
            paths.clear()
        return left


def _made(answer: Answer) -> str:
    """The id of what a POST has made; a body may be left out, Location may not (RFC 7644 §3.3)."""
    identifier = answer.document.get("id")
    if answer.status in MADE and identifier and isinstance(identifier, str):
        return identifier
    location = answer.headers.get("location", "") if answer.status == CREATED else ""
    return location.rstrip("/").rpartition("/")[2]


def _written(body: object) -> str | bytes | None:
    if isinstance(body, str | bytes | None):
        return body
    return json.dumps(body, ensure_ascii=False)


def _named(headers: Mapping[str, str | None]) -> dict[str, str | None]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
