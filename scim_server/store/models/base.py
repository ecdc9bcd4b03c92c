"""What every table shares, and the column by which a row belongs to a resource."""

from sqlalchemy import ForeignKeyConstraint, Integer, Text
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


def users_key(name: str = "user") -> ForeignKeyConstraint:
    """The column that names a resource by its store key: what it owns goes with it."""
    return ForeignKeyConstraint(
        ["tenant", name], ["resource.tenant", "resource.id"], ondelete="CASCADE"
    )
