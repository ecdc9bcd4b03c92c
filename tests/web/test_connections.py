"""The settings of the connections that requests are served by, read back from them (rule 11)."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Engine, event

from tests.application import Application, Scim

SQLITE = {
    "PRAGMA journal_mode": "wal",
    "PRAGMA synchronous": 2,
    "PRAGMA foreign_keys": 1,
    "PRAGMA busy_timeout": 5000,
}
POSTGRESQL = {
    "SHOW statement_timeout": "20s",
    "SHOW lock_timeout": "5s",
    "SHOW idle_in_transaction_session_timeout": "10s",
}


@pytest.fixture
def connections(application: Application) -> Iterator[list[Any]]:
    """The driver's connections that the test makes the server open."""
    opened: list[Any] = []

    def note(connection: Any, _entry: object) -> None:
        opened.append(connection)

    application.parts.database.close()
    event.listen(Engine, "connect", note)
    yield opened
    event.remove(Engine, "connect", note)
    application.parts.database.close()


def work(scim: Scim) -> None:
    """Requests of every way to use the database, one that is refused among them."""
    user = scim.user()
    group = scim.group(user["id"])
    scim.get(f"/Users/{user['id']}")
    scim.get("/Groups?filter=displayName+pr")
    scim.patch(f"/Groups/{group['id']}", {"op": "remove", "path": "members"})
    assert scim.post("/Users", user).status_code == 409
    scim.bulk({"method": "DELETE", "path": f"/Users/{user['id']}"})


def test_every_connection_is_as_the_rules_want_it(
    application: Application, connections: list[Any]
) -> None:
    clients = [application.scim() for _ in range(4)]
    with ThreadPoolExecutor(len(clients)) as pool:
        list(pool.map(work, clients))
    expected: dict[str, Any] = SQLITE if application.parts.database.is_sqlite else POSTGRESQL
    assert len(connections) > 1
    for connection in connections:
        assert {question: answer(connection, question) for question in expected} == expected


def answer(connection: Any, question: str) -> Any:
    row = connection.execute(question).fetchone()
    return row and row[0]
