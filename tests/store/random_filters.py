"""Filters that Hypothesis makes from a kind's schemas: every path, and what is legal for it.

Operands come from the stored documents, whole, cut, or in another case: most filters find some.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from hypothesis import strategies as st

from scim_server.protocol.schema import Attribute, Document, Path, ResourceType, Type

T = TypeVar("T")
ORDER = ("eq", "ne", "gt", "ge", "lt", "le")
EVERY = (*ORDER, "co", "sw", "ew")
OPERATORS: dict[Type, tuple[str, ...]] = {
    Type.STRING: EVERY,
    Type.REFERENCE: EVERY,
    Type.DATE_TIME: ORDER,
    Type.INTEGER: ORDER,
    Type.DECIMAL: ORDER,
    Type.BOOLEAN: ("eq", "ne"),
    Type.BINARY: ("eq", "ne"),
}
OTHERWISE: dict[Type, Any] = {
    Type.BOOLEAN: True,
    Type.INTEGER: 7,
    Type.DECIMAL: 7.5,
    Type.DATE_TIME: "2026-01-01T00:00:00Z",
    Type.BINARY: "TWE=",
}
MOST = 300
"""Characters of an operand: a filter has at most 8,192 bytes."""


@dataclass(frozen=True)
class Name:
    """How a filter may name an attribute, the definition that decides, and the values it has."""

    text: str
    leaf: Attribute
    values: tuple[Any, ...]


class Names:
    """What a term may be about. No dataclass: Hypothesis would print it, long as it is."""

    def __init__(self, names: Iterable[Name] = ()) -> None:
        self.all = list(names)


class Filters:
    """Strategies over one kind and the resources that are stored of it."""

    def __init__(self, kind: ResourceType, views: Sequence[Document]) -> None:
        self.names = Names()
        self.inside: dict[str, Names] = {}
        for path in kind.paths():
            if not path.attribute.is_secret:
                self._learn(path, views)
        leaf = st.one_of(term(self.names), term(self.names), self._within())
        self.strategy = st.recursive(leaf, _combined, max_leaves=5)

    def _learn(self, path: Path, views: Sequence[Document]) -> None:
        attribute, text = path.attribute, path.text
        subs = [sub for sub in attribute.sub_attributes if not sub.is_secret]
        known = _values(path, views)
        names = self.names.all
        names += [Name(f"{text}.{s.name}", s, tuple(known[s.name])) for s in subs]
        if not attribute.is_complex:
            names.append(Name(text, attribute, tuple(known[""])))
        elif attribute.multi_valued and (value := attribute.sub("value")):
            names.append(Name(text, value, tuple(known["value"])))
        if attribute.is_complex:
            self.inside[text] = Names([Name(s.name, s, tuple(known[s.name])) for s in subs])
        elif attribute.multi_valued:
            self.inside[text] = Names([Name("value", attribute, tuple(known[""]))])

    def _within(self) -> st.SearchStrategy[str]:
        def bracketed(text: str) -> st.SearchStrategy[str]:
            inner = st.recursive(term(self.inside[text]), _combined, max_leaves=4)
            return inner.map(lambda condition: f"{text}[{condition}]")

        return st.sampled_from(sorted(self.inside)).flatmap(bracketed)


def _combined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        inner.map("not ({})".format),
        st.builds("({} and {})".format, inner, inner),
        st.builds("({} or {})".format, inner, inner),
    )


@st.composite
def term(draw: st.DrawFn, names: Names) -> str:
    """One comparison, or ``pr``."""
    name = _one(draw, names.all)
    operator = draw(st.sampled_from(("pr", *OPERATORS[name.leaf.type])))
    if operator == "pr":
        return f"{name.text} pr"
    return f"{name.text} {operator} {_operand(draw, name, operator)}"


def _one(draw: st.DrawFn, items: Sequence[T]) -> T:
    return items[draw(st.integers(0, len(items) - 1))]


def _operand(draw: st.DrawFn, name: Name, operator: str) -> str:
    """A JSON value to compare with."""
    if draw(st.integers(0, 19)) == 0:
        return "null"
    values = [*name.values[:200], OTHERWISE.get(name.leaf.type, "zz")]
    value = _one(draw, values)
    if name.leaf.type in (Type.STRING, Type.REFERENCE):
        value = _one(draw, list(_variants(value, operator)))
    elif name.leaf.type is Type.BINARY:
        value = value[: len(value) if len(value) < MOST else 4]
    return json.dumps(value)


def _variants(text: str, operator: str) -> Iterator[str]:
    yield text[:MOST]
    yield text[:MOST].swapcase()
    if operator in ("co", "sw", "gt", "lt"):
        yield text[: min(MOST, len(text) // 2)]
        yield text[:MOST][:-1]
    if operator in ("co", "ew"):
        yield text[1:][-MOST:]


def _values(path: Path, views: Sequence[Document]) -> Mapping[str, list[Any]]:
    """Sub-attribute name, or "", to the values that the views have there."""
    found: dict[str, dict[Any, None]] = defaultdict(dict)
    for view in views:
        holder = view if path.urn is None else view.get(path.urn, {})
        value = holder.get(path.attribute.name, [])
        for element in value if isinstance(value, list) else [value]:
            for name, part in element.items() if isinstance(element, dict) else [("", element)]:
                found[name][part] = None
    return defaultdict(list, {name: list(values) for name, values in found.items()})
