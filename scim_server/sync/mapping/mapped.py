"""A mapping: which document of a kind an entry of a source stands for.

bind.py makes it of a file.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from scim_server.protocol.errors import InvalidValue
from scim_server.protocol.schema import Attribute, Document, Path, ResourceType
from scim_server.sync.entries import Entry
from scim_server.sync.mapping.copying import copied
from scim_server.sync.mapping.expressions import Expression, Values, fold
from scim_server.sync.mapping.names import Name
from scim_server.sync.mapping.typed import typed

LARGEST = 2**20
"""Characters of an entry that are made into a document: as large as a request may be."""
MOST_VIEWS = 1_000
"""Elements that one expression with ``each`` makes."""


class Piece(Protocol):
    """What makes the value of one attribute."""

    @property
    def names(self) -> frozenset[str]:
        """The source's attributes that it reads."""

    def made(self, entry: Values) -> Any:
        """The value, None where there is none. Raises InvalidValue."""


@dataclass(frozen=True, slots=True)
class One:
    """A simple value: the first that the expression gives."""

    place: str
    attribute: Attribute
    of: Expression

    @property
    def names(self) -> frozenset[str]:
        """Of the expression."""
        return self.of.names

    def made(self, entry: Values) -> Any:
        """Of the attribute's type."""
        found = self.of.values(entry)
        return typed(self.attribute, found[0], self.place) if found else None


@dataclass(frozen=True, slots=True)
class Several(One):
    """A list of simple values: all that the expression gives, each once."""

    def made(self, entry: Values) -> Any:
        """Each of the attribute's type."""
        found = dict.fromkeys(self.of.values(entry))
        made = (typed(self.attribute, text, self.place) for text in found)
        return [value for value in made if value is not None] or None


@dataclass(frozen=True, slots=True)
class Reference(One):
    """The value that names another entry of the source; ``spell``: in the form that it has."""

    spell: Callable[[str], str] = str

    def made(self, entry: Values) -> Any:
        """In the place of the id."""
        text = One.made(self, entry)
        return Name(self.spell(text)) if text else None


@dataclass(frozen=True, slots=True)
class Whole:
    """An object: an element, a complex attribute, an extension, or the document itself."""

    parts: Mapping[str, Piece]

    @property
    def names(self) -> frozenset[str]:
        """Of all parts."""
        return _names(self.parts.values())

    def made(self, entry: Values) -> Any:
        """The parts that have a value."""
        found = {name: part.made(entry) for name, part in self.parts.items()}
        return {name: value for name, value in found.items() if value is not None} or None


@dataclass(frozen=True, slots=True)
class Element:
    """Elements of a list: one, or one for ``each`` value that the entry has under a name.

    telling: names of the parts that are not constant
    """

    whole: Whole
    each: str | None
    telling: frozenset[str]

    @property
    def names(self) -> frozenset[str]:
        """Of what it is made of, and the name itself."""
        return self.whole.names | ({self.each} if self.each else frozenset())

    def elements(self, entry: Values) -> Iterator[Document]:
        """Those that say something of the entry, or are constant as a whole."""
        for one in self._views(entry):
            made = self.whole.made(one)
            if made and (made.keys() & self.telling or not self.telling):
                yield made

    def _views(self, entry: Values) -> Iterator[Values]:
        if self.each is None:
            yield entry
            return
        name = fold(self.each)
        each = entry.get(name, ())
        besides = {other: entry.get(other, ()) for other in map(fold, self.whole.names)}
        # Every element may repeat all that it is made of besides.
        size = sum(len(text) for other in besides if other != name for text in besides[other])
        if len(each) > MOST_VIEWS or len(each) * size > LARGEST:
            raise InvalidValue(f'"{self.each}" has too many values.')
        yield from ({**besides, name: [value]} for value in each)


@dataclass(frozen=True, slots=True)
class Elements:
    """A list of objects."""

    of: tuple[Element, ...]

    @property
    def names(self) -> frozenset[str]:
        """Of all elements."""
        return _names(self.of)

    def made(self, entry: Values) -> Any:
        """In the order of the mapping: what comes again as another type is left out.

        The first primary one stays it.
        """
        found: dict[str, Document] = {}
        is_primary = False
        for each in self.of:
            for element in each.elements(entry):
                if is_primary:
                    element.pop("primary", None)
                same = repr(sorted(part for part in element.items() if part[0] not in BESIDES))
                found.setdefault(same, element)
                is_primary = is_primary or bool(found[same].get("primary"))
        return list(found.values()) or None


BESIDES = frozenset({"type", "primary", "display"})
"""Sub-attributes that tell of a value, and are not what it is."""


@dataclass(frozen=True, slots=True)
class Mapped:
    """What a mapping says about a kind.

    copied: attributes that are taken as they are, of sources that speak SCIM
    flag:   what decides whether somebody is switched on, where the mapping does
    """

    kind: ResourceType
    whole: Whole
    copied: tuple[Path, ...] = ()
    flag: One | None = None

    @property
    def names(self) -> frozenset[str]:
        """The source's attributes that it reads."""
        return self.whole.names | (self.flag.names if self.flag else frozenset())

    @property
    def owned(self) -> tuple[str, ...]:
        """The attributes that it writes, as events name them: ``urn:…:User:department``.

        Members are among them: whoever says which groups there are, says who is in them.
        """
        urns = {extension.schema.id for extension in self.kind.extensions}
        texts = {path.text for path in self.copied} | {*filter(None, [self.kind.storage.members])}
        for name, part in self.whole.parts.items():
            inner = part.parts if isinstance(part, Whole) and name in urns else None
            texts |= {name} if inner is None else {f"{name}:{each}" for each in inner}
        return tuple(sorted(texts))

    def document(self, entry: Entry) -> Document:
        """As the entry has it: unchecked, with Names, without the flag.

        Raises: InvalidValue, InvalidSyntax
        """
        if sum(len(text) for values in entry.values.values() for text in values) > LARGEST:
            raise InvalidValue(f"The entry has more than {LARGEST:,} characters.")
        document = copied(self.copied, entry.document)
        for name, value in (self.whole.made(entry.values) or {}).items():
            inner = document.get(name)
            document[name] = {**inner, **value} if isinstance(inner, dict) else value
        return {"schemas": [self.kind.schema.id]} | document

    def active(self, entry: Entry) -> bool | None:
        """Whether it is switched on: as the mapping has it, else as the source; None: neither says.

        Raises: InvalidValue
        """
        decided = self.flag.made(entry.values) if self.flag else None
        return entry.active if decided is None else decided


def _names(parts: Iterable[Piece | Element]) -> frozenset[str]:
    return frozenset().union(*(part.names for part in parts))
