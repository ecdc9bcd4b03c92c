"""Sources of users and groups: what became of their entries, and the runs that brought them in."""

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from scim_server.store.models.base import Base, code_point_text, tenant_key, users_key


class SourceRow(Base):
    """A source, as the node that runs it has told.

    document: its type, schedules, and what it owns, as JSON
    run:      id of the run that it is busy with
    """

    __tablename__ = "source"
    tenant: Mapped[int] = tenant_key()
    name: Mapped[str] = mapped_column(code_point_text(), primary_key=True)
    document: Mapped[str] = mapped_column(Text)
    mark: Mapped[str | None] = mapped_column(Text)
    run: Mapped[str | None] = mapped_column(code_point_text())
    __table_args__ = (ForeignKeyConstraint(["tenant"], ["tenant.id"]),)


class AnchorRow(Base):
    """An entry of a source, and the resource that it is here.

    id, name: a long one is cut and carries a digest of the whole, see rows.cut
    whole_id, whole_name: the whole where it was cut
    """

    __tablename__ = "anchor"
    tenant: Mapped[int] = tenant_key()
    source: Mapped[str] = mapped_column(code_point_text(), primary_key=True)
    kind: Mapped[str] = mapped_column(code_point_text(), primary_key=True)
    id: Mapped[str] = mapped_column(code_point_text(), primary_key=True)
    whole_id: Mapped[str | None] = mapped_column(code_point_text())
    name: Mapped[str] = mapped_column(code_point_text())
    whole_name: Mapped[str | None] = mapped_column(code_point_text())
    resource: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[str] = mapped_column(String(64))
    version: Mapped[int] = mapped_column(BigInteger)
    pending: Mapped[int] = mapped_column(Integer)
    left_at: Mapped[str | None] = mapped_column(code_point_text())
    off: Mapped[int] = mapped_column(Integer)
    __table_args__ = (
        ForeignKeyConstraint(["tenant", "source"], ["source.tenant", "source.name"]),
        users_key("resource"),
        Index("anchor_name", "tenant", "source", "name"),
        Index("anchor_resource", "tenant", "resource", unique=True),
    )


class RunRow(Base):
    """One pass over a source; ids are in the order in which they were asked for."""

    __tablename__ = "sync_run"
    tenant: Mapped[int] = tenant_key()
    id: Mapped[str] = mapped_column(code_point_text(), primary_key=True)
    source: Mapped[str] = mapped_column(code_point_text())
    mode: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(32))
    asked_by: Mapped[str] = mapped_column(String(100))
    asked: Mapped[str] = mapped_column(code_point_text())
    asked_by_id: Mapped[str | None] = mapped_column(String(36))
    started: Mapped[str | None] = mapped_column(code_point_text())
    ended: Mapped[str | None] = mapped_column(code_point_text())
    counts: Mapped[str] = mapped_column(Text)
    detail: Mapped[str | None] = mapped_column(Text)
    told: Mapped[str] = mapped_column(Text)
    confirms: Mapped[str | None] = mapped_column(code_point_text())
    confirmed_by: Mapped[str | None] = mapped_column(String(100))
    __table_args__ = (
        ForeignKeyConstraint(["tenant", "source"], ["source.tenant", "source.name"]),
        Index("sync_run_source", "tenant", "source", "id"),
        Index("sync_run_state", "tenant", "state", "id"),
        Index("sync_run_ended", "tenant", "ended"),
    )


class StepRow(Base):
    """One step of the plan of a run, as JSON."""

    __tablename__ = "sync_step"
    tenant: Mapped[int] = tenant_key()
    run: Mapped[str] = mapped_column(code_point_text(), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    document: Mapped[str] = mapped_column(Text)
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant", "run"], ["sync_run.tenant", "sync_run.id"], ondelete="CASCADE"
        ),
    )
