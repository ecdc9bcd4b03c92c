"""The tables: typed, dumb, private to store/.

Every key leads with the tenant, so that a distributed PostgreSQL can partition on it.
"""

from typing import cast

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, Integer, String, Table, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeEngine


class Base(DeclarativeBase):
    """All tables of the server."""


def code_point_text() -> TypeEngine[str]:
    """Text that both databases order by code point."""
    return Text().with_variant(Text(collation="C"), "postgresql")


def tenant_key() -> Mapped[int]:
    """The leading column of a primary key."""
    return mapped_column(Integer, primary_key=True, autoincrement=False)


class TenantRow(Base):
    """One customer; nothing crosses from one to another.

    forgotten: before which its events have been removed, as its policy wants
    """

    __tablename__ = "tenant"
    id: Mapped[int] = tenant_key()
    name: Mapped[str] = mapped_column(String(100), unique=True)
    created: Mapped[str] = mapped_column(code_point_text())
    forgotten: Mapped[str | None] = mapped_column(code_point_text())


class ClientRow(Base):
    """One SCIM client and what it may do."""

    __tablename__ = "client"
    tenant: Mapped[int] = tenant_key()
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    scopes: Mapped[str] = mapped_column(Text)
    mode: Mapped[str] = mapped_column(String(16))
    profile: Mapped[str] = mapped_column(String(16))
    user: Mapped[str | None] = mapped_column(String(36))
    rate: Mapped[int | None]
    created: Mapped[str] = mapped_column(code_point_text())
    __table_args__ = (
        ForeignKeyConstraint(["tenant"], ["tenant.id"]),
        Index("client_name", "tenant", "name", unique=True),
    )


class TokenRow(Base):
    """One bearer token of a client: its SHA-256, never itself."""

    __tablename__ = "token"
    tenant: Mapped[int] = tenant_key()
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    client: Mapped[str] = mapped_column(String(36))
    digest: Mapped[str] = mapped_column(String(64))
    created: Mapped[str] = mapped_column(code_point_text())
    expires: Mapped[str | None] = mapped_column(code_point_text())
    revoked: Mapped[str | None] = mapped_column(code_point_text())
    last_used: Mapped[str | None] = mapped_column(code_point_text())
    __table_args__ = (
        ForeignKeyConstraint(["tenant", "client"], ["client.tenant", "client.id"]),
        Index("token_client", "tenant", "client"),
    )


class ResourceRow(Base):
    """One resource: its document, without id, meta, members and groups."""

    __tablename__ = "resource"
    tenant: Mapped[int] = tenant_key()
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(code_point_text())
    public_id: Mapped[str] = mapped_column(code_point_text())
    version: Mapped[int] = mapped_column(BigInteger)
    created: Mapped[str] = mapped_column(code_point_text())
    modified: Mapped[str] = mapped_column(code_point_text())
    status: Mapped[str | None] = mapped_column(String(16))
    display: Mapped[str | None] = mapped_column(code_point_text())
    display_key: Mapped[str | None] = mapped_column(code_point_text())
    document: Mapped[str] = mapped_column(Text)
    source: Mapped[str | None] = mapped_column(String(32))
    role: Mapped[str | None] = mapped_column(String(64))
    signed_in: Mapped[str | None] = mapped_column(code_point_text())
    __table_args__ = (
        ForeignKeyConstraint(["tenant"], ["tenant.id"]),
        Index("resource_public_id", "tenant", "public_id", unique=True),
        Index("resource_kind", "tenant", "kind", "id"),
        Index("resource_modified", "tenant", "kind", "modified", "id"),
        Index("resource_status", "tenant", "kind", "status", "id"),
    )


def _where_known(name: str, column: str) -> Index:
    """An index of the few rows that have a value: the others cost nothing."""
    known = ResourceRow.__table__.c[column].is_not(None)
    row = ResourceRow
    return Index(
        name,
        row.tenant,
        row.kind,
        row.__table__.c[column],
        postgresql_where=known,
        sqlite_where=known,
    )


_where_known("resource_role", "role")
_where_known("resource_signed_in", "signed_in")


