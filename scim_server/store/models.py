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
    """One customer; nothing crosses from one to another."""

    __tablename__ = "tenant"
    id: Mapped[int] = tenant_key()
    name: Mapped[str] = mapped_column(String(100), unique=True)
    created: Mapped[str] = mapped_column(code_point_text())


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
    __table_args__ = (
        ForeignKeyConstraint(["tenant"], ["tenant.id"]),
        Index("resource_public_id", "tenant", "public_id", unique=True),
        Index("resource_kind", "tenant", "kind", "id"),
        Index("resource_modified", "tenant", "kind", "modified", "id"),
    )


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
    __table_args__ = (
        ForeignKeyConstraint(["tenant"], ["tenant.id"]),
        Index("event_resource", "tenant", "resource", "id"),
    )


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
"""For statements that are built anew for each request: building with mapped classes takes ten
times as long."""
