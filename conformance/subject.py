"""The server under examination: what it publishes about itself, and documents that suit it."""

import itertools
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.features import advertised, offered
from conformance.wire import Answer, Endpoint, Json, Request

VALUES: Json = {
    "string": "Sample Text",
    "boolean": True,
    "decimal": 4.75,
    "integer": 5,
    "dateTime": "2026-11-20T10:00:00Z",
    "binary": "VFdF",
    "reference": "https://example.com/sample",
}
"""A legal value of each type (RFC 7643 §2.3)."""
CERTIFICATE = (
    "MIIBbzCCARWgAwIBAgIUY/6M7uYAZVlkugVTNuyFVT+/cYQwCgYIKoZIzj0EAwIwDDEKMAgGA1UEAwwBYTAgFw0yNjEx"
    "MjEwNjM1NDhaGA8yMTI2MTAyODA2MzU0OFowDDEKMAgGA1UEAwwBYTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABBQj"
    "U7CQ3ILqyxu0PpOXoblsDSdDuBnJlLVldvLbGaAzZQ1UKs+LhtVqCe1In4cMc/ZMZToJ9CGN/gNVM3TF8cejUzBRMB0G"
    "A1UdDgQWBBSeFS5YAOV9VNCbjsSOiSO0HtpRkjAfBgNVHSMEGDAWgBSeFS5YAOV9VNCbjsSOiSO0HtpRkjAPBgNVHRMB"
    "Af8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIQCijUCEpeJ9k6b7A2tnVMF1+gBxgoI1goNljCJ3TGlwbAIgYNtWuEA1"
    "hDEw5pi38T6LvwwCJ9kViQBSrKlFxy78Fj8="
)
"""A self-signed one of X.509 that names nobody."""
FORMED: Json = {
    "emails.value": "{name}@example.com",
    "phoneNumbers.value": "tel:+1-201-555-0123",
    "addresses.country": "PT",
    "x509Certificates.value": CERTIFICATE,
}
"""Sub-attributes that a server may hold to a form (RFC 7643 §4.1.2); an address may be unique."""

COMMON = frozenset({"schemas", "id", "externalId", "meta"})
"""What every resource has, though schemas need not name it (RFC 7643 §3.1)."""


class NotScim(Exception):
    """What answers there publishes no schemas and resource types: it cannot be examined."""

    def __init__(self, told: str, answer: Answer | None = None) -> None:
        super().__init__(told)
        self.answer = answer


@dataclass(frozen=True, slots=True)
class Place:
    """A top-level attribute of a resource type: its definition and the extension it is in."""

    urn: str | None
    definition: Json

    @property
    def name(self) -> str:
        """The attribute's name."""
        return str(self.definition["name"])

    def path(self) -> str:
        """As filters and PATCH name it."""
        return self.name if self.urn is None else f"{self.urn}:{self.name}"

    def within(self, value: object) -> Json:
        """A document, or a part of one, in which the attribute has a value."""
        return {self.name: value} if self.urn is None else {self.urn: {self.name: value}}

    def value_in(self, document: Mapping[str, Any]) -> object:
        """The attribute's value in a document, None where there is none."""
        holder = document if self.urn is None else document.get(self.urn)
        return holder.get(self.name) if isinstance(holder, dict) else None