class ValueRow(Base):
    """One searchable value: derived from the document, written and removed with it.

    path:    code of (kind, attribute path), see rows.path_code
    key:     comparison key; a long one is cut and carries a digest of the whole, see rows.cut
    element: position in the multi-valued attribute; ties the sub-attributes of one element together
    lead:    1 for the value that sorting goes by (RFC 7644 §3.4.2.3), else 0
    whole:   the whole key where it was cut
    """

    __tablename__ = "value"
    tenant: Mapped[int] = tenant_key()
    path: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(code_point_text(), primary_key=True)
    resource: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    element: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    lead: Mapped[int] = mapped_column(Integer)
    whole: Mapped[str | None] = mapped_column(code_point_text())
    __table_args__ = (
        Index("value_resource", "tenant", "resource", "path", "element"),
        {"sqlite_with_rowid": False},
    )


class UniqueKeyRow(Base):
    """One taken value of an attribute with ``uniqueness: server``."""

    __tablename__ = "unique_key"
    tenant: Mapped[int] = tenant_key()
    path: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(code_point_text(), primary_key=True)
    resource: Mapped[int] = mapped_column(BigInteger)
    __table_args__ = (
        Index("unique_key_resource", "tenant", "resource"),
        {"sqlite_with_rowid": False},
    )


class MembershipRow(Base):
    """One resource in one group; both sides are surrogate keys of resource."""

    __tablename__ = "membership"
    tenant: Mapped[int] = tenant_key()
    group: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    member: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    __table_args__ = (
        ForeignKeyConstraint(["tenant", "group"], ["resource.tenant", "resource.id"]),
        ForeignKeyConstraint(["tenant", "member"], ["resource.tenant", "resource.id"]),
        Index("membership_member", "tenant", "member", "group"),
        {"sqlite_with_rowid": False},
    )


class EventRow(Base):
    """One change, written in its transaction; never updated."""

    __tablename__ = "event"
    tenant: Mapped[int] = tenant_key()
    id: Mapped[str] = mapped_column(code_point_text(), primary_key=True)
    at: Mapped[str] = mapped_column(code_point_text())
    actor: Mapped[str] = mapped_column(String(100))
    request: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(code_point_text())
    resource: Mapped[str] = mapped_column(code_point_text())
    version: Mapped[int] = mapped_column(BigInteger)
    action: Mapped[str] = mapped_column(String(32))
    changes: Mapped[str] = mapped_column(Text)
    actor_id: Mapped[str | None] = mapped_column(String(36))
    address: Mapped[str | None] = mapped_column(String(64))
    reason: Mapped[str | None] = mapped_column(Text)
    __table_args__ = (
        ForeignKeyConstraint(["tenant"], ["tenant.id"]),
        Index("event_resource", "tenant", "resource", "id"),
        Index("event_actor", "tenant", "actor_id", "id"),
    )


def users_key(name: str = "user") -> ForeignKeyConstraint:
    """The column that names a resource by its store key: what it owns goes with it."""
    return ForeignKeyConstraint(
        ["tenant", name], ["resource.tenant", "resource.id"], ondelete="CASCADE"
    )


class LoginRow(Base):
    """How one user signs in with a password, and how often that failed.

    password:      argon2id hash; None: no password
    must_change:   1: it is a temporary one
    password_ends: when a temporary one stops to work
    """

    __tablename__ = "login"
    tenant: Mapped[int] = tenant_key()
    user: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    password: Mapped[str | None] = mapped_column(Text)
    password_set: Mapped[str | None] = mapped_column(code_point_text())
    must_change: Mapped[int] = mapped_column(Integer)
    password_ends: Mapped[str | None] = mapped_column(code_point_text())
    failures: Mapped[int] = mapped_column(Integer)
    locked_until: Mapped[str | None] = mapped_column(code_point_text())
    __table_args__ = (users_key(), Index("login_locked", "tenant", "locked_until"))


class SessionRow(Base):
    """One session of a user: the SHA-256 of its token, never itself."""

    __tablename__ = "session"
    tenant: Mapped[int] = tenant_key()
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    user: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[str] = mapped_column(String(64))
    created: Mapped[str] = mapped_column(code_point_text())
    used: Mapped[str] = mapped_column(code_point_text())
    idle_ends: Mapped[str] = mapped_column(code_point_text())
    ends: Mapped[str] = mapped_column(code_point_text())
    address: Mapped[str] = mapped_column(String(64))
    device: Mapped[str] = mapped_column(Text)
    methods: Mapped[str] = mapped_column(String(64))
    __table_args__ = (
        users_key(),
        Index("session_user", "tenant", "user"),
        Index("session_idle_ends", "tenant", "idle_ends"),
    )


