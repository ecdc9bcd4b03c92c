"""Sync: sources, what became of their entries, runs and their plans."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = ("sync_step", "sync_run", "anchor", "source")


def code_point_text() -> sa.types.TypeEngine[str]:
    """Text that both databases order by code point."""
    return sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def tenant() -> "sa.Column[int]":
    """The leading column of every key."""
    return sa.Column("tenant", sa.Integer, autoincrement=False, nullable=False)


def of_source() -> sa.ForeignKeyConstraint:
    """The source of the row."""
    return sa.ForeignKeyConstraint(["tenant", "source"], ["source.tenant", "source.name"])


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "source",
        tenant(),
        sa.Column("name", code_point_text(), nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("mark", sa.Text, nullable=True),
        sa.Column("run", code_point_text(), nullable=True),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"]),
        sa.PrimaryKeyConstraint("tenant", "name"),
    )
    op.create_table(
        "anchor",
        tenant(),
        sa.Column("source", code_point_text(), nullable=False),
        sa.Column("kind", code_point_text(), nullable=False),
        sa.Column("id", code_point_text(), nullable=False),
        sa.Column("whole_id", code_point_text(), nullable=True),
        sa.Column("name", code_point_text(), nullable=False),
        sa.Column("whole_name", code_point_text(), nullable=True),
        sa.Column("resource", sa.BigInteger, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("pending", sa.Integer, nullable=False),
        sa.Column("left_at", code_point_text(), nullable=True),
        sa.Column("off", sa.Integer, nullable=False),
        of_source(),
        sa.ForeignKeyConstraint(
            ["tenant", "resource"], ["resource.tenant", "resource.id"], ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant", "source", "kind", "id"),
        sa.Index("anchor_name", "tenant", "source", "name"),
        sa.Index("anchor_resource", "tenant", "resource", unique=True),
    )
    _create_runs()


def _create_runs() -> None:
    op.create_table(
        "sync_run",
        tenant(),
        sa.Column("id", code_point_text(), nullable=False),
        sa.Column("source", code_point_text(), nullable=False),
        sa.Column("mode", sa.String(16), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("asked_by", sa.String(100), nullable=False),
        sa.Column("asked", code_point_text(), nullable=False),
        sa.Column("asked_by_id", sa.String(36), nullable=True),
        sa.Column("started", code_point_text(), nullable=True),
        sa.Column("ended", code_point_text(), nullable=True),
        sa.Column("counts", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=True),
        sa.Column("told", sa.Text, nullable=False),
        sa.Column("confirms", code_point_text(), nullable=True),
        sa.Column("confirmed_by", sa.String(100), nullable=True),
        of_source(),
        sa.PrimaryKeyConstraint("tenant", "id"),
        sa.Index("sync_run_source", "tenant", "source", "id"),
        sa.Index("sync_run_state", "tenant", "state", "id"),
        sa.Index("sync_run_ended", "tenant", "ended"),
    )
    op.create_table(
        "sync_step",
        tenant(),
        sa.Column("run", code_point_text(), nullable=False),
        sa.Column("number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "run"], ["sync_run.tenant", "sync_run.id"], ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant", "run", "number"),
    )


def downgrade() -> None:
    """Drop what upgrade made."""
    for table in TABLES:
        op.drop_table(table)