@dataclass(slots=True)
class Subject:
    """One server, one credential.

    other:     a credential of another tenant, where there is one
    read_only: nothing is written
    domain:    ends every userName: nothing, or "@example.com" where a name must be an address
    """

    endpoint: Endpoint
    other: Endpoint | None = None
    read_only: bool = False
    run: str = field(default_factory=lambda: secrets.token_hex(4))
    config: Json = field(default_factory=dict)
    types: dict[str, Json] = field(default_factory=dict)
    schemas: dict[str, Json] = field(default_factory=dict)
    domain: str = ""
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def discover(self) -> None:
        """Read the discovery endpoints. Raises NotScim, OSError."""
        self.config = self._read("/ServiceProviderConfig")
        self.types = {str(each["name"]): each for each in self._list("/ResourceTypes")}
        self.schemas = {str(each["id"]): each for each in self._list("/Schemas")}
        if "User" not in self.types:
            raise NotScim("/ResourceTypes names no User")

    @property
    def features(self) -> frozenset[str]:
        """What the server advertises, by its configuration and its resource types."""
        tenants = {"tenant"} if self.other is not None else set()
        return advertised(self.config) | offered(self.types.values()) | tenants

    def endpoint_of(self, kind: str) -> str:
        """``/Users`` for ``User``."""
        return "/" + str(self.types[kind]["endpoint"]).strip("/")

    def attributes(self, kind: str) -> list[Place]:
        """Every top-level attribute that is published for a type, the core's first."""
        published = self.types[kind]
        urns = [extension["schema"] for extension in published.get("schemaExtensions") or ()]
        core = self.schemas.get(published["schema"], {}).get("attributes", ())
        return [
            *(Place(None, definition) for definition in core),
            *(
                Place(urn, definition)
                for urn in urns
                for definition in self.schemas.get(urn, {}).get("attributes", ())
            ),
        ]

    def names(self, kind: str) -> frozenset[str]:
        """Every name that a document of this type may have: attributes, and URNs of extensions."""
        published = {place.urn or place.name for place in self.attributes(kind)}
        return COMMON | published

    def minimal(self, kind: str) -> Json:
        """The least that the type takes: what is required; texts are new."""
        document: Json = {"schemas": [self.types[kind]["schema"], *self.required_extensions(kind)]}
        for place in self._required(kind):
            holder = document if place.urn is None else document.setdefault(place.urn, {})
            holder[place.name] = self.sample(place.definition)
        return document

    def required_extensions(self, kind: str) -> list[str]:
        """The URNs of the extensions without which the type takes nothing (RFC 7643 §6)."""
        extensions = self.types[kind].get("schemaExtensions") or ()
        return [each["schema"] for each in extensions if each.get("required") is True]

    def full(self, kind: str) -> Json:
        """A value for everything that a client may write, references to resources excepted."""
        document = self.minimal(kind)
        for place in self.attributes(kind):
            if is_server_s(place.definition) or refers(place.definition):
                continue
            holder = document if place.urn is None else document.setdefault(place.urn, {})
            holder.setdefault(place.name, self.sample(place.definition))
            if place.urn is not None and place.urn not in document["schemas"]:
                document["schemas"].append(place.urn)
        return document

    def sample(self, definition: Mapping[str, Any]) -> Any:
        """A legal value; a new one where it must be unique."""
        subs = definition.get("subAttributes") or ()
        single: Any
        if definition["type"] == "complex":
            chosen = [sub for sub in subs if not is_server_s(sub) and not refers(sub)]
            parts = {sub["name"]: sub for sub in chosen if not takes_no_type(sub)}
            formed = {name: FORMED.get(f"{definition['name']}.{name}", "") for name in parts}
            single = {
                name: formed[name].format(name=self.name()) or self.sample(sub)
                for name, sub in parts.items()
            }
        elif definition.get("canonicalValues"):
            single = definition["canonicalValues"][0]
        elif definition["type"] == "string":
            single = self._text(definition)
        else:
            single = VALUES[definition["type"]]
        return [single] if definition.get("multiValued") else single

    def name(self) -> str:
        """A text that nothing else has, with the run's mark."""
        return f"conformance-{self.run}-{next(self._numbers)}"

    def user_name(self) -> str:
        """A userName that nobody else has."""
        return self.name() + self.domain

    def _required(self, kind: str) -> Iterator[Place]:
        """What a client must send; of an extension that is required it is something at least."""
        for urn in (None, *self.required_extensions(kind)):
            own = [
                place
                for place in self.attributes(kind)
                if place.urn == urn and not is_server_s(place.definition)
            ]
            needed = [place for place in own if place.definition.get("required")]
            free = [] if urn is None else [p for p in own if not refers(p.definition)]
            yield from needed or free[:1]

    def _text(self, definition: Mapping[str, Any]) -> str:
        unique = definition.get("uniqueness", "none") != "none" or definition.get("required")
        known = {"locale": "en-US", "preferredLanguage": "en-US", "timezone": "Europe/Lisbon"}
        name = str(definition["name"])
        if name in known:
            return known[name]
        if name == "userName":
            return self.user_name()
        if name == "password":
            return f"Xy9!{self.name()}"  # There may be rules for it.
        return self.name() if unique else str(VALUES["string"])

    def _read(self, path: str) -> Json:
        answer: Answer = self.endpoint.send(Request("GET", path))
        if answer.status != 200 or answer.body is None:
            raise NotScim(f"GET {path} answers {answer}", answer)
        return dict(answer.body)

    def _list(self, path: str) -> list[Json]:
        found = self._read(path).get("Resources")
        if not isinstance(found, list):
            raise NotScim(f"GET {path} answers no ListResponse")
        return found


def is_server_s(definition: Mapping[str, Any]) -> bool:
    """Whether only the server writes it."""
    return definition.get("mutability") == "readOnly"


def takes_no_type(definition: Mapping[str, Any]) -> bool:
    """RFC 7643 §8.7.1 prints an empty list for some types; who goes by it refuses each of them."""
    return definition["name"] == "type" and definition.get("canonicalValues") == []


def is_shown(definition: Mapping[str, Any]) -> bool:
    """Whether it is in an answer that nobody asked to be shorter."""
    return definition.get("returned", "default") in {"default", "always"}


def refers(definition: Mapping[str, Any]) -> bool:
    """Whether its value names a resource of the server, which must exist."""
    parts = (definition, *(definition.get("subAttributes") or ()))
    targets = {target for part in parts for target in part.get("referenceTypes") or ()}
    return bool(targets - {"external", "uri"})
