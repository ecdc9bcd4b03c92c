"""Filters on ``members`` and ``groups``, which are rows of their own and not in any document."""

from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    FromClause,
    and_,
    case,
    exists,
    false,
    literal,
    not_,
    or_,
    select,
)

from scim_server.protocol.bind import And, Bound, Compare, Never, Not, Or, Present, Within
from scim_server.store.columns import by_code_point, kind_condition, location
from scim_server.store.models import MEMBERSHIP, RESOURCE
from scim_server.store.scope import Found, Scope, compare

RANK = 2


def find_groups(scope: Scope, inner: Bound) -> Found:
    """The groups with a member for which ``inner`` holds."""
    link, member = MEMBERSHIP.alias(), RESOURCE.alias()
    keys = (
        select(link.c.group)
        .join(member, (member.c.tenant == link.c.tenant) & (member.c.id == link.c.member))
        .where(link.c.tenant == scope.tenant, member_condition(scope, member, inner))
    )
    return Found(keys, link.c.group, link, RANK)


def member_condition(
    scope: Scope, row: FromClause, node: Bound, direct: ColumnElement[bool] | None = None
) -> ColumnElement[bool]:
    """A condition on one element of ``members`` or ``groups``: the resource that it stands for.

    direct: for ``groups``, whether the membership is; their ``type`` says that, not the kind.
    """
    match node:
        case Never() | Within():
            return false()
        case Not(inner):
            return not_(member_condition(scope, row, inner, direct))
        case And(terms):
            return and_(*(member_condition(scope, row, term, direct) for term in terms))
        case Or(terms):
            return or_(*(member_condition(scope, row, term, direct) for term in terms))
        case Present(path):
            is_display = path.sub is not None and path.sub.name == "display"
            return row.c.display.is_not(None) if is_display else row.c.id.is_not(None)
        case Compare():
            return _compare_part(scope, row, node, direct)


def _compare_part(
    scope: Scope, row: FromClause, leaf: Compare, direct: ColumnElement[bool] | None
) -> ColumnElement[bool]:
    match leaf.path.leaf.name:
        case "value":
            return compare(row.c.public_id, leaf.operator, leaf.key)
        case "$ref":
            return compare(location(scope, row), leaf.operator, leaf.key)
        case "display":
            display: ColumnElement[Any] = row.c.display_key
            return display.is_not(None) & compare(display, leaf.operator, leaf.key)
        case _:
            return (
                kind_condition(scope, row, leaf)
                if direct is None
                else _type_condition(direct, leaf)
            )


def _type_condition(direct: ColumnElement[bool], leaf: Compare) -> ColumnElement[bool]:
    word = case((direct, "direct"), else_="indirect")
    return compare(by_code_point(word), leaf.operator, leaf.key)


def find_members(scope: Scope, inner: Bound) -> Found:
    """The resources that are, directly or through nested groups, in a group where it holds."""
    reach = _reach(scope, None if _speaks_of_type(inner) else inner)
    group, link = RESOURCE.alias(), MEMBERSHIP.alias()
    direct = exists(
        select(literal(1))
        .select_from(link)
        .where(
            link.c.tenant == scope.tenant,
            link.c.group == reach.c.group,
            link.c.member == reach.c.member,
        )
        .correlate(reach)
    )
    keys = (
        select(reach.c.member)
        .join(group, (group.c.tenant == scope.tenant) & (group.c.id == reach.c.group))
        .where(member_condition(scope, group, inner, direct))
    )
    return Found(keys, reach.c.member, reach, RANK)


def _reach(scope: Scope, seeds: Bound | None) -> CTE:
    """(group, member) for every direct and indirect membership, below the groups that matter."""
    link, group = MEMBERSHIP.alias(), RESOURCE.alias()
    start = select(link.c.group, link.c.member).where(link.c.tenant == scope.tenant)
    if seeds is not None:
        start = start.join(
            group, (group.c.tenant == link.c.tenant) & (group.c.id == link.c.group)
        ).where(member_condition(scope, group, seeds, literal(True)))
    reach = start.cte(recursive=True)
    below = MEMBERSHIP.alias()
    return reach.union(
        select(reach.c.group, below.c.member)
        .join(below, below.c.group == reach.c.member)
        .where(below.c.tenant == scope.tenant)
    )


def _speaks_of_type(node: Bound) -> bool:
    match node:
        case And(terms) | Or(terms):
            return any(_speaks_of_type(term) for term in terms)
        case Not(inner):
            return _speaks_of_type(inner)
        case Compare(path):
            return path.leaf.name == "type"
        case _:
            return False
