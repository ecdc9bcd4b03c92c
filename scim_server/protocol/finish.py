"""What POST, PUT and PATCH have in common once the values are checked (RFC 7643 §2.4, §2.5, §3.3).

A document of checked values goes in, the stored form of it comes out.
"""

from collections.abc import Iterable
from functools import cache
from typing import Any

import orjson

from scim_server.protocol.errors import InvalidValue, ScimError
from scim_server.protocol.identifier import check_identifier
from scim_server.protocol.schema import (
    COMMON,
    Attribute,
    Document,
    Mutability,
    Path,
    ResourceType,
    Returned,
)

_SERVED = frozenset({"schemas", "id", "meta"})
"""Common attributes that the server writes."""


def is_absent(value: object) -> bool:
    """Whether JSON says that there is no value: null, [] and {} are the same (§2.5)."""
    return value is None or (not value and isinstance(value, list | dict))


def _is_blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


@cache
def _stored(attributes: tuple[Attribute, ...]) -> tuple[Attribute, ...]:
    """All but the secrets."""
    return tuple(a for a in attributes if not is_secret(a))


@cache
def _core(kind: ResourceType) -> tuple[Attribute, ...]:
    common_first = sorted(kind.attributes.values(), key=lambda a: a not in COMMON)
    return tuple(a for a in _stored(tuple(common_first)) if a.name not in _SERVED)


def is_secret(attribute: Attribute) -> bool:
    """Whether nobody may ever read a value: it is judged, and not stored."""
    return attribute.mutability is Mutability.WRITE_ONLY or attribute.returned is Returned.NEVER


def finish(kind: ResourceType, document: Document, missing: type[ScimError]) -> Document:
    """Bring a document of checked values into the stored form.

    Empty and secret values go, equal elements become one, ``schemas`` names what has data.

    Raises: InvalidValue: for two primary elements, or an identifier with invisible characters.
            missing: when a required value is left without one.
    """
    finished = _settle(_core(kind), document, "", missing)
    for extension in kind.extensions:
        urn = extension.schema.id
        stored = _stored(extension.schema.attributes)
        settled = _settle(stored, document.get(urn, {}), f"{urn}:", missing)
        if settled:
            finished[urn] = settled
        elif extension.required:
            raise missing(f'"{urn}" is required.')
    require(finished, required(kind), missing)
    for name in kind.storage.identifier:
        check_identifier(finished.get(name, ""), name)
    return declare(kind, finished)


def declare(kind: ResourceType, document: Document) -> Document:
    """Make ``schemas`` the base schema and the extensions that have data (§3)."""
    urns = [e.schema.id for e in kind.extensions if e.schema.id in document]
    return {"schemas": []} | document | {"schemas": [kind.schema.id, *urns]}


def _settle(
    attributes: Iterable[Attribute], content: Document, prefix: str, missing: type[ScimError]
) -> Document:
    settled = {}
    for attribute in attributes:
        value = content.get(attribute.name)
        if value is None:
            continue
        if attribute.multi_valued:
            value = _settle_list(attribute, value, prefix + attribute.name, missing)
        elif attribute.sub_attributes:
            value = _settle_element(attribute, value, prefix + attribute.name, missing)
        if value or not is_absent(value):
            settled[attribute.name] = value
    return settled


def _settle_list(
    attribute: Attribute, elements: list[Any], name: str, missing: type[ScimError]
) -> list[Any]:
    if attribute.sub_attributes:
        settled = (_settle_element(attribute, element, name, missing) for element in elements)
        elements = [element for element in settled if element]
    if len(elements) < 2:
        return elements
    kept: dict[bytes, Any] = {}
    for element in elements:
        identity = _identity(element)
        if identity not in kept or _is_primary(element):
            kept[identity] = element
    if sum(map(_is_primary, kept.values())) > 1:
        raise InvalidValue(f'"{name}" has more than one primary value.')
    return list(kept.values())


def _settle_element(
    attribute: Attribute, element: Document, name: str, missing: type[ScimError]
) -> Document:
    subs = _stored(attribute.sub_attributes)
    settled = _settle(subs, element, f"{name}.", missing)
    if settled:
        require_subs(subs, settled, name, missing)
    return settled


def _identity(element: Any) -> bytes:
    """What two elements have in common when they are one: type and value, else everything."""
    if isinstance(element, dict) and "value" in element:
        element = [element.get("type"), element["value"]]
    return orjson.dumps(element, option=orjson.OPT_SORT_KEYS)


def _is_primary(element: object) -> bool:
    return isinstance(element, dict) and element.get("primary") is True


def require_subs(
    subs: Iterable[Attribute], element: Document, name: str, missing: type[ScimError]
) -> None:
    """Raise ``missing`` for a required sub-attribute without a value; its parent has one."""
    for sub in subs:
        writable = sub.required and sub.mutability is not Mutability.READ_ONLY
        if writable and _is_blank(element.get(sub.name)):
            raise missing(f'"{name}.{sub.name}" is required.')


@cache
def required(kind: ResourceType) -> tuple[Path, ...]:
    """The stored attributes that a client must write."""
    return tuple(path for path in demanded(kind) if not is_secret(path.attribute))


@cache
def demanded(kind: ResourceType) -> tuple[Path, ...]:
    """The attributes that a client must write, secrets included."""
    return tuple(
        path
        for path in kind.paths()
        if path.attribute.required
        and path.attribute.mutability is not Mutability.READ_ONLY
        and (path.urn, path.attribute.name) != (None, "schemas")
    )


def require(document: Document, paths: Iterable[Path], missing: type[ScimError]) -> None:
    """Raise ``missing`` naming each path without a value; extensions only if they are there."""
    lacking = []
    for path in paths:
        content = document if path.urn is None else document.get(path.urn)
        if content is not None and _is_blank(content.get(path.attribute.name)):
            lacking.append(f'"{path.text}"')
    if lacking:
        raise missing(f"{', '.join(lacking)} {'are' if lacking[1:] else 'is'} required.")
