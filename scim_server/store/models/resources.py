"""Resources, and what is kept beside their documents to find and to relate them."""

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from scim_server.store.models.base import Base, code_point_text, tenant_key


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
