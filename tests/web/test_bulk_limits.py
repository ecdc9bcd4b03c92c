"""Bulk: limits before any work, and the cost of a job as large as they allow (§3.7.4)."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import orjson
import pytest
from sqlalchemy import event

from tests.application import BASE_URL, MESSAGES, Application, Scim, error
from tests.web.bulk_job import create_group, create_user, delete, run, statuses
from tests.web.event_log import actions


@pytest.fixture
def small(database_url: str) -> Iterator[Scim]:
    """A client of a server that takes 3 operations and 2,000 bytes."""
    application = Application(database_url, bulk_operations=3, bulk_bytes=2000)
    yield application.scim()
    application.parts.database.close()


def job(count: int, **more: Any) -> bytes:
    """A request of that many creations."""
    operations = [create_user(str(n), f"user-{n}") for n in range(count)]
    return orjson.dumps({"schemas": [MESSAGES + "BulkRequest"], "Operations": operations, **more})


JSON = {"Content-Type": "application/scim+json"}


@pytest.mark.proves("BLK-018")
def test_as_many_operations_as_advertised_are_done_and_one_more_is_not(small: Scim) -> None:
    provider = small.get("/ServiceProviderConfig").get_json(force=True)["bulk"]
    assert (provider["maxOperations"], provider["maxPayloadSize"]) == (3, 2000)
    over = small.post("/Bulk", data=job(4), headers=JSON)
    assert error(over) == (413, None)
    assert "maxOperations" in over.get_json(force=True)["detail"]
    assert actions(small) == []
    assert small.post("/Bulk", data=job(3), headers=JSON).status_code == 200
    assert actions(small) == ["create"] * 3


def padded(size: int) -> bytes:
    """A request of one creation, that many bytes long."""
    body = job(1)
    return body + b" " * (size - len(body))


@pytest.mark.proves("BLK-018")
def test_as_many_bytes_as_advertised_are_read_and_one_more_is_not(small: Scim) -> None:
    over = small.post("/Bulk", data=padded(2001), headers=JSON)
    assert error(over) == (413, None)
    assert "2000" in over.get_json(force=True)["detail"]
    assert actions(small) == []
    assert small.post("/Bulk", data=padded(2000), headers=JSON).status_code == 200


@pytest.mark.proves("BLK-018")
@pytest.mark.parametrize(("size", "status"), [(2000, 200), (2001, 413)])
def test_a_chunked_body_has_the_same_limit(small: Scim, size: int, status: int) -> None:
    response = small.application.flask.test_client().post(
        BASE_URL.replace("https://scim.example.com", "") + "/Bulk",
        input_stream=io.BytesIO(padded(size)),
        headers={**JSON, "Authorization": f"Bearer {small.bearer}", "Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input_terminated": True},
    )
    assert response.status_code == status
    assert len(actions(small)) == (status == 200)


@contextmanager
def counted(scim: Scim) -> Iterator[list[str]]:
    """The statements that reach the database meanwhile."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    engine = scim.application.parts.database.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_a_thousand_creations_are_stored_together(scim: Scim) -> None:
    scim.user()
    with counted(scim) as statements:
        results = run(scim, *(create_user(str(n), f"user-{n}") for n in range(1000)))
    assert statuses(results) == ["201"] * 1000
    assert len(statements) <= 100


def test_one_failure_among_a_thousand_costs_little_more(scim: Scim) -> None:
    scim.user(userName="user-400")
    with counted(scim) as statements:
        results = run(scim, *(create_user(str(n), f"user-{n}") for n in range(1000)))
    assert statuses(results).count("201") == 999
    assert statuses(results)[400] == "409"
    assert len(statements) <= 400


def test_a_long_chain_of_references_resolves(scim: Scim) -> None:
    chain = [create_group(str(n), f"group-{n}", f"bulkId:{n + 1}") for n in range(300)]
    results = run(scim, *chain, create_group("300", "last"))
    assert set(statuses(results)) == {"201"}


def test_a_thousand_operations_of_every_kind_are_done(scim: Scim) -> None:
    ids = [scim.user()["id"] for _ in range(20)]
    deletions = [delete(f"/Users/{id}") for id in ids]
    creations = [create_user(str(n), f"user-{n}") for n in range(980)]
    mixed = [op for pair in zip(deletions, creations[:20], strict=True) for op in pair]
    assert set(statuses(run(scim, *mixed, *creations[20:]))) == {"201", "204"}
