"""Customers, what they have decided, and what all nodes share."""

from sqlalchemy import ForeignKeyConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from scim_server.store.models.base import Base, code_point_text, tenant_key


class TenantRow(Base):
    """One customer; nothing crosses from one to another.

    forgotten: before which its events have been removed, as its policy wants
    """

    __tablename__ = "tenant"
    id: Mapped[int] = tenant_key()
    name: Mapped[str] = mapped_column(String(100), unique=True)
    created: Mapped[str] = mapped_column(code_point_text())
    forgotten: Mapped[str | None] = mapped_column(code_point_text())


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
