"""Syntax tree and schema to bound tree: resolved paths and comparison keys.

All attribute and operand errors of a filter are raised here; match.py and store/query.py run what
comes out and never fail.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from scim_server.protocol import filter as syntax
from scim_server.protocol.errors import InvalidFilter, Sensitive
from scim_server.protocol.schema import (
    Attribute,
    Path,
    ResourceType,
    Type,
    fold_name,
)
from scim_server.protocol.values import INTEGERS, key

Operator = Literal["eq", "co", "sw", "ew", "gt", "ge", "lt", "le"]


@dataclass(frozen=True, slots=True)
class Present:
    """The path holds a value other than ""; for a complex path, any sub-attribute does."""

    path: Path


@dataclass(frozen=True, slots=True)
class Compare:
    """Some value at ``path`` (never complex) compares so with ``key`` (protocol/values.py).

    ``co``, ``sw`` and ``ew`` never have an empty key.
    """

    path: Path
    operator: Operator
    key: str


@dataclass(frozen=True, slots=True)
class Within:
    """One element of the multi-valued attribute at ``path`` satisfies ``inner``.

    The paths in ``inner`` are absolute: ``emails.type``, not ``type``; or ``path`` itself, when
    its elements are simple values.
    """

    path: Path
    inner: "Bound"


@dataclass(frozen=True, slots=True)
class Not:
    """Two-valued: what has no value satisfies it."""

    inner: "Bound"


@dataclass(frozen=True, slots=True)
class And:
    """Every term holds."""

    terms: tuple["Bound", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Some term holds."""

    terms: tuple["Bound", ...]


@dataclass(frozen=True, slots=True)
class Never:
    """No resource matches: an attribute that this type lacks in a root query (§3.4.2.1)."""


Leaf = Compare | Present
"""What speaks of one value."""

Bound = Present | Compare | Within | Not | And | Or | Never

_ORDER = frozenset({"eq", "gt", "ge", "lt", "le"})
_ALL = _ORDER | {"co", "sw", "ew"}
_RULES: dict[Type, tuple[frozenset[str], tuple[type, ...], str]] = {
    Type.STRING: (_ALL, (str,), "a string"),
    Type.REFERENCE: (_ALL, (str,), "a string"),
    Type.DATE_TIME: (_ORDER, (str,), "a date and time in quotes"),
    Type.INTEGER: (_ORDER, (int, float), "a number"),
    Type.DECIMAL: (_ORDER, (int, float), "a number"),
    Type.BOOLEAN: (frozenset({"eq"}), (bool,), "true or false"),
    Type.BINARY: (frozenset({"eq"}), (str,), "a string"),
}
"""Operators besides ``ne``, and operands, that a type can be compared with (§3.4.2.2 Table 3)."""


def bind(kind: ResourceType, tree: syntax.Filter, *others: ResourceType) -> Bound:
    """Bind a filter on one resource type. Raises InvalidFilter, or Sensitive for a secret.

    What ``kind`` lacks and one of the ``others``, which are searched with it, has, has no value
    (§3.4.2.1); what none of them has is misspelt.
    """
    return _bound(tree, _Scope(_known(kind, *others)))


def bind_within(kind: ResourceType, path: Path, tree: syntax.Filter) -> Bound:
    """Bind the inner filter of a PATCH path; its names are sub-attributes of ``path.attribute``."""
    return _bound(tree, _Scope(_known(kind), element=path))


@dataclass(frozen=True, slots=True)
class _Scope:
    """Where names are looked up: in the resource, or in an element between brackets."""

    find: Callable[[str], Path | None]
    element: Path | None = None

    def path(self, name: str) -> Path | None:
        """The path of a name, None if it can have no value."""
        element = self.element
        if element is None:
            path = self.find(name)
        elif _is_element_itself(element.attribute, name):
            path = element
        else:
            path = self.find(f"{element.text}.{name}")
        if path is not None and path.is_secret:
            raise Sensitive(f'"{path.text}" cannot be part of a filter.')
        return path


