"""Sources, runs and their plans as rows."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import (
    BindParameter,
    Connection,
    Executable,
    bindparam,
    delete,
    exists,
    func,
    select,
)

from scim_server.directory.sources.runs import Mode, OnChange, Registered, Run, State
from scim_server.protocol.errors import NotFound
from scim_server.protocol.schema import Document
from scim_server.protocol.values import stamp
from scim_server.store.database import Database
from scim_server.store.models import RUN, SOURCE, STEP
from scim_server.store.sql import insert_many, insert_or_change
from scim_server.store.writes import TENANT

SOURCE_COLUMNS = (SOURCE.c.name, SOURCE.c.document, SOURCE.c.mark, SOURCE.c.run)
_NAME: BindParameter[str] = bindparam("_name")
_ID: BindParameter[str] = bindparam("_id")
_SOURCES = select(*SOURCE_COLUMNS).where(SOURCE.c.tenant == TENANT)
_SOURCE = _SOURCES.where(SOURCE.c.name == _NAME)
_LOCK = _SOURCE.with_for_update(key_share=True)
"""FOR NO KEY UPDATE: anchors and runs of the source may be inserted meanwhile."""
_RUNS = select(*(column for column in RUN.c if column.name != "tenant")).where(
    RUN.c.tenant == TENANT
)
"""In the order of Run's fields."""
_STEPS = (
    select(STEP.c.document)
    .where(STEP.c.tenant == TENANT, STEP.c.run == _ID, STEP.c.number >= bindparam("_start"))
    .order_by(STEP.c.number)
    .limit(bindparam("_limit"))
)
_LATER = RUN.alias()
_IS_FOLLOWED = exists().where(
    _LATER.c.tenant == RUN.c.tenant,
    _LATER.c.source == RUN.c.source,
    _LATER.c.mode == RUN.c.mode,
    _LATER.c.state == RUN.c.state,
    _LATER.c.id > RUN.c.id,
)
"""By one of its kind: the last of each stays."""
_OLD = (
    select(RUN.c.id)
    .where(RUN.c.tenant == TENANT, RUN.c.ended < bindparam("_before"), _IS_FOLLOWED)
    .order_by(RUN.c.ended)
    .limit(bindparam("_limit"))
)
_FORGET = delete(RUN).where(RUN.c.tenant == TENANT, RUN.c.id.in_(_OLD))

_REMOVE_RUNS = delete(RUN).where(RUN.c.tenant == TENANT, RUN.c.source == _NAME)
_REMOVE = delete(SOURCE).where(SOURCE.c.tenant == TENANT, SOURCE.c.name == _NAME)


