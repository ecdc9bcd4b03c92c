"""Who may call, and with which tokens."""

from sqlalchemy import ForeignKeyConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from scim_server.store.models.base import Base, code_point_text, tenant_key


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
