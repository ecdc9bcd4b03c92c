"""V-09: what belongs to something belongs to what there is, in its own tenant.

Of every table that there is, by its foreign keys; of memberships, links.py tells both sides.
"""

from collections.abc import Iterator

from sqlalchemy import Connection, ForeignKeyConstraint, Table, and_, select

from scim_server.store.check.violation import Violation
from scim_server.store.models import MEMBERSHIP, TENANT
from scim_server.store.models.base import Base

STREAMED = {"yield_per": 1000}


def owner_violations(connection: Connection) -> Iterator[Violation]:
    """Rows of a tenant that there is not, and rows without what they belong to."""
    for table in Base.metadata.sorted_tables:
        if "tenant" in table.c:
            yield from _strangers(connection, table)
        for key in table.foreign_key_constraints:
            if key.referred_table is not TENANT and table is not MEMBERSHIP:
                yield from _orphans(connection, table, key)


def _strangers(connection: Connection, table: Table) -> Iterator[Violation]:
    unknown = table.c.tenant.not_in(select(TENANT.c.id))
    for (tenant,) in connection.execute(select(table.c.tenant).distinct().where(unknown)):
        yield Violation("V-09", tenant, table.name, "*", "there is no such tenant")


def _orphans(
    connection: Connection, table: Table, key: ForeignKeyConstraint
) -> Iterator[Violation]:
    owner = key.referred_table.alias()
    same = and_(*(each.parent == owner.c[each.column.name] for each in key.elements))
    named = and_(*(column.is_not(None) for column in key.columns))
    *_, id = table.primary_key.columns
    statement = (
        select(table.c.tenant, id)
        .join_from(table, owner, same, isouter=True)
        .where(owner.c.tenant.is_(None), named)
    )
    what = f"its {key.referred_table.name} is not there"
    for tenant, name in connection.execute(statement, execution_options=STREAMED):
        yield Violation("V-09", tenant, table.name, str(name), what)
