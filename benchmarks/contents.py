"""What is in a database of ours, read by the server's own tables."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection, Table, select

from benchmarks.population import ENTERPRISE_USER
from scim_server.config.environment import read_config
from scim_server.directory.events import Action
from scim_server.parts import build
from scim_server.store.models import EVENT, MEMBERSHIP, RESOURCE, RUN, SOURCE, STEP
from scim_server.store.models.base import Base

RECORDS = (RUN, SOURCE, STEP)
"""Of runs: each writes some."""


@dataclass(frozen=True)
class Contents:
    """Users and groups, by what people call them; ids and times, which no two loads share, apart.

    users:   by userName: status and document, in which the manager is a userName
    groups:  by displayName: the userNames of the members
    created: how often each resource was created, by id
    """

    users: Mapping[str, tuple[str, dict[str, Any]]]
    groups: Mapping[str, frozenset[str]]
    created: Mapping[str, int] = field(compare=False)

    def __len__(self) -> int:
        return len(self.users) + len(self.groups)

    @property
    def is_made_once(self) -> bool:
        """Whether each of them was created once, and nothing else was."""
        return len(self.created) == len(self) and set(self.created.values()) <= {1}


def contents(settings: Mapping[str, str]) -> Contents:
    """All of the first tenant's."""
    with _connected(settings) as connection:
        rows = connection.execute(select(RESOURCE)).all()
        documents = {row.id: json.loads(row.document) for row in rows}
        users = {row.id: documents[row.id]["userName"] for row in rows if row.kind == "User"}
        names = {row.public_id: users[row.id] for row in rows if row.kind == "User"}
        members: dict[int, set[str]] = {row.id: set() for row in rows if row.kind == "Group"}
        for at, member in connection.execute(select(MEMBERSHIP.c.group, MEMBERSHIP.c.member)):
            members[at].add(users[member])
        created = select(EVENT.c.resource).where(
            EVENT.c.action == Action.CREATE, EVENT.c.kind.in_(["User", "Group"])
        )
        return Contents(
            {
                users[row.id]: (row.status, _without_ids(documents[row.id], names))
                for row in rows
                if row.id in users
            },
            {documents[id]["displayName"]: frozenset(found) for id, found in members.items()},
            Counter(connection.execute(created).scalars()),
        )


def _without_ids(document: dict[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    if manager := document.get(ENTERPRISE_USER, {}).get("manager"):
        manager["value"] = names[manager["value"]]
    return document


def digests(settings: Mapping[str, str]) -> dict[str, str]:
    """Of all rows of each table, but for what is recorded of runs."""
    with _connected(settings) as connection:
        tables = [each for each in Base.metadata.sorted_tables if each not in RECORDS]
        return {table.name: _digest(connection, table) for table in tables}


def _digest(connection: Connection, table: Table) -> str:
    digest = blake2b()
    rows = select(table).order_by(*table.primary_key)
    for row in connection.execute(rows, execution_options={"yield_per": 1000}):
        digest.update(repr(tuple(row)).encode())
    return digest.hexdigest()


@contextmanager
def _connected(settings: Mapping[str, str]) -> Iterator[Connection]:
    parts = build(read_config(settings))
    try:
        with parts.database.snapshot() as connection:
            yield connection
    finally:
        parts.database.close()
