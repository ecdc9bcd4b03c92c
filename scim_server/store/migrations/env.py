"""Alembic's entry: runs on the connection that store/migrate.py hands over."""

from alembic import context

from scim_server.store import sql
from scim_server.store.models.base import Base

assert sql.RESOURCE_IDS.metadata is Base.metadata
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