class ApiKeyRow(Base):
    """One API key: a user's own, or the system's where ``user`` is None."""

    __tablename__ = "api_key"
    tenant: Mapped[int] = tenant_key()
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    user: Mapped[int | None] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(String(100))
    scopes: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
    created: Mapped[str] = mapped_column(code_point_text())
    created_by: Mapped[str] = mapped_column(String(100))
    expires: Mapped[str | None] = mapped_column(code_point_text())
    used: Mapped[str | None] = mapped_column(code_point_text())
    __table_args__ = (users_key(), Index("api_key_user", "tenant", "user"))


class AuthenticatorRow(Base):
    """A second factor of a user.

    kind:    totp or webauthn
    handle:  the credential id of a WebAuthn key
    secret:  of TOTP, sealed (directory/sealing.py); the public key of WebAuthn
    counter: the last time step, or signature count, that was accepted
    """

    __tablename__ = "authenticator"
    tenant: Mapped[int] = tenant_key()
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    user: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(100))
    created: Mapped[str] = mapped_column(code_point_text())
    used: Mapped[str | None] = mapped_column(code_point_text())
    handle: Mapped[str | None] = mapped_column(Text)
    secret: Mapped[str] = mapped_column(Text)
    counter: Mapped[int] = mapped_column(BigInteger)
    __table_args__ = (
        users_key(),
        Index("authenticator_user", "tenant", "user"),
        Index("authenticator_handle", "tenant", "handle", unique=True),
    )


class RecoveryCodeRow(Base):
    """A code that stands in for a second factor once: its SHA-256."""

    __tablename__ = "recovery_code"
    tenant: Mapped[int] = tenant_key()
    user: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    created: Mapped[str] = mapped_column(code_point_text())
    __table_args__ = (users_key(),)


class LinkRow(Base):
    """A link that does one thing once: the SHA-256 of its token, None until it is sent."""

    __tablename__ = "link"
    tenant: Mapped[int] = tenant_key()
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    user: Mapped[int] = mapped_column(BigInteger)
    purpose: Mapped[str] = mapped_column(String(16))
    address: Mapped[str | None] = mapped_column(Text)
    digest: Mapped[str | None] = mapped_column(String(64))
    created: Mapped[str] = mapped_column(code_point_text())
    expires: Mapped[str] = mapped_column(code_point_text())
    __table_args__ = (
        users_key(),
        Index("link_user", "tenant", "user"),
        Index("link_expires", "tenant", "expires"),
    )


class ChallengeRow(Base):
    """A ceremony that has begun: a sign-in that waits for a second factor, a key to register."""

    __tablename__ = "challenge"
    tenant: Mapped[int] = tenant_key()
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    user: Mapped[int] = mapped_column(BigInteger)
    purpose: Mapped[str] = mapped_column(String(16))
    digest: Mapped[str] = mapped_column(String(64))
    content: Mapped[str] = mapped_column(Text)
    expires: Mapped[str] = mapped_column(code_point_text())
    __table_args__ = (
        users_key(),
        Index("challenge_user", "tenant", "user"),
        Index("challenge_expires", "tenant", "expires"),
    )


class MailRow(Base):
    """A mail that waits to be sent; what it says is made when it is."""

    __tablename__ = "mail"
    tenant: Mapped[int] = tenant_key()
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    user: Mapped[int] = mapped_column(BigInteger)
    template: Mapped[str] = mapped_column(String(32))
    address: Mapped[str] = mapped_column(Text)
    values: Mapped[str] = mapped_column(Text)
    link: Mapped[str | None] = mapped_column(String(32))
    created: Mapped[str] = mapped_column(code_point_text())
    due: Mapped[str] = mapped_column(code_point_text())
    attempts: Mapped[int] = mapped_column(Integer)
    fault: Mapped[str | None] = mapped_column(Text)
    __table_args__ = (
        users_key(),
        Index("mail_due", "due"),
        Index("mail_user", "tenant", "user"),
    )