class SqlRuns:
    """directory.sources.runs.RunStore over one connection."""

    def __init__(self, connection: Connection, tenant: int) -> None:
        self.connection = connection
        self.tenant = tenant

    def sources(self) -> list[Registered]:
        """All, by name."""
        return [to_source(row) for row in self._run(_SOURCES.order_by(SOURCE.c.name))]

    def find_source(self, name: str) -> Registered | None:
        """None: nobody has run it yet."""
        row = self._run(_SOURCE, _name=name).one_or_none()
        return None if row is None else to_source(row)

    def source(self, name: str) -> Registered:
        """Raises NotFound."""
        found = self.find_source(name)
        if found is None:
            raise _no_source(name)
        return found

    def lock_source(self, name: str) -> Registered:
        """Likewise, kept from every other writer until the end of the transaction."""
        row = self._run(_LOCK, _name=name).one_or_none()
        if row is None:
            raise _no_source(name)
        return to_source(row)

    def put_source(self, source: Registered) -> None:
        """Add it, or change the one of its name."""
        told = asdict(source)
        name, mark, run = (told.pop(key) for key in ("name", "mark", "run"))
        document = orjson.dumps(told).decode()
        insert_or_change(self.connection, SOURCE, [(self.tenant, name, document, mark, run)])

    def remove_source(self, name: str) -> None:
        """Remove it, of which no anchor is left, with its runs and their plans."""
        self._run(_REMOVE_RUNS, _name=name)
        self._run(_REMOVE, _name=name)

    def get(self, id: str) -> Run:
        """Raises NotFound."""
        row = self._run(_RUNS.where(RUN.c.id == _ID), _id=id).one_or_none()
        if row is None:
            raise NotFound(f'No run has the id "{id[:100]}".')
        return _to_run(row)

    def page(self, source: str | None, after: str | None, limit: int) -> list[Run]:
        """Newest first, those before the run with that id; of all sources, or one."""
        statement = _RUNS
        if source is not None:
            statement = statement.where(RUN.c.source == source)
        if after is not None:
            statement = statement.where(RUN.c.id < after)
        return list(map(_to_run, self._run(statement.order_by(RUN.c.id.desc()).limit(limit))))

    def count(self, source: str | None) -> int:
        """How many there are of all sources, or one."""
        statement = select(func.count()).select_from(RUN).where(RUN.c.tenant == TENANT)
        if source is not None:
            statement = statement.where(RUN.c.source == source)
        return int(self._run(statement).scalar_one())

    def of_state(self, state: State, source: str | None) -> list[Run]:
        """Of all sources, or one; the oldest first."""
        statement = _RUNS.where(RUN.c.state == state.value).order_by(RUN.c.id)
        if source is not None:
            statement = statement.where(RUN.c.source == source)
        return list(map(_to_run, self._run(statement)))

    def last(self, source: str, modes: Collection[Mode], states: Collection[State]) -> Run | None:
        """Of those of these modes and states, the run that was asked for last."""
        wanted = (
            RUN.c.source == source,
            RUN.c.mode.in_([mode.value for mode in modes]),
            RUN.c.state.in_([state.value for state in states]),
        )
        row = self._run(_RUNS.where(*wanted).order_by(RUN.c.id.desc()).limit(1)).one_or_none()
        return None if row is None else _to_run(row)

    def put(self, run: Run) -> None:
        """Add it, or change the one of its id."""
        told = asdict(run) | {
            "mode": run.mode.value,
            "state": run.state.value,
            "counts": orjson.dumps(run.counts).decode(),
            "told": orjson.dumps(run.told).decode(),
        }
        insert_or_change(self.connection, RUN, [(self.tenant, *told.values())])

    def add_steps(self, run: str, start: int, steps: Sequence[Document]) -> None:
        """Keep a part of a plan; ``start``: the number of its first step."""
        numbered = enumerate(steps, start)
        rows = [(self.tenant, run, n, orjson.dumps(step).decode()) for n, step in numbered]
        insert_many(self.connection, STEP, rows)

    def steps(self, run: str, start: int, limit: int) -> list[Document]:
        """Some of a plan, from a number on."""
        rows = self._run(_STEPS, _id=run, _start=start, _limit=limit)
        return [orjson.loads(document) for document in rows.scalars()]

    def count_steps(self, run: str) -> int:
        """How many of a plan were kept."""
        counted = select(func.count()).select_from(STEP)
        found = self._run(counted.where(STEP.c.tenant == TENANT, STEP.c.run == run))
        return int(found.scalar_one())

    def forget(self, before: datetime, most: int) -> int:
        """Remove the oldest of the runs that ended before, with their plans; returns how many.

        Of each source, mode and state the last stays: by it the next run is due.
        """
        return int(self._run(_FORGET, _before=stamp(before), _limit=most).rowcount)

    def _run(self, statement: Executable, **names: Any) -> Any:
        return self.connection.execute(statement, {"_tenant": self.tenant, **names})


class SqlSourceTenants:
    """directory.sources.latest.SourceTenants over one database."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def numbers(self) -> list[int]:
        """In one statement. Raises Unavailable."""
        with self.database.reading() as connection:
            return list(connection.execute(select(SOURCE.c.tenant).distinct()).scalars())


def to_source(row: Sequence[Any]) -> Registered:
    """The cells of SOURCE_COLUMNS as a record."""
    name, document, mark, run = row
    told = orjson.loads(document)
    owned = {kind: tuple(attributes) for kind, attributes in told.pop("owned").items()}
    on_change = OnChange(told.pop("on_change"))
    return Registered(name, owned=owned, on_change=on_change, mark=mark, run=run, **told)


def _no_source(name: str) -> NotFound:
    return NotFound(f'No source is called "{name[:100]}".')


def _to_run(row: Any) -> Run:
    told = row._asdict()
    return Run(
        **told
        | {
            "mode": Mode(row.mode),
            "state": State(row.state),
            "counts": orjson.loads(row.counts),
            "told": tuple(orjson.loads(row.told)),
        }
    )