def _known(kind: ResourceType, *others: ResourceType) -> Callable[[str], Path | None]:
    def find(name: str) -> Path | None:
        path = kind.resolve(name)
        if path is None and not any(other.resolve(name) for other in others):
            nobody = "No resource type has an" if others else f"A {kind.name} has no"
            raise InvalidFilter(f'{nobody} attribute "{name}".')
        return path

    return find


def _is_element_itself(attribute: Attribute, name: str) -> bool:
    """A simple value is addressed by ``value`` or the attribute's own name (erratum 7122)."""
    return not attribute.is_complex and fold_name(name) in ("value", fold_name(attribute.name))


def _bound(node: syntax.Filter, scope: _Scope) -> Bound:
    match node:
        case syntax.And(terms):
            return And(tuple(_bound(term, scope) for term in terms))
        case syntax.Or(terms):
            return Or(tuple(_bound(term, scope) for term in terms))
        case syntax.Not(inner):
            return Not(_bound(inner, scope))
        case syntax.Within(attribute, inner):
            return _within(scope.path(attribute), inner, scope)
        case syntax.Present(attribute):
            return _present(scope.path(attribute))
    return _compare(node, scope)


def _present(path: Path | None) -> Bound:
    return Never() if path is None else Present(path)


def _within(path: Path | None, tree: syntax.Filter, scope: _Scope) -> Bound:
    if path is None:
        return Never()
    if path.sub is not None or not (path.attribute.is_complex or path.attribute.multi_valued):
        raise InvalidFilter(f'"{path.text}" has no elements to filter in brackets.')
    inner = _bound(tree, replace(scope, element=path))
    if path.attribute.multi_valued:
        return Within(path, inner)
    return And((Present(path), inner))


def _compare(node: syntax.Compare, scope: _Scope) -> Bound:
    if node.operator == "ne":
        return Not(_compare(replace(node, operator="eq"), scope))
    path = scope.path(node.attribute)
    if node.value is None:
        return Not(_present(path)) if node.operator == "eq" else Never()
    if path is None:
        return Never()
    path = _comparable(path)
    operand = _operand(path, node.operator, node.value)
    if _is_primary(path) and operand == "false":
        return _not_primary(path, scope)
    if operand == "" and node.operator in ("co", "sw", "ew"):
        return Compare(path, "ge", "")
    return Compare(path, node.operator, operand)


def _comparable(path: Path) -> Path:
    """A bare multi-valued complex attribute means its ``value`` (§3.4.2.2, Figure 2)."""
    if not path.leaf.is_complex:
        return path
    value = path.attribute.sub("value") if path.attribute.multi_valued else None
    if value is not None:
        return path.to(value)
    names = ", ".join(f"{path.text}.{sub.name}" for sub in path.attribute.sub_attributes)
    raise InvalidFilter(f'"{path.text}" is complex: compare one of {names}.')


def _operand(path: Path, operator: str, value: str | int | float) -> str:
    operators, types, expected = _RULES[path.leaf.type]
    if operator not in operators:
        raise InvalidFilter(f'"{operator}" cannot be used on "{path.text}", a {path.leaf.type}.')
    if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
        raise InvalidFilter(f'"{path.text}" must be compared with {expected}.')
    if isinstance(value, int) and value not in INTEGERS:
        raise InvalidFilter(f'The number compared with "{path.text}" exceeds 64 bits.')
    try:
        return key(path.leaf, value)
    except ValueError as error:
        raise InvalidFilter(f'"{path.text}" must be compared with {expected}.') from error


def _is_primary(path: Path) -> bool:
    """The sub-attribute that counts as false while absent (RFC 7643 §2.4)."""
    sub = path.sub
    return (
        sub is not None
        and sub.type is Type.BOOLEAN
        and fold_name(sub.name) == "primary"
        and path.attribute.multi_valued
    )


def _not_primary(path: Path, scope: _Scope) -> Bound:
    element = Not(Compare(path, "eq", "true"))
    if scope.element is not None:
        return element
    return Within(replace(path, sub=None), element)
