"""A transaction that met another one is tried again; not for ever."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy

import pytest

from scim_server.directory.callers import Caller
from scim_server.directory.directory import Directory
from scim_server.directory.events import Actor
from scim_server.directory.ports import Contention
from scim_server.directory.transactions import ATTEMPTS
from scim_server.protocol.errors import Unavailable
from scim_server.protocol.intake import Strict
from scim_server.protocol.searching import Asked
from scim_server.store.resources import SqlResourceStore
from scim_server.store.writer import SqlWriter
from tests.application import USER, Application


class Contended(SqlResourceStore):
    """A store whose first transactions meet another one just before they are committed."""

    def __init__(self, application: Application, faults: int) -> None:
        parts = application.parts
        super().__init__(parts.database, parts.registry, parts.config.base_url)
        self.faults = faults
        self.begun = 0

    @contextmanager
    def writing(self, tenant: int) -> Iterator[SqlWriter]:
        self.begun += 1
        with super().writing(tenant) as writer:
            yield writer
            if self.begun <= self.faults:
                raise Contention


def directory(application: Application, store: SqlResourceStore) -> Directory:
    contended = copy(application.parts.directory)
    contended.transactions = copy(contended.transactions)
    contended.transactions.store = store
    return contended


def create(application: Application, store: SqlResourceStore) -> int:
    """How many users there are after one creation."""
    scim = application.scim()
    caller = Caller(scim.tenant, Actor("a", "b"), frozenset({"*:write"}), Strict())
    kind = application.parts.registry.kinds["User"]
    body = {"schemas": [USER], "userName": "ada"}
    try:
        directory(application, store).create(caller, kind, body, Asked())
    finally:
        found = scim.get("/Users?count=0").get_json(force=True)["totalResults"]
    return int(found)


@pytest.mark.parametrize("faults", range(ATTEMPTS))
def test_what_met_another_transaction_is_done_once(application: Application, faults: int) -> None:
    store = Contended(application, faults)
    assert create(application, store) == 1
    assert store.begun == faults + 1


def test_after_the_last_attempt_the_client_is_to_come_back(application: Application) -> None:
    store = Contended(application, ATTEMPTS)
    with pytest.raises(Unavailable) as refusal:
        create(application, store)
    assert refusal.value.retry_after == 1
    assert store.begun == ATTEMPTS
