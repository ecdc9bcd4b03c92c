"""Bound filters to SQL: the same meaning as protocol/match.py, every value a bind parameter.

A node that can be *found* is a select of store keys. Of a conjunction the most selective term is
found and the others are *probed* for what it found: SQLite has no statistics, and would read a
whole directory for the ``active eq true`` beside a ``userName eq``.
"""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import (
    ColumnElement,
    FromClause,
    and_,
    false,
    literal,
    not_,
    or_,
    select,
    union_all,
)

from scim_server.protocol.bind import And, Bound, Compare, Leaf, Never, Not, Or, Present, Within
from scim_server.protocol.schema import Path, Type
from scim_server.store import assignment_query, membership_query
from scim_server.store.columns import column_condition, is_column
from scim_server.store.models import RESOURCE
from scim_server.store.references import reference_condition
from scim_server.store.rows import path_code
from scim_server.store.scope import Found, Scope, compare_row
from scim_server.store.sql import among, occurs

RANKS = {"sw": 3, "gt": 4, "ge": 4, "lt": 4, "le": 4, "co": 6, "ew": 6}
ANY = 7


MANY = 7
"""The rank from which on so many are found that they are better not collected first."""


def where(scope: Scope, node: Bound) -> ColumnElement[bool]:
    """The condition on RESOURCE for a bound filter."""
    key: ColumnElement[int] = RESOURCE.c.id
    found = find(scope, node)
    if found is None:
        return probe(scope, node, key, RESOURCE)
    if found.rank >= MANY:
        return key.in_(found.select)
    return among(key, found.select.scalar_subquery())


def find(scope: Scope, node: Bound) -> Found | None:
    """The store keys for which the node holds, or None where it can only be probed."""
    match node:
        case Or(terms):
            return _find_any(scope, terms)
        case And(terms):
            return _find_all(scope, terms)
        case Within(path, inner):
            return _find_within(scope, path, inner)
        case Compare() | Present():
            return _find_leaf(scope, node)
        case Not() | Never():
            return None


def probe(
    scope: Scope, node: Bound, key: ColumnElement[int], source: FromClause
) -> ColumnElement[bool]:
    """The condition that the node holds for the resource with this store key, of ``source``."""
    match node:
        case Never():
            return false()
        case Not(inner):
            return not_(probe(scope, inner, key, source))
        case And(terms):
            return and_(*(probe(scope, term, key, source) for term in terms))
        case Or(terms):
            return or_(*(probe(scope, term, key, source) for term in terms))
        case _:
            found = find(scope, node)
            assert found is not None
            return occurs(found.select.where(found.key == key).correlate(source).scalar_subquery())


def _find_any(scope: Scope, terms: tuple[Bound, ...]) -> Found | None:
    found = [find(scope, term) for term in terms]
    if any(each is None for each in found):
        return None
    return _either([each for each in found if each is not None])


def _either(parts: Sequence[Found]) -> Found:
    either = union_all(*(each.select for each in parts)).subquery()
    key = either.c[0]
    return Found(select(key), key, either, sum(each.rank for each in parts))


def _find_all(scope: Scope, terms: tuple[Bound, ...]) -> Found | None:
    found = [(each, term) for term in terms if (each := find(scope, term))]
    if not found:
        return None
    best, first = min(found, key=lambda pair: pair[0].rank)
    others = [probe(scope, term, best.key, best.source) for term in terms if term is not first]
    return replace(best, select=best.select.where(*others))


def _find_leaf(scope: Scope, leaf: Leaf) -> Found:
    path, storage = leaf.path, scope.kind.storage
    if is_column(scope.kind, path):
        row = RESOURCE.alias()
        keys = select(row.c.id).where(
            row.c.tenant == scope.tenant,
            row.c.kind == scope.kind.name,
            column_condition(scope, row, leaf),
        )
        return Found(keys, row.c.id, row, _rank(leaf))
    rows = (storage.members, storage.member_of, storage.applications)
    if path.urn is None and path.attribute.name in rows:
        return _find_within(scope, Path(None, path.attribute), leaf)
    return _find_element(scope, leaf, ())


