"""What attributes exist and how they behave (RFC 7643 §2, §6, §7).

Frozen descriptions only, equal by identity; loading/registry.py makes them from ``schemas/``.
Names are looked up regardless of letter case and answered in their canonical spelling.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path as File
from typing import Any

from scim_server.protocol.storage import STANDING, Storage

Document = dict[str, Any]
"""A JSON object as clients send and see it."""


class Type(StrEnum):
    """The data types of RFC 7643 §2.3."""

    STRING = "string"
    BOOLEAN = "boolean"
    DECIMAL = "decimal"
    INTEGER = "integer"
    DATE_TIME = "dateTime"
    BINARY = "binary"
    REFERENCE = "reference"
    COMPLEX = "complex"


class Mutability(StrEnum):
    """RFC 7643 §7."""

    READ_ONLY = "readOnly"
    READ_WRITE = "readWrite"
    IMMUTABLE = "immutable"
    WRITE_ONLY = "writeOnly"


class Returned(StrEnum):
    """RFC 7643 §7."""

    ALWAYS = "always"
    NEVER = "never"
    DEFAULT = "default"
    REQUEST = "request"


class Uniqueness(StrEnum):
    """RFC 7643 §7; ``global`` is enforced as ``server`` is, within the tenant."""

    NONE = "none"
    SERVER = "server"
    GLOBAL = "global"


fold_name = str.lower
"""The form in which attribute names are compared (RFC 7643 §2.1)."""


@dataclass(frozen=True, slots=True, eq=False)
class Attribute:
    """One attribute definition; the defaults are those of RFC 7643 §2.2."""

    name: str
    type: Type = Type.STRING
    multi_valued: bool = False
    required: bool = False
    case_exact: bool = False
    mutability: Mutability = Mutability.READ_WRITE
    returned: Returned = Returned.DEFAULT
    uniqueness: Uniqueness = Uniqueness.NONE
    canonical_values: tuple[str, ...] = ()
    reference_types: tuple[str, ...] = ()
    sub_attributes: tuple["Attribute", ...] = ()
    by_name: Mapping[str, "Attribute"] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {fold_name(a.name): a for a in self.sub_attributes})

    def sub(self, name: str) -> "Attribute | None":
        """The sub-attribute of that name, whatever its letter case."""
        return self.by_name.get(fold_name(name))

    @property
    def is_complex(self) -> bool:
        """Whether its values are objects."""
        return self.type is Type.COMPLEX

    @property
    def is_secret(self) -> bool:
        """Whether nobody may ever read a value: it is judged, and not stored."""
        return self.mutability is Mutability.WRITE_ONLY or self.returned is Returned.NEVER


@dataclass(frozen=True, slots=True, eq=False)
class Schema:
    """A schema by its URN; ``document`` is what ``/Schemas`` serves, without ``meta``."""

    id: str
    attributes: tuple[Attribute, ...]
    document: Document = field(repr=False)
    by_name: Mapping[str, Attribute] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {fold_name(a.name): a for a in self.attributes})

    def attribute(self, name: str) -> Attribute | None:
        """The attribute of that name, whatever its letter case."""
        return self.by_name.get(fold_name(name))


@dataclass(frozen=True, slots=True)
class Path:
    """A resolved attribute path; ``urn`` names the extension that holds the attribute, if any."""

    urn: str | None
    attribute: Attribute
    sub: Attribute | None = None

    @property
    def leaf(self) -> Attribute:
        """The attribute that holds the value."""
        return self.sub or self.attribute

    @property
    def is_secret(self) -> bool:
        """Whether the value, or all of what holds it, may never be read."""
        return self.attribute.is_secret or self.leaf.is_secret

    @property
    def text(self) -> str:
        """Canonical spelling: ``name.familyName``, ``urn:…:User:manager.value``."""
        name = self.attribute.name if self.sub is None else f"{self.attribute.name}.{self.sub.name}"
        return name if self.urn is None else f"{self.urn}:{name}"

    def to(self, sub: Attribute) -> "Path":
        """The path of one of its sub-attributes."""
        return Path(self.urn, self.attribute, sub)


@dataclass(frozen=True, slots=True)
class Extension:
    """A schema extension of a resource type (RFC 7643 §6)."""

    schema: Schema
    required: bool


COMMON = (
    Attribute(
        "schemas",
        Type.REFERENCE,
        multi_valued=True,
        required=True,
        case_exact=True,
        returned=Returned.ALWAYS,
        reference_types=("uri",),
    ),
    Attribute(
        "id",
        required=True,
        case_exact=True,
        mutability=Mutability.READ_ONLY,
        returned=Returned.ALWAYS,
        uniqueness=Uniqueness.SERVER,
    ),
    Attribute("externalId", case_exact=True),
    Attribute(
        "meta",
        Type.COMPLEX,
        mutability=Mutability.READ_ONLY,
        sub_attributes=(
            Attribute("resourceType", case_exact=True, mutability=Mutability.READ_ONLY),
            Attribute("created", Type.DATE_TIME, mutability=Mutability.READ_ONLY),
            Attribute("lastModified", Type.DATE_TIME, mutability=Mutability.READ_ONLY),
            Attribute(
                "location",
                Type.REFERENCE,
                case_exact=True,
                mutability=Mutability.READ_ONLY,
                reference_types=("uri",),
            ),
            Attribute("version", case_exact=True, mutability=Mutability.READ_ONLY),
        ),
    ),
)
"""The attributes of every resource; a schema that lists them again does not win (RFC 7643 §3.1)."""


@dataclass(frozen=True, slots=True, eq=False)
class ResourceType:
    """A resource type, called a ``kind`` throughout (RFC 7643 §6)."""

    name: str
    endpoint: str
    schema: Schema
    extensions: tuple[Extension, ...] = ()
    storage: Storage = field(default_factory=Storage)
    document: Document = field(default_factory=dict, repr=False)
    attributes: Mapping[str, Attribute] = field(init=False, repr=False)
    by_urn: Mapping[str, Schema] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        attributes = {fold_name(a.name): a for a in (*self.schema.attributes, *COMMON)}
        object.__setattr__(self, "attributes", attributes)
        urns = {fold_name(e.schema.id): e.schema for e in self.extensions}
        object.__setattr__(self, "by_urn", urns)

    def attribute(self, name: str) -> Attribute | None:
        """The common or core attribute of that name, whatever its letter case."""
        return self.attributes.get(fold_name(name))

    def extension(self, urn: str) -> Schema | None:
        """The extension with that URN, whatever its letter case."""
        return self.by_urn.get(fold_name(urn))

    def paths(self) -> Iterator[Path]:
        """Every top-level attribute, common and core first, then the extensions'."""
        for attribute in self.attributes.values():
            yield Path(None, attribute)
        for extension in self.extensions:
            for attribute in extension.schema.attributes:
                yield Path(extension.schema.id, attribute)

    def leaves(self) -> Iterator[Path]:
        """Every path that holds a value of its own."""
        for path in self.paths():
            if path.attribute.is_complex:
                yield from (path.to(sub) for sub in path.attribute.sub_attributes)
            else:
                yield path

    def column(self, path: Path) -> str | None:
        """Which of STANDING the path is."""
        name = path.attribute.name
        is_account = path.urn is not None and path.urn == self.storage.account
        return name if is_account and name in STANDING else None

    def resolve(self, text: str) -> Path | None:
        """The path behind ``name.familyName`` or ``urn:…:User:manager.value``; None if unknown.

        Known URNs are matched as prefixes first: they hold dots and colons of their own (§3.10).
        """
        urn, rest = self._split_urn(text)
        name, dot, sub_name = rest.partition(".")
        schema = self.extension(urn) if urn else None
        attribute = schema.attribute(name) if schema else self.attribute(name)
        if attribute is None:
            return None
        path = Path(schema.id if schema else None, attribute)
        if not dot:
            return path
        sub = attribute.sub(sub_name)
        return path.to(sub) if sub else None

    def _split_urn(self, text: str) -> tuple[str | None, str]:
        if ":" not in text:
            return None, text
        folded = fold_name(text)
        core = fold_name(self.schema.id)
        # One URN may begin another: the longest is meant, for attribute names hold no colon.
        known = (urn for urn in (core, *self.by_urn) if folded.startswith(urn + ":"))
        urn = max(known, key=len, default=None)
        if urn is None:
            return None, text
        return None if urn == core else urn, text[len(urn) + 1 :]


@dataclass(frozen=True, slots=True)
class Registry:
    """Every schema and resource type that this server serves; ``files`` defines them, by URN."""

    schemas: Mapping[str, Schema]
    kinds: Mapping[str, ResourceType]
    files: Mapping[str, File]

    def kind_at(self, endpoint: str) -> ResourceType | None:
        """The resource type behind ``/Users``."""
        return next((k for k in self.kinds.values() if k.endpoint == endpoint), None)

    @property
    def own_kind(self) -> ResourceType:
        """What a credential may be bound to: the one resource type whose accounts have a status."""
        return next(k for k in self.kinds.values() if k.storage.status)
