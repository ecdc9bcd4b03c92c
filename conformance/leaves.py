"""Each published attribute and sub-attribute, and documents that differ in one of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.story import Story
from conformance.subject import Place, is_server_s, is_shown, refers, takes_no_type
from conformance.wire import Json

DEFAULTS: Json = {
    "type": "string",
    "multiValued": False,
    "required": False,
    "caseExact": False,
    "mutability": "readWrite",
    "returned": "default",
    "uniqueness": "none",
}
"""What holds where a schema does not say it (RFC 7643 §2.2)."""
REGISTERED = frozenset({"locale", "timezone", "preferredLanguage", "country"})
"""Strings that take no other text than their registries have (RFC 7643 §4.1)."""
FORMATTED = frozenset({"emails", "phoneNumbers", "ims", "addresses"})
"""Attributes whose strings have a form of their own (RFC 7643 §4.1.2)."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """An attribute that holds values itself: a simple one, or a sub-attribute."""

    kind: str
    place: Place
    sub: Json | None = None

    @property
    def definition(self) -> Json:
        """Its own definition."""
        return self.place.definition if self.sub is None else self.sub

    def trait(self, name: str) -> Any:
        """A characteristic, the default where the schema is silent."""
        return self.definition.get(name, DEFAULTS.get(name))

    def path(self) -> str:
        """As filters name it."""
        return self.place.path() + (f".{self.sub['name']}" if self.sub else "")

    def __str__(self) -> str:
        return f"{self.kind} {self.path()}"

    def writable(self) -> bool:
        """Whether any value of a client's can be in it."""
        return not (
            is_server_s(self.definition)
            or is_server_s(self.place.definition)
            or refers(self.place.definition)
        )

    def free(self) -> bool:
        """Whether it takes any text and shows it."""
        return (
            self.writable()
            and self.trait("type") == "string"
            and not self.trait("multiValued")
            and self.trait("mutability") == "readWrite"
            and is_shown(self.definition)
            and not self.definition.get("canonicalValues")
            and not takes_no_type(self.definition)
            and self.definition["name"] not in REGISTERED
            and self.place.name not in FORMATTED
        )

    def value(self, story: Story, value: object) -> object:
        """The value of the top-level attribute in which this one has ``value``.

        Of several parts it has those that are required and, for few keep an element without one,
        its own value.
        """
        held = [value] if self.trait("multiValued") else value
        if self.sub is None:
            return held
        subs = self.place.definition["subAttributes"]
        needed = {sub["name"] for sub in subs if sub.get("required")} | {"value"}
        whole = story.subject.sample({**self.place.definition, "multiValued": False})
        element = {name: part for name, part in whole.items() if name in needed}
        element[self.sub["name"]] = held
        return [element] if self.place.definition.get("multiValued") else element

    def sent(self, story: Story, value: object) -> Json:
        """A new document in which this has a value."""
        return document(story, self.kind, {self.place.path(): self.value(story, value)})

    def shown(self, body: Mapping[str, Any]) -> list[Any]:
        """Its values in what a server shows."""
        found = _many(self.place.value_in(body))
        if self.sub is None:
            return found
        name = self.sub["name"]
        parts = [each[name] for each in found if isinstance(each, dict) and name in each]
        return [value for part in parts for value in _many(part)]


def document(story: Story, kind: str, values: Mapping[str, object]) -> Json:
    """A new document with values for top-level attributes, by their paths."""
    made = story.new(kind)
    for place in story.subject.attributes(kind):
        if place.path() in values:
            holder = made if place.urn is None else made.setdefault(place.urn, {})
            holder[place.name] = values[place.path()]
            if place.urn is not None and place.urn not in made["schemas"]:
                made["schemas"] = [*made["schemas"], place.urn]
    return made


def leaves(story: Story, *types: str) -> Iterator[Leaf]:
    """Every one of every resource type, of these data types if any are named."""
    for kind in story.subject.types:
        for leaf in leaves_of(story, kind):
            if not types or leaf.trait("type") in types:
                yield leaf


def leaves_of(story: Story, kind: str) -> Iterator[Leaf]:
    """Every one of a resource type."""
    for place in story.subject.attributes(kind):
        subs = place.definition.get("subAttributes") or ()
        if place.definition.get("type") == "complex":
            yield from (Leaf(kind, place, sub) for sub in subs if sub.get("type") != "complex")
        else:
            yield Leaf(kind, place)


def named(story: Story, kind: str, path: str) -> Leaf | None:
    """The one of this path, where the server publishes it."""
    if kind not in story.subject.types:
        return None
    return next((leaf for leaf in leaves_of(story, kind) if leaf.path() == path), None)


def places(story: Story, kind: str) -> Iterator[Place]:
    """Top-level attributes that a client may write and then read, references excepted."""
    for place in story.subject.attributes(kind):
        definition = place.definition
        hidden = definition.get("returned") in {"never", "request"}
        settable = definition.get("mutability", "readWrite") == "readWrite" and not hidden
        if settable and not refers(definition) and not definition.get("required"):
            yield place


def has(story: Story, kind: str, *paths: str) -> bool:
    """Whether a type is served and publishes these top-level attributes."""
    if kind not in story.subject.types:
        return False
    known = {place.path() for place in story.subject.attributes(kind)}
    return set(paths) <= known


def _many(value: object) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
