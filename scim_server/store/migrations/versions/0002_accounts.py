"""Accounts: sign-in, sessions, authenticators, links, mail, keys, roles, applications."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ADDED = {
    "event": ("actor_id", "address", "reason", "actor_key"),
    "resource": ("source", "role", "signed_in"),
    "tenant": ("forgotten",),
}
TABLES = (
    "assignment",
    "application",
    "role_grant",
    "policy",
    "recovery_request",
    "mail",
    "link",
    "api_key",
    "challenge",
    "recovery_code",
    "authenticator",
    "session",
    "login",
)
SECRET = sa.table("secret", sa.column("name", sa.String), sa.column("value", sa.Text))
SEAL = "seal"
"""What the secrets of authenticators are sealed with, where no setting says otherwise."""
INDEXES = ("resource_role", "resource_signed_in", "resource_status")


def code_point_text() -> sa.types.TypeEngine[str]:
    """Text that both databases order by code point."""
    return sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def tenant() -> "sa.Column[int]":
    """The leading column of every key."""
    return sa.Column("tenant", sa.Integer, autoincrement=False, nullable=False)


def owner(column: str = "user") -> sa.ForeignKeyConstraint:
    """The resource with which the row goes."""
    return sa.ForeignKeyConstraint(
        ["tenant", column], ["resource.tenant", "resource.id"], ondelete="CASCADE"
    )


def _index_known(name: str, column: str) -> None:
    """Index the few rows that have a value."""
    known = sa.text(f"{column} IS NOT NULL")
    op.create_index(
        name,
        "resource",
        ["tenant", "kind", column],
        postgresql_where=known,
        sqlite_where=known,
    )


def upgrade() -> None:
    """Create the tables, and say of the users that there are where they came from."""
    _create_sign_in()
    _create_tickets()
    _create_rights()
    op.add_column("event", sa.Column("actor_id", sa.String(36), nullable=True))
    op.add_column("event", sa.Column("address", sa.String(64), nullable=True))
    op.add_column("event", sa.Column("reason", sa.Text, nullable=True))
    op.add_column("event", sa.Column("actor_key", sa.String(32), nullable=True))
    op.create_index("event_actor", "event", ["tenant", "actor_id", "id"])
    op.add_column("tenant", sa.Column("forgotten", code_point_text(), nullable=True))
    op.add_column("resource", sa.Column("source", sa.String(32), nullable=True))
    op.add_column("resource", sa.Column("role", sa.String(64), nullable=True))
    op.add_column("resource", sa.Column("signed_in", code_point_text(), nullable=True))
    _index_known("resource_role", "role")
    _index_known("resource_signed_in", "signed_in")
    op.create_index("resource_status", "resource", ["tenant", "kind", "status", "id"])
    op.bulk_insert(SECRET, [{"name": SEAL, "value": secrets.token_urlsafe(32)}])
    op.execute("UPDATE resource SET source = 'SCIM' WHERE status IS NOT NULL")


def _create_sign_in() -> None:
    op.create_table(
        "login",
        tenant(),
        sa.Column("user", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("password", sa.Text, nullable=True),
        sa.Column("password_set", code_point_text(), nullable=True),
        sa.Column("must_change", sa.Integer, nullable=False),
        sa.Column("password_ends", code_point_text(), nullable=True),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("locked_until", code_point_text(), nullable=True),
        owner(),
        sa.PrimaryKeyConstraint("tenant", "user"),
        sa.Index("login_locked", "tenant", "locked_until"),
    )
    op.create_table(
        "session",
        tenant(),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("user", sa.BigInteger, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("created", code_point_text(), nullable=False),
        sa.Column("used", code_point_text(), nullable=False),
        sa.Column("idle_ends", code_point_text(), nullable=False),
        sa.Column("ends", code_point_text(), nullable=False),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("device", sa.Text, nullable=False),
        sa.Column("methods", sa.String(64), nullable=False),
        owner(),
        sa.PrimaryKeyConstraint("tenant", "id"),
        sa.Index("session_user", "tenant", "user"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "authenticator",
        tenant(),
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("user", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("created", code_point_text(), nullable=False),
        sa.Column("used", code_point_text(), nullable=True),
        sa.Column("handle", sa.Text, nullable=True),
        sa.Column("secret", sa.Text, nullable=False),
        sa.Column("counter", sa.BigInteger, nullable=False),
        owner(),
        sa.PrimaryKeyConstraint("tenant", "id"),
        sa.Index("authenticator_handle", "tenant", "handle", unique=True),
        sa.Index("authenticator_user", "tenant", "user"),
    )
    op.create_table(
        "recovery_code",
        tenant(),
        sa.Column("user", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("created", code_point_text(), nullable=False),
        owner(),
        sa.PrimaryKeyConstraint("tenant", "user", "digest"),
    )
    op.create_table(
        "challenge",
        tenant(),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("user", sa.BigInteger, nullable=False),
        sa.Column("purpose", sa.String(16), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("expires", code_point_text(), nullable=False),
        owner(),
        sa.PrimaryKeyConstraint("tenant", "id"),
        sa.Index("challenge_expires", "tenant", "expires"),
        sa.Index("challenge_user", "tenant", "user"),
    )


def _create_tickets() -> None:
    op.create_table(
        "api_key",
        tenant(),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("user", sa.BigInteger, nullable=True),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("scopes", sa.Text, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("created", code_point_text(), nullable=False),
        sa.Column("created_by", sa.String(100), nullable=False),
        sa.Column("expires", code_point_text(), nullable=True),
        sa.Column("used", code_point_text(), nullable=True),
        sa.Column("lent", sa.Integer, nullable=False),
        owner(),
        sa.PrimaryKeyConstraint("tenant", "id"),
        sa.Index("api_key_user", "tenant", "user"),
    )
    op.create_table(
        "link",
        tenant(),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("user", sa.BigInteger, nullable=False),
        sa.Column("purpose", sa.String(16), nullable=False),
        sa.Column("address", sa.Text, nullable=True),
        sa.Column("digest", sa.String(64), nullable=True),
        sa.Column("created", code_point_text(), nullable=False),
        sa.Column("expires", code_point_text(), nullable=False),
        owner(),
        sa.PrimaryKeyConstraint("tenant", "id"),
        sa.Index("link_expires", "tenant", "expires"),
        sa.Index("link_user", "tenant", "user"),
    )
    op.create_table(
        "mail",
        tenant(),
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("user", sa.BigInteger, nullable=False),
        sa.Column("template", sa.String(32), nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("values", sa.Text, nullable=False),
        sa.Column("link", sa.String(32), nullable=True),
        sa.Column("created", code_point_text(), nullable=False),
        sa.Column("due", code_point_text(), nullable=True),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("fault", sa.Text, nullable=True),
        sa.Column("ended", code_point_text(), nullable=True),
        owner(),
        sa.PrimaryKeyConstraint("tenant", "id"),
        sa.Index("mail_due", "due"),
        sa.Index("mail_user", "tenant", "user"),
        sa.Index("mail_ended", "tenant", "ended"),
    )
    op.create_table(
        "recovery_request",
        tenant(),
        sa.Column("way", sa.String(16), nullable=False),
        sa.Column("text", code_point_text(), nullable=False),
        sa.Column("created", code_point_text(), nullable=False),
        sa.Column("request", sa.String(64), nullable=False),
        sa.Column("address", sa.String(64), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant"],
            ["tenant.id"],
        ),
        sa.PrimaryKeyConstraint("tenant", "way", "text"),
        sa.Index("recovery_request_created", "created"),
    )


def _create_rights() -> None:
    op.create_table(
        "policy",
        tenant(),
        sa.Column("document", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant"],
            ["tenant.id"],
        ),
        sa.PrimaryKeyConstraint("tenant"),
    )
    op.create_table(
        "role_grant",
        tenant(),
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("holder", sa.BigInteger, nullable=False),
        sa.Column("role", sa.String(64), nullable=True),
        sa.Column("permissions", sa.Text, nullable=True),
        sa.Column("limits", sa.Text, nullable=False),
        sa.Column("given_by", sa.String(100), nullable=False),
        sa.Column("giver", sa.String(36), nullable=True),
        sa.Column("created", code_point_text(), nullable=False),
        owner("holder"),
        sa.PrimaryKeyConstraint("tenant", "id"),
        sa.Index("role_grant_holder", "tenant", "holder"),
    )
    op.create_table(
        "application",
        tenant(),
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("name_key", code_point_text(), nullable=False),
        sa.Column("description", sa.Text, nullable=True),
        sa.Column("client", sa.String(36), nullable=True),
        sa.Column("created", code_point_text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "client"],
            ["client.tenant", "client.id"],
        ),
        sa.ForeignKeyConstraint(
            ["tenant"],
            ["tenant.id"],
        ),
        sa.PrimaryKeyConstraint("tenant", "id"),
        sa.Index("application_name", "tenant", "name", unique=True),
    )
    op.create_table(
        "assignment",
        tenant(),
        sa.Column("holder", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("application", sa.String(36), nullable=False),
        sa.Column("created", code_point_text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "application"], ["application.tenant", "application.id"], ondelete="CASCADE"
        ),
        owner("holder"),
        sa.PrimaryKeyConstraint("tenant", "holder", "application"),
        sa.Index("assignment_application", "tenant", "application", "holder"),
    )


def downgrade() -> None:
    """Drop what upgrade made."""
    op.execute(SECRET.delete().where(SECRET.c.name == SEAL))
    for table in TABLES:
        op.drop_table(table)
    for index in INDEXES:
        op.drop_index(index, "resource")
    op.drop_index("event_actor", "event")
    for table, columns in ADDED.items():
        for column in columns:
            op.drop_column(table, column)
