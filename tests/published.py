"""Resource types as they are published, in plain JSON, for tests that trust no code of ours."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
Definitions = Mapping[str, Json]
"""Attribute definitions (RFC 7643 §7) by their names in lower case."""

_META = {
    "resourceType": "string",
    "created": "dateTime",
    "lastModified": "dateTime",
    "location": "reference",
    "version": "string",
}
COMMON: tuple[Json, ...] = (
    {"name": "id", "type": "string", "mutability": "readOnly"},
    {"name": "externalId", "type": "string", "caseExact": True},
    {
        "name": "meta",
        "type": "complex",
        "mutability": "readOnly",
        "subAttributes": [{"name": n, "type": t, "required": False} for n, t in _META.items()],
    },
)
"""Attributes of every resource, which no schema lists (RFC 7643 §3.1)."""


@dataclass(frozen=True, eq=False)
class Published:
    """A resource type with its schemas."""

    schema: str
    core: Definitions
    extensions: Mapping[str, Definitions]

    def everything(self) -> Iterator[tuple[str, Json]]:
        """Every top-level attribute, with the path that names it."""
        for definition in self.core.values():
            yield definition["name"], definition
        for urn, definitions in self.extensions.items():
            for definition in definitions.values():
                yield f"{urn}:{definition['name']}", definition


def published(resource_type: Json, schema: Callable[[str], Json]) -> Published:
    """Read a ResourceType, and its schemas by their URNs."""
    core = by_name((*COMMON, *schema(resource_type["schema"])["attributes"]))
    urns = [extension["schema"] for extension in resource_type.get("schemaExtensions", [])]
    extensions = {urn: by_name(schema(urn)["attributes"]) for urn in urns}
    return Published(resource_type["schema"], core, extensions)


def by_name(definitions: Iterable[Json]) -> Definitions:
    """Definitions by the form in which names are compared (RFC 7643 §2.1)."""
    return {definition["name"].lower(): definition for definition in definitions}


def subs(definition: Json) -> Definitions:
    """The sub-attributes; of a simple multi-valued attribute its ``value`` (RFC 7644 §3.5.2)."""
    if definition["type"] != "complex" and definition.get("multiValued"):
        return {"value": definition | {"name": "value", "multiValued": False}}
    return by_name(definition.get("subAttributes", []))


def is_read_only(definition: Json) -> bool:
    """Whether only the server writes it."""
    return bool(definition.get("mutability") == "readOnly")


def is_secret(definition: Json) -> bool:
    """Whether nobody ever reads it."""
    return definition.get("mutability") == "writeOnly" or definition.get("returned") == "never"


def names_a_resource(definition: Json) -> bool:
    """Whether it is a ``$ref`` to a resource of this server."""
    return bool(set(definition.get("referenceTypes", [])) - {"external", "uri"})


def is_membership(definition: Json) -> bool:
    """Whether its elements are other resources, of which a client writes the ids only."""
    refers = any(names_a_resource(sub) for sub in definition.get("subAttributes", []))
    return bool(refers and definition.get("multiValued") and not is_read_only(definition))
