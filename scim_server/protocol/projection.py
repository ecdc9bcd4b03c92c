"""Which attributes a response carries (RFC 7644 §3.4.2.5, §3.9; ``returned`` of RFC 7643 §7)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any, Optional

from scim_server.protocol.errors import InvalidValue
from scim_server.protocol.schema import (
    Attribute,
    Document,
    Path,
    ResourceType,
    Returned,
)

Plan = Mapping[str, Optional["Plan"]]
"""The names that are shown: None for all of the value, a plan for a part of it."""


@dataclass(frozen=True, slots=True)
class Projection:
    """What was asked for, as canonical path texts or extension URNs; no ``attributes``: None.

    ``written`` are the attributes that this very request wrote.
    """

    attributes: frozenset[str] | None = None
    excluded: frozenset[str] = frozenset()
    written: frozenset[str] = frozenset()

    def names(self, text: str) -> bool:
        """Whether the request named the attribute, or wrote it and named none."""
        return text in (self.written if self.attributes is None else self.attributes)

    def hides(self, attribute: Attribute, text: str) -> bool:
        """Whether nothing of the attribute may be shown."""
        if attribute.is_secret:
            return True
        return text in self.excluded and attribute.returned is not Returned.ALWAYS

    def shows(self, attribute: Attribute, text: str, inherited: bool) -> bool:
        """Whether the attribute is shown; ``inherited`` says that what holds it is."""
        if attribute.returned is Returned.ALWAYS or self.names(text):
            return True
        return inherited and attribute.returned is Returned.DEFAULT


def parse(
    kind: ResourceType, attributes: Sequence[str] | None, excluded: Sequence[str] | None
) -> Projection:
    """Resolve the names of ``attributes`` or ``excludedAttributes``; unknown ones are ignored.

    Raises InvalidValue when both are given.
    """
    if attributes and excluded:
        raise InvalidValue('"attributes" and "excludedAttributes" exclude each other.')
    named = frozenset(_resolved(kind, attributes)) if attributes else None
    return Projection(named, frozenset(_resolved(kind, excluded or ())))


def _resolved(kind: ResourceType, names: Iterable[str]) -> Iterator[str]:
    for name in map(str.strip, names):
        extension = kind.extension(name)
        path = kind.resolve(name)
        if extension is not None:
            yield extension.id
        elif path is not None:
            yield path.text


def with_written(projection: Projection, names: Iterable[str]) -> Projection:
    """Add what the request wrote: ``returned: request`` attributes among it are shown, too.

    Names are canonical path texts; they count for nothing where ``attributes`` rules.
    """
    return replace(projection, written=frozenset(names))


def written(kind: ResourceType, document: Document) -> frozenset[str]:
    """The ``returned: request`` attributes to which a document gives a value."""
    return frozenset(
        leaf.text
        for leaf in _on_request(kind)
        if (document if leaf.urn is None else document.get(leaf.urn, {})).get(leaf.attribute.name)
        is not None
    )


@cache
def _on_request(kind: ResourceType) -> tuple[Path, ...]:
    paths = (
        p for path in kind.paths() for p in (path, *map(path.to, path.attribute.sub_attributes))
    )
    return tuple(path for path in paths if path.leaf.returned is Returned.REQUEST)


def wants(kind: ResourceType, projection: Projection, name: str) -> bool:
    """Whether a top-level attribute is shown at all, so that the store may leave it unread."""
    plan = _plan(kind, projection)
    return plan is None or name in plan


def project(kind: ResourceType, view: Document, projection: Projection) -> Document:
    """Return the part of a view, or of a piece of one, that is shown; its order stays."""
    plan = _plan(kind, projection)
    return view if plan is None else _cut(plan, view)


def _cut(plan: Plan, content: Document) -> Document:
    shown: Document = {}
    for name, value in content.items():
        if name in plan:
            inner = plan[name]
            part = value if inner is None else _part(inner, value)
            if part or not value:
                shown[name] = part
    return shown


def _part(plan: Plan, value: Any) -> Any:
    if isinstance(value, list):
        return [part for element in value if (part := _cut(plan, element))]
    return _cut(plan, value)


@lru_cache(maxsize=1024)
def _plan(kind: ResourceType, projection: Projection) -> Plan | None:
    common_and_core = tuple(kind.attributes.values())
    default = projection.attributes is None
    plan = dict(_entries(projection, common_and_core, "", default))
    for extension in kind.extensions:
        urn, attributes = extension.schema.id, extension.schema.attributes
        inherited = urn not in projection.excluded if default else projection.names(urn)
        inner = dict(_entries(projection, attributes, f"{urn}:", inherited))
        if inner:
            plan[urn] = _shortened(inner, attributes)
    everything = len(common_and_core) + len(kind.extensions)
    return None if len(plan) == everything and not any(plan.values()) else plan


def _entries(
    projection: Projection, attributes: Iterable[Attribute], prefix: str, inherited: bool
) -> Iterator[tuple[str, Plan | None]]:
    for attribute in attributes:
        text, subs = f"{prefix}{attribute.name}", attribute.sub_attributes
        if projection.hides(attribute, text):
            continue
        shown = projection.shows(attribute, text, inherited)
        if not subs and shown:
            yield attribute.name, None
        elif shown or any(projection.names(f"{text}.{sub.name}") for sub in subs):
            inner = dict(_entries(projection, subs, f"{text}.", shown))
            if inner:
                yield attribute.name, _shortened(inner, subs)


def _shortened(plan: Plan, attributes: Sequence[Attribute]) -> Plan | None:
    return None if len(plan) == len(attributes) and not any(plan.values()) else plan
