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
    fold_name,
)

_SERVED = frozenset({"schemas", "id", "meta"})
"""Common attributes that the server writes."""

MOST_VALUES = 1000
"""Of one multi-valued attribute, members apart."""


def is_absent(value: object) -> bool:
    """Whether JSON says that there is no value: null, [] and {} are the same (§2.5)."""
    return value is None or (not value and isinstance(value, list | dict))


def _is_blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


@cache
def _stored(attributes: tuple[Attribute, ...]) -> tuple[Attribute, ...]:
    """All but the secrets."""
    return tuple(a for a in attributes if not a.is_secret)


@cache
def _core(kind: ResourceType) -> tuple[Attribute, ...]:
    common_first = sorted(kind.attributes.values(), key=lambda a: a not in COMMON)
    return tuple(a for a in _stored(tuple(common_first)) if a.name not in _SERVED)


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
    _refuse_long_lists(kind, finished)
    for name in kind.storage.identifier:
        check_identifier(finished.get(name, ""), name)
    return declare(kind, finished)


def _refuse_long_lists(kind: ResourceType, finished: Document) -> None:
    """Members are rows and may be any number; every other list is read with each PATCH of it."""
    for name, value in finished.items():
        for inner, part in value.items() if isinstance(value, dict) else ((name, value),):
            is_long = isinstance(part, list) and len(part) > MOST_VALUES
            if is_long and inner != kind.storage.members:
                raise InvalidValue(f'"{inner}" has more than {MOST_VALUES} values.')


def names_itself(urn: str, key: str, value: object) -> bool:
    """Whether the object of an extension says in ``schemas`` which one it is.

    RFC 7643 §3 has ``schemas`` in every JSON structure, and scim2-models writes it here too.
    """
    if fold_name(key) != "schemas" or not isinstance(value, list):
        return False
    return [fold_name(str(each)) for each in value] == [fold_name(urn)]


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
        same = identity(element)
        if same not in kept or _is_primary(element):
            kept[same] = element
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


def identity(element: Any) -> bytes:
    """What two elements have in common when they are one (§2.4): type and value, else all.

    Of named values, as the account extension has them, the name besides.
    """
    if isinstance(element, dict) and "value" in element:
        element = [element.get("type"), element.get("name"), element["value"]]
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
    return tuple(path for path in demanded(kind) if not path.attribute.is_secret)


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