class RequestRow(Base):
    """Somebody asks to recover an account: a worker looks whether there is one.

    way:  userName or email; text: its comparison key, so that asking often is asking once
    """

    __tablename__ = "recovery_request"
    tenant: Mapped[int] = tenant_key()
    way: Mapped[str] = mapped_column(String(16), primary_key=True)
    text: Mapped[str] = mapped_column(code_point_text(), primary_key=True)
    created: Mapped[str] = mapped_column(code_point_text())
    request: Mapped[str] = mapped_column(String(64))
    address: Mapped[str | None] = mapped_column(String(64))
    __table_args__ = (
        ForeignKeyConstraint(["tenant"], ["tenant.id"]),
        Index("recovery_request_created", "created"),
    )


class RoleGrantRow(Base):
    """A role that a user or a group was given, for the whole directory or a part of it."""

    __tablename__ = "role_grant"
    tenant: Mapped[int] = tenant_key()
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    holder: Mapped[int] = mapped_column(BigInteger)
    role: Mapped[str] = mapped_column(String(64))
    limits: Mapped[str] = mapped_column(Text)
    given_by: Mapped[str] = mapped_column(String(100))
    created: Mapped[str] = mapped_column(code_point_text())
    __table_args__ = (users_key("holder"), Index("role_grant_holder", "tenant", "holder"))


class ApplicationRow(Base):
    """An application that users and groups may be given; ``client`` is what it asks with.

    name_key: the name as filters compare it
    """

    __tablename__ = "application"
    tenant: Mapped[int] = tenant_key()
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    name_key: Mapped[str] = mapped_column(code_point_text())
    description: Mapped[str | None] = mapped_column(Text)
    client: Mapped[str | None] = mapped_column(String(36))
    created: Mapped[str] = mapped_column(code_point_text())
    __table_args__ = (
        ForeignKeyConstraint(["tenant"], ["tenant.id"]),
        ForeignKeyConstraint(["tenant", "client"], ["client.tenant", "client.id"]),
        Index("application_name", "tenant", "name", unique=True),
    )


class AssignmentRow(Base):
    """An application that a user or a group has."""

    __tablename__ = "assignment"
    tenant: Mapped[int] = tenant_key()
    holder: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    application: Mapped[str] = mapped_column(String(36), primary_key=True)
    created: Mapped[str] = mapped_column(code_point_text())
    __table_args__ = (
        users_key("holder"),
        ForeignKeyConstraint(
            ["tenant", "application"],
            ["application.tenant", "application.id"],
            ondelete="CASCADE",
        ),
        Index("assignment_application", "tenant", "application", "holder"),
    )


class PolicyRow(Base):
    """What a tenant has decided other than the defaults, as JSON."""

    __tablename__ = "policy"
    tenant: Mapped[int] = tenant_key()
    document: Mapped[str] = mapped_column(Text)
    __table_args__ = (ForeignKeyConstraint(["tenant"], ["tenant.id"]),)


class SecretRow(Base):
    """A secret that all nodes share, such as the one that signs cursors."""

    __tablename__ = "secret"
    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    value: Mapped[str] = mapped_column(Text)


TENANT = cast(Table, TenantRow.__table__)
CLIENT = cast(Table, ClientRow.__table__)
RESOURCE = cast(Table, ResourceRow.__table__)
VALUE = cast(Table, ValueRow.__table__)
UNIQUE_KEY = cast(Table, UniqueKeyRow.__table__)
MEMBERSHIP = cast(Table, MembershipRow.__table__)
EVENT = cast(Table, EventRow.__table__)
TOKEN = cast(Table, TokenRow.__table__)
LOGIN = cast(Table, LoginRow.__table__)
SESSION = cast(Table, SessionRow.__table__)
API_KEY = cast(Table, ApiKeyRow.__table__)
AUTHENTICATOR = cast(Table, AuthenticatorRow.__table__)
RECOVERY_CODE = cast(Table, RecoveryCodeRow.__table__)
LINK = cast(Table, LinkRow.__table__)
CHALLENGE = cast(Table, ChallengeRow.__table__)
MAIL = cast(Table, MailRow.__table__)
REQUEST = cast(Table, RequestRow.__table__)
ROLE_GRANT = cast(Table, RoleGrantRow.__table__)
APPLICATION = cast(Table, ApplicationRow.__table__)
ASSIGNMENT = cast(Table, AssignmentRow.__table__)
POLICY = cast(Table, PolicyRow.__table__)
"""For statements that are built anew for each request: building with mapped classes takes ten
times as long."""
