"""What happened."""

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from scim_server.store.models.base import Base, code_point_text, tenant_key


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
    actor_key: Mapped[str | None] = mapped_column(String(32))
    __table_args__ = (
        ForeignKeyConstraint(["tenant"], ["tenant.id"]),
        Index("event_resource", "tenant", "resource", "id"),
        Index("event_actor", "tenant", "actor_id", "id"),
    )
