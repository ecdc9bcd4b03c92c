"""Filters on assigned applications, which are shown among the values that clients write."""

from sqlalchemy import ColumnElement, FromClause, and_, false, literal, not_, or_, select, true

from scim_server.directory.rights.entitlements import TYPE
from scim_server.protocol.bind import And, Bound, Compare, Never, Not, Or, Present, Within
from scim_server.protocol.schema import Path
from scim_server.store.columns import by_code_point
from scim_server.store.models import APPLICATION, ASSIGNMENT, MEMBERSHIP
from scim_server.store.scope import Found, Scope, compare

RANK = 2


def find(scope: Scope, inner: Bound) -> Found:
    """The resources that have an application for which it holds, their own or a group's."""
    assigned, application, below = ASSIGNMENT.alias(), APPLICATION.alias(), MEMBERSHIP.alias()
    same = (application.c.tenant == assigned.c.tenant) & (
        application.c.id == assigned.c.application
    )
    reach = (
        select(assigned.c.holder.label("member"))
        .join(application, same)
        .where(assigned.c.tenant == scope.tenant, _condition(application, inner))
        .cte(recursive=True)
    )
    reach = reach.union(
        select(below.c.member)
        .join(reach, below.c.group == reach.c.member)
        .where(below.c.tenant == scope.tenant)
    )
    return Found(select(reach.c.member), reach.c.member, reach, RANK)


def _condition(row: FromClause, node: Bound) -> ColumnElement[bool]:
    """A condition on one application, as the element of the list that shows it."""
    match node:
        case Never() | Within():
            return false()
        case Not(inner):
            return not_(_condition(row, inner))
        case And(terms):
            return and_(*(_condition(row, term) for term in terms))
        case Or(terms):
            return or_(*(_condition(row, term) for term in terms))
        case Present(path):
            return false() if _part(row, path) is None else true()
        case Compare(path, operator, key):
            part = _part(row, path)
            return false() if part is None else compare(part, operator, key)


def _part(row: FromClause, path: Path) -> ColumnElement[str] | None:
    """What the element holds there; None: nothing."""
    match path.sub.name if path.sub else "value":
        case "value":
            return by_code_point(row.c.id)
        case "display":
            name: ColumnElement[str] = row.c.name_key
            return name
        case "type":
            return by_code_point(literal(TYPE))
        case _:
            return None
