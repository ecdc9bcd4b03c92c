"""What users and groups are given: roles and applications."""

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from scim_server.store.models.base import Base, code_point_text, tenant_key, users_key


class RoleGrantRow(Base):
    """What a user or a group was given, for the whole directory or a part of it.

    permissions: between spaces, where it is no role
    """

    __tablename__ = "role_grant"
    tenant: Mapped[int] = tenant_key()
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    holder: Mapped[int] = mapped_column(BigInteger)
    role: Mapped[str | None] = mapped_column(String(64))
    permissions: Mapped[str | None] = mapped_column(Text)
    limits: Mapped[str] = mapped_column(Text)
    given_by: Mapped[str] = mapped_column(String(100))
    giver: Mapped[str | None] = mapped_column(String(36))
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
