"""The tables ``[users]`` and ``[groups]`` of a file to mappings.

They are written as the document is, with an expression where the document has a value:

    userName = "{uid}"
    name = {givenName = "{givenName}", familyName = "{sn}"}
    emails = [{value = "{mail}", primary = true}, {each = "other", value = "{other}"}]
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User" = {manager = "{manager}"}

What refers to a resource, as ``manager`` does, names an entry of the same source. The flag, which
is ``active``, overrides what the source says by itself. ``copy`` takes over attributes of sources
that speak SCIM: all of them, or those in a list, apart from what has an expression here.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from scim_server.protocol.finish import required
from scim_server.protocol.references import reference_parts
from scim_server.protocol.schema import (
    Attribute,
    Mutability,
    Path,
    ResourceType,
    Schema,
    fold_name,
)
from scim_server.protocol.storage import STANDING
from scim_server.sync.faults import Faults
from scim_server.sync.mapping.mapped import (
    Element,
    Elements,
    Mapped,
    One,
    Piece,
    Reference,
    Several,
    Whole,
)
from scim_server.sync.mapping.parse import FORMS, parse

COPY, EACH = "copy", "each"
"""Keys that are no attributes."""


@dataclass(frozen=True, slots=True)
class Level:
    """Attributes that stand beside each other.

    closed:  names of those that no mapping writes
    besides: what else may stand there
    naming:  the one that names another entry
    """

    attributes: Collection[Attribute]
    closed: Collection[str | None] = ()
    besides: Collection[str] = ()
    naming: Attribute | None = None

    def is_open(self, attribute: Attribute) -> bool:
        """Whether a mapping may write it."""
        is_kept = attribute.mutability is Mutability.READ_ONLY or attribute.is_secret
        return not is_kept and attribute.name not in self.closed

    @property
    def names(self) -> list[str]:
        """What may stand there."""
        return [*(each.name for each in self.attributes if self.is_open(each)), *self.besides]


def bind(
    kind: ResourceType,
    given: object,
    place: str,
    faults: Faults,
    spell: Callable[[str], str] = str,
) -> Mapped:
    """The mapping of a kind; what is wrong with it is told in ``faults``.

    Args: spell: the one form in which the source names its entries
    """
    if not isinstance(given, Mapping):
        faults.at(place, "must be a table")
        return Mapped(kind, Whole({}))
    parts, binding = dict(given), _Binding(kind, faults, spell)
    copy = parts.pop(COPY, False)
    flag = binding.flag(parts, place)
    written = Mapped(kind, binding.document(parts, place), flag=flag)
    owned = written.owned
    copied = (path for path in binding.copied(copy, f"{place}.{COPY}") if path.text not in owned)
    mapped = replace(written, copied=tuple(copied))
    for path in _missing(mapped):
        faults.at(f"{place}.{path.text}", "is required")
    return mapped


def _missing(mapped: Mapped) -> Iterator[Path]:
    """What every document must have, and the mapping does not write."""
    owned = mapped.owned
    for path in required(mapped.kind):
        if path.text not in owned and (path.urn is None or path.urn in mapped.whole.parts):
            yield path


def _core(kind: ResourceType) -> Level:
    stored = kind.storage
    urns = [extension.schema.id for extension in kind.extensions]
    return Level(
        kind.attributes.values(),
        closed=("schemas", stored.members, stored.member_of, stored.status),
        besides=[*filter(None, [stored.status]), COPY, *urns],
    )


def _extension(kind: ResourceType, schema: Schema) -> Level:
    return Level(schema.attributes, STANDING if schema.id == kind.storage.account else ())


def _inside(attribute: Attribute, *besides: str) -> Level:
    parts = reference_parts(attribute)
    if parts is None:
        return Level(attribute.sub_attributes, besides=besides)
    return Level(attribute.sub_attributes, (parts.ref.name,), besides, parts.value)


def _spelt_out(attribute: Attribute, given: object) -> object:
    """``manager = "{manager}"`` is short for ``manager = {value = "{manager}"}``."""
    parts = reference_parts(attribute)
    is_short = not isinstance(given, Mapping) or bool(FORMS.keys() & given.keys())
    return {parts.value.name: given} if parts and is_short else given


@dataclass(frozen=True, slots=True)
class _Binding:
    """Reads the tables of one mapping."""

    kind: ResourceType
    faults: Faults
    spell: Callable[[str], str]

    def flag(self, parts: dict[str, object], place: str) -> One | None:
        """Takes it out of the others: it is no part of the document."""
        flag = self.kind.attribute(self.kind.storage.status or "")
        if flag is None or flag.name not in parts:
            return None
        where = f"{place}.{flag.name}"
        return One(where, flag, parse(parts.pop(flag.name), where, self.faults))

    def copied(self, given: object, place: str) -> Iterator[Path]:
        """What ``copy`` means."""
        extensions = [extension.schema for extension in self.kind.extensions]
        levels: dict[str | None, Level] = {None: _core(self.kind)}
        levels |= {each.id: _extension(self.kind, each) for each in extensions}
        open_ = [path for path in self.kind.paths() if levels[path.urn].is_open(path.attribute)]
        if given is True:
            yield from open_
        elif isinstance(given, list):
            known = {fold_name(path.text): path for path in open_}
            for name in map(str, given):
                if fold_name(name) in known:
                    yield known[fold_name(name)]
                else:
                    self.faults.unknown(place, name, [path.text for path in open_])
        elif given is not False:
            self.faults.at(place, "must be true, or an array of names of attributes")

    def document(self, given: Mapping[str, object], place: str) -> Whole:
        """All but what has keys of its own."""
        kind = self.kind
        core = {name: value for name, value in given.items() if kind.extension(name) is None}
        parts = dict(self._whole(_core(kind), core, place).parts)
        for name, value in given.items():
            if schema := kind.extension(name):
                level = _extension(kind, schema)
                parts[schema.id] = self._whole(level, value, f"{place}.{schema.id}")
        return Whole(parts)

    def _whole(self, level: Level, given: object, place: str) -> Whole:
        if not isinstance(given, Mapping):
            self.faults.at(place, f"must be a table of {', '.join(level.names)}")
            return Whole({})
        known = {fold_name(attribute.name): attribute for attribute in level.attributes}
        parts: dict[str, Piece] = {}
        for name, value in given.items():
            attribute, where = known.get(fold_name(name)), f"{place}.{name}"
            if attribute is None:
                self.faults.unknown(place, name, level.names)
            elif not level.is_open(attribute):
                self.faults.at(where, "is not for a mapping to write")
            elif attribute.name in parts:
                self.faults.at(where, "is given twice: case does not matter")
            elif attribute is level.naming:
                expression = parse(value, where, self.faults)
                parts[attribute.name] = Reference(where, attribute, expression, self.spell)
            else:
                parts[attribute.name] = self._piece(attribute, value, where)
        return Whole(parts)

    def _piece(self, attribute: Attribute, given: object, place: str) -> Piece:
        if attribute.is_complex and attribute.multi_valued:
            return Elements(tuple(self._elements(attribute, given, place)))
        if attribute.is_complex:
            return self._object(_inside(attribute), _spelt_out(attribute, given), place)
        simple = Several if attribute.multi_valued else One
        return simple(place, attribute, parse(given, place, self.faults))

    def _object(self, level: Level, given: object, place: str) -> Whole:
        whole = self._whole(level, given, place)
        for attribute in level.attributes:
            is_there = attribute.name in whole.parts or not level.is_open(attribute)
            if attribute.required and not is_there:
                self.faults.at(f"{place}.{attribute.name}", "is required")
        return whole

    def _elements(self, attribute: Attribute, given: object, place: str) -> Iterator[Element]:
        if not isinstance(given, list):
            self.faults.at(place, "must be an array of tables")
            return
        level = _inside(attribute, EACH)
        for at, element in enumerate(given):
            where, each = f"{place}[{at}]", None
            if isinstance(element, Mapping):
                element = dict(element)
                each = element.pop(EACH, None)
            if each is not None and not isinstance(each, str):
                self.faults.at(f"{where}.{EACH}", "must be the name of an attribute of the source")
                each = None
            whole = self._object(level, element, where)
            telling = frozenset(name for name, part in whole.parts.items() if part.names)
            yield Element(whole, each, telling)
