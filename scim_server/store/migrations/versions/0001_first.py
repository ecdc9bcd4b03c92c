"""The first schema."""

import secrets
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def code_point_text() -> sa.types.TypeEngine[str]:
    """Text that both databases order by code point."""
    return sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def integer_key(name: str, type_: type[sa.Integer] = sa.Integer) -> "sa.Column[int]":
    """A column of a primary key that the server fills."""
    return sa.Column(name, type_, primary_key=True, autoincrement=False)


def upgrade() -> None:
    """Create every table, the first tenant, and the secret that signs cursors."""
    tenant = op.create_table(
        "tenant",
        integer_key("id"),
        sa.Column("name", sa.String(100), nullable=False, unique=True),
        sa.Column("created", code_point_text(), nullable=False),
    )
    op.create_table(
        "client",
        integer_key("tenant"),
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("scopes", sa.Text, nullable=False),
        sa.Column("mode", sa.String(16), nullable=False),
        sa.Column("profile", sa.String(16), nullable=False),
        sa.Column("user", sa.String(36)),
        sa.Column("rate", sa.Integer),
        sa.Column("created", code_point_text(), nullable=False),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"]),
        sa.Index("client_name", "tenant", "name", unique=True),
    )
    op.create_table(
        "token",
        integer_key("tenant"),
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("client", sa.String(36), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("created", code_point_text(), nullable=False),
        sa.Column("expires", code_point_text()),
        sa.Column("revoked", code_point_text()),
        sa.Column("last_used", code_point_text()),
        sa.ForeignKeyConstraint(["tenant", "client"], ["client.tenant", "client.id"]),
        sa.Index("token_client", "tenant", "client"),
    )
    _create_resources()
    _create_rows()
    secret = op.create_table(
        "secret",
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
    now = datetime.now(UTC).isoformat(timespec="seconds").removesuffix("+00:00")
    op.bulk_insert(tenant, [{"id": 1, "name": "default", "created": now}])
    op.bulk_insert(secret, [{"name": "cursor", "value": secrets.token_urlsafe(32)}])


def _create_resources() -> None:
    op.create_table(
        "resource",
        integer_key("tenant"),
        integer_key("id", sa.BigInteger),
        sa.Column("kind", code_point_text(), nullable=False),
        sa.Column("public_id", code_point_text(), nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("created", code_point_text(), nullable=False),
        sa.Column("modified", code_point_text(), nullable=False),
        sa.Column("status", sa.String(16)),
        sa.Column("display", code_point_text()),
        sa.Column("display_key", code_point_text()),
        sa.Column("document", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"]),
        sa.Index("resource_public_id", "tenant", "public_id", unique=True),
        sa.Index("resource_kind", "tenant", "kind", "id"),
        sa.Index("resource_modified", "tenant", "kind", "modified", "id"),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(sa.schema.CreateSequence(sa.Sequence("resource_id")))


def _create_rows() -> None:
    op.create_table(
        "value",
        integer_key("tenant"),
        integer_key("path"),
        sa.Column("key", code_point_text(), primary_key=True),
        integer_key("resource", sa.BigInteger),
        integer_key("element"),
        sa.Column("lead", sa.Integer, nullable=False),
        sa.Column("whole", code_point_text()),
        sa.Index("value_resource", "tenant", "resource", "path", "element"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "unique_key",
        integer_key("tenant"),
        integer_key("path"),
        sa.Column("key", code_point_text(), primary_key=True),
        sa.Column("resource", sa.BigInteger, nullable=False),
        sa.Index("unique_key_resource", "tenant", "resource"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "membership",
        integer_key("tenant"),
        integer_key("group", sa.BigInteger),
        integer_key("member", sa.BigInteger),
        sa.ForeignKeyConstraint(["tenant", "group"], ["resource.tenant", "resource.id"]),
        sa.ForeignKeyConstraint(["tenant", "member"], ["resource.tenant", "resource.id"]),
        sa.Index("membership_member", "tenant", "member", "group"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "event",
        integer_key("tenant"),
        sa.Column("id", code_point_text(), primary_key=True),
        sa.Column("at", code_point_text(), nullable=False),
        sa.Column("actor", sa.String(100), nullable=False),
        sa.Column("request", sa.String(64), nullable=False),
        sa.Column("kind", code_point_text(), nullable=False),
        sa.Column("resource", code_point_text(), nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("action", sa.String(32), nullable=False),
        sa.Column("changes", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"]),
        sa.Index("event_resource", "tenant", "resource", "id"),
    )


def downgrade() -> None:
    """Drop everything: there is nothing before the first schema."""
    for table in ("event", "membership", "unique_key", "value", "resource", "token", "client"):
        op.drop_table(table)
    for table in ("secret", "tenant"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(sa.schema.DropSequence(sa.Sequence("resource_id")))