def _find_within(scope: Scope, path: Path, inner: Bound) -> Found:
    storage = scope.kind.storage
    if path.urn is None and path.attribute.name == storage.members:
        return membership_query.find_groups(scope, inner)
    if path.urn is None and path.attribute.name == storage.member_of:
        return membership_query.find_members(scope, inner)
    written = _find_written(scope, path, inner)
    if path.urn is None and path.attribute.name == storage.applications:
        return _either((written, assignment_query.find(scope, inner)))
    return written


def _find_written(scope: Scope, path: Path, inner: Bound) -> Found:
    """By values of the document."""
    match inner:
        case Compare() | Present():
            return _find_element(scope, inner, ())
        case And(terms):
            leaves = [term for term in terms if isinstance(term, Leaf)]
            if leaves:
                first = min(leaves, key=_rank)
                return _find_element(scope, first, tuple(t for t in terms if t is not first))
        case _:
            pass
    return _find_element(scope, path, (inner,))


def _find_element(scope: Scope, first: Leaf | Path, others: tuple[Bound, ...]) -> Found:
    """Elements, all at a path or those for which a leaf holds, for which the other terms do too."""
    row = scope.value_alias()
    if isinstance(first, Path):
        lead, rank = _at(scope, row, first), ANY
    else:
        lead, rank = _row_condition(scope, row, first), _rank(first)
    rest = (_probe_element(scope, term, row) for term in others)
    keys = select(row.c.resource).where(row.c.tenant == scope.tenant, lead, *rest)
    return Found(keys, row.c.resource, row, rank)


def _probe_element(scope: Scope, node: Bound, row: FromClause) -> ColumnElement[bool]:
    match node:
        case Never():
            return false()
        case Not(inner):
            return not_(_probe_element(scope, inner, row))
        case And(terms):
            return and_(*(_probe_element(scope, term, row) for term in terms))
        case Or(terms):
            return or_(*(_probe_element(scope, term, row) for term in terms))
        case Compare() | Present():
            other = scope.value_alias()
            return occurs(
                select(literal(1))
                .select_from(other)
                .where(
                    other.c.tenant == row.c.tenant,
                    other.c.resource == row.c.resource,
                    other.c.element == row.c.element,
                    _row_condition(scope, other, node),
                )
                .correlate(row)
                .scalar_subquery()
            )
        case Within():
            raise AssertionError("bind.py lets no brackets into brackets")


def _row_condition(scope: Scope, row: FromClause, leaf: Leaf) -> ColumnElement[bool]:
    derived = reference_condition(scope, row, leaf)
    own = _own_condition(scope, row, leaf)
    return own if derived is None else own | derived


def _own_condition(scope: Scope, row: FromClause, leaf: Leaf) -> ColumnElement[bool]:
    at_path = _at(scope, row, leaf.path)
    if isinstance(leaf, Present):
        return at_path & (row.c.key != "")
    return at_path & compare_row(row, leaf.operator, leaf.key)


def _at(scope: Scope, row: FromClause, path: Path) -> ColumnElement[bool]:
    """The row is of this path, or of a sub-attribute of it."""
    if path.attribute.is_complex and path.sub is None:
        subs = path.attribute.sub_attributes
        return row.c.path.in_([path_code(scope.kind.name, path.to(s).text) for s in subs])
    equal: ColumnElement[bool] = row.c.path == path_code(scope.kind.name, path.text)
    return equal


def _rank(leaf: Leaf) -> int:
    """How selective a leaf is likely to be: the lower, the fewer it finds."""
    attribute = leaf.path.leaf
    if isinstance(leaf, Present):
        return ANY
    if attribute.type is Type.BOOLEAN:
        return 8
    if leaf.operator == "eq":
        return 5 if attribute.canonical_values else 1
    return RANKS[leaf.operator]
