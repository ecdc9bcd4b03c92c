"""Statements of the write path, built once: building one costs more than running it."""

from sqlalchemy import BindParameter, Text, and_, bindparam, delete, func, select, update
from sqlalchemy.sql.dml import Delete, Update

from scim_server.store.models import MEMBERSHIP, RESOURCE, UNIQUE_KEY, VALUE
from scim_server.store.prepared import Prepared
from scim_server.store.records import COLUMNS
from scim_server.store.sql import RESOURCE_IDS, Many, one_of

TENANT: BindParameter[int] = bindparam("_tenant")
KEY: BindParameter[int] = bindparam("_key")
"""Names of bind parameters that are no column's, so that an UPDATE can have both."""

LOCK = Prepared(
    select(*COLUMNS)
    .where(
        RESOURCE.c.tenant == TENANT,
        RESOURCE.c.public_id == bindparam("_id"),
        RESOURCE.c.kind == bindparam("_kind"),
    )
    .with_for_update(key_share=True)
)
"""FOR NO KEY UPDATE: a membership of the resource may be inserted meanwhile."""

LOCK_ALL = (
    select(*COLUMNS)
    .where(
        RESOURCE.c.tenant == TENANT,
        RESOURCE.c.kind == bindparam("_kind"),
        one_of(RESOURCE.c.public_id, bindparam("_ids", type_=Many(Text))),
    )
    .order_by(RESOURCE.c.id)
    .with_for_update(key_share=True)
)
"""In one order for all, so that two of them never wait for each other."""

GROUPS_OF = (
    select(*COLUMNS)
    .where(
        RESOURCE.c.tenant == TENANT,
        RESOURCE.c.id.in_(
            select(MEMBERSHIP.c.group).where(
                MEMBERSHIP.c.tenant == TENANT, MEMBERSHIP.c.member == KEY
            )
        ),
    )
    .order_by(RESOURCE.c.id)
    .with_for_update(key_share=True)
)

_KEPT = frozenset({"tenant", "id", "kind", "public_id", "created"})
CHANGED = tuple(c.name for c in RESOURCE.columns if c.name not in _KEPT)
"""A column of a key in SET, even unchanged, makes SQLite look at every membership of a group."""
UPDATE: Update = (
    update(RESOURCE)
    .where(RESOURCE.c.tenant == TENANT, RESOURCE.c.id == KEY)
    .values({name: bindparam(name) for name in CHANGED})
)

LEAVE_GROUPS = (
    delete(MEMBERSHIP)
    .where(MEMBERSHIP.c.tenant == TENANT, MEMBERSHIP.c.member == KEY)
    .returning(MEMBERSHIP.c.group)
)
DELETIONS: tuple[Delete, ...] = tuple(
    delete(column.table).where(column.table.c.tenant == TENANT, column == KEY)
    for column in (
        MEMBERSHIP.c.group,
        VALUE.c.resource,
        UNIQUE_KEY.c.resource,
        RESOURCE.c.id,
    )
)
"""All other rows of a resource, its own last."""

DELETE_VALUE: Delete = delete(VALUE).where(
    and_(*(column == bindparam(f"_{column.name}") for column in VALUE.primary_key))
)
DELETE_UNIQUE_KEY: Delete = delete(UNIQUE_KEY).where(
    and_(*(UNIQUE_KEY.c[n] == bindparam(f"_{n}") for n in ("tenant", "path", "key", "resource")))
)

HIGHEST_KEY = Prepared(
    select(func.coalesce(func.max(RESOURCE.c.id), 0)).where(RESOURCE.c.tenant == TENANT)
)
NEXT_KEYS = Prepared(
    select(RESOURCE_IDS.next_value()).select_from(
        func.generate_series(1, bindparam("_count")).alias("n")
    )
)
