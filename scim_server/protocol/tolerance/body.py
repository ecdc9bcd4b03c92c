"""The resource in a POST or PUT, as clients send it, to the standard form."""

from collections.abc import Callable

from scim_server.protocol.finish import names_itself
from scim_server.protocol.schema import (
    Attribute,
    Document,
    Mutability,
    ResourceType,
    fold_name,
)
from scim_server.protocol.tolerance.value import Json, relaxed


def relax_document(kind: ResourceType, body: Json, used: set[str]) -> Json:
    """Return the body of a POST or PUT in its standard form; ``body`` stays as it is."""
    if not isinstance(body, dict):
        return body
    extensions = {key: value for key, value in body.items() if kind.extension(key)}
    core = {key: value for key, value in body.items() if key not in extensions}
    document = known_attributes(kind.attribute, core, used)
    for key, value in extensions.items():
        document[key] = relax_extension(kind, key, value, used)
    return unknown_schemas(kind, document, used)


def relax_extension(kind: ResourceType, urn: str, value: Json, used: set[str]) -> Json:
    """Return the object under an extension's URN in its standard form."""
    schema = kind.extension(urn)
    if schema is None or not isinstance(value, dict):
        return value
    given = {key: item for key, item in value.items() if not names_itself(urn, key, item)}
    return known_attributes(schema.attribute, given, used)


def known_attributes(
    find: Callable[[str], Attribute | None], given: Document, used: set[str]
) -> Document:
    """W3: attributes of one's own (conformance/clients/azure-postman/unknown_attributes.json)."""
    known = {}
    for key, value in given.items():
        attribute = find(key)
        if attribute is None:
            used.add("unknown_attributes")
        elif attribute.mutability is Mutability.READ_ONLY:
            known[key] = value
        else:
            known[key] = relaxed(attribute, value, used)
    return known


def unknown_schemas(kind: ResourceType, document: Document, used: set[str]) -> Document:
    """W4: URNs that are nobody's, or none (conformance/clients/entra/unknown_schemas.json).

    A URN beside the base's own names another resource type: that body came to the wrong place.
    """
    key = next((key for key in document if fold_name(key) == "schemas"), "schemas")
    given = document.get(key) or []
    if not isinstance(given, list) or not all(isinstance(urn, str) for urn in given):
        return document
    base = fold_name(kind.schema.id)
    strangers = [u for u in given if fold_name(u) != base and not kind.extension(u)]
    family = base.rpartition(":")[0] + ":"
    if any(fold_name(urn).startswith(family) for urn in strangers):
        return document
    known = [urn for urn in given if urn not in strangers]
    if base not in map(fold_name, known):
        known.insert(0, kind.schema.id)
    if known == given:
        return document
    used.add("unknown_schemas")
    return {**document, key: known}
