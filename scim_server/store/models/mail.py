"""What is on its way to users: links, mails, and requests for them."""

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from scim_server.store.models.base import Base, code_point_text, tenant_key, users_key


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


class MailRow(Base):
    """A mail that waits to be sent, or was; what it says is made when it is.

    due: NULL when it is neither sent nor tried again; ended: when it was sent or given up
    """

    __tablename__ = "mail"
    tenant: Mapped[int] = tenant_key()
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    user: Mapped[int] = mapped_column(BigInteger)
    template: Mapped[str] = mapped_column(String(32))
    address: Mapped[str] = mapped_column(Text)
    values: Mapped[str] = mapped_column(Text)
    link: Mapped[str | None] = mapped_column(String(32))
    created: Mapped[str] = mapped_column(code_point_text())
    due: Mapped[str | None] = mapped_column(code_point_text())
    attempts: Mapped[int] = mapped_column(Integer)
    fault: Mapped[str | None] = mapped_column(Text)
    ended: Mapped[str | None] = mapped_column(code_point_text())
    __table_args__ = (
        users_key(),
        Index("mail_due", "due"),
        Index("mail_user", "tenant", "user"),
        Index("mail_ended", "tenant", "ended"),
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
