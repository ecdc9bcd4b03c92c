"""Attributes that name another resource: ``manager``, and any complex attribute built like it.

``value`` is the client's; ``$ref`` and a readOnly display are derived from the resource that it
names (RFC 7643 §2.4, §4.3), whenever there is one.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from scim_server.protocol.schema import Attribute, Document, Mutability, ResourceType

NOT_KINDS = frozenset({"external", "uri"})
"""referenceTypes that are no resource types (RFC 7643 §7)."""


@dataclass(frozen=True, slots=True)
class ReferenceParts:
    """The sub-attributes of a reference, and the kinds that it may name."""

    value: Attribute
    ref: Attribute
    display: Attribute | None
    kinds: tuple[str, ...]


@lru_cache(maxsize=1024)
def reference_parts(attribute: Attribute) -> ReferenceParts | None:
    """What makes a complex attribute a reference; None if it is none."""
    value, ref = attribute.sub("value"), attribute.sub("$ref")
    if value is None or ref is None:
        return None
    kinds = tuple(name for name in ref.reference_types if name not in NOT_KINDS)
    if not kinds:
        return None
    shown = (attribute.sub(name) for name in ("display", "displayName"))
    derived = (sub for sub in shown if sub and sub.mutability is Mutability.READ_ONLY)
    return ReferenceParts(value, ref, next(derived, None), kinds)


@lru_cache(maxsize=256)
def reference_attributes(
    kind: ResourceType,
) -> tuple[tuple[str | None, Attribute, ReferenceParts], ...]:
    """The kind's references, with the URN of the extension that each is in."""
    rows = (kind.storage.members, kind.storage.member_of)
    return tuple(
        (path.urn, path.attribute, parts)
        for path in kind.paths()
        if (parts := reference_parts(path.attribute))
        and (path.urn is not None or path.attribute.name not in rows)
    )


def _elements(kind: ResourceType, document: Document) -> Iterator[tuple[ReferenceParts, Document]]:
    for urn, attribute, parts in reference_attributes(kind):
        holder = document if urn is None else document.get(urn, {})
        value = holder.get(attribute.name)
        for element in value if isinstance(value, list) else [value]:
            if isinstance(element, dict):
                yield parts, element


def named(kind: ResourceType, document: Document) -> list[str]:
    """The ids that the document refers to."""
    return [
        element[parts.value.name]
        for parts, element in _elements(kind, document)
        if parts.value.name in element
    ]


def strip(kind: ResourceType, document: Document) -> None:
    """Take out, in place, what the server derives from ``value``."""
    for parts, element in _elements(kind, document):
        if parts.value.name in element:
            element.pop(parts.ref.name, None)


def fill(
    kind: ResourceType,
    document: Document,
    look_up: Callable[[str, tuple[str, ...]], tuple[str, str | None] | None],
) -> None:
    """Put in, in place, what is derived.

    look_up: id and allowed kinds to (location, display), or None if no such resource exists.
    """
    for parts, element in _elements(kind, document):
        target = look_up(element.get(parts.value.name, ""), parts.kinds)
        if target is None:
            continue
        element[parts.ref.name] = target[0]
        if parts.display and target[1] is not None:
            element[parts.display.name] = target[1]
