"""PostgreSQL restarts, ends a backend, or is too slow; every connection is taken."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager

import httpx2
from sqlalchemy import create_engine, text
from werkzeug.test import TestResponse

from scim_server.store.check.invariants import violations
from tests.application import USER, Application, Scim, error
from tests.live import Live, live, users
from tests.servers import PostgresServer


def statuses(client: httpx2.Client, requests: int) -> set[int]:
    """What so many reads and writes answer."""
    found = set()
    for number in range(requests):
        body = {"schemas": [USER], "userName": f"name{time.monotonic()}-{number}"}
        for answer in (client.get("/Users"), client.post("/Users", json=body)):
            found.add(answer.status_code)
            assert answer.status_code != 503 or answer.headers["Retry-After"].isdigit()
    return found


def test_a_restart_is_503_until_it_is_over(restartable: PostgresServer) -> None:
    with live(restartable.create_database()) as server, server.client() as client:
        assert statuses(client, 20) == {200, 201}
        restartable.stop()
        assert statuses(client, 3) == {503}
        assert client.get(f"{server.url}/healthz").status_code == 200
        assert client.get(f"{server.url}/readyz").status_code == 503
        restartable.start()
        time.sleep(2.5)
        assert statuses(client, 20) == {200, 201}
        assert sound(server.application)


def test_a_restart_under_load_loses_no_answered_write(restartable: PostgresServer) -> None:
    with (
        live(restartable.create_database()) as server,
        server.client() as client,
        ThreadPoolExecutor(4) as pool,
    ):
        work = [pool.submit(statuses, client, 60) for _ in range(4)]
        time.sleep(0.3)
        restartable.stop()
        restartable.start()
        assert set().union(*(each.result() for each in work)) <= {200, 201, 503}
        # The connections of this process were lost with the others.
        server.application.parts.database.close()
        assert sound(server.application)


def sound(application: Application) -> bool:
    return not list(violations(application.parts.database, application.parts.registry))


@contextmanager
def terminating(scim: Scim) -> Iterator[None]:
    """End every other backend of the database, again and again."""
    engine = create_engine(scim.application.config.database_url)
    enough = threading.Event()
    end = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )

    def run() -> None:
        with engine.connect() as connection:
            while not enough.wait(0.05):
                connection.execute(text(end))
        engine.dispose()

    with ThreadPoolExecutor(1) as pool:
        ended = pool.submit(run)
        try:
            yield
        finally:
            enough.set()
        ended.result()


def test_a_terminated_backend_is_never_a_defect(postgres_server: PostgresServer) -> None:
    application = Application(postgres_server.create_database())
    scim = application.scim()
    answers: list[tuple[TestResponse, int]] = []
    began = time.monotonic()
    with closing(application.parts.database):
        with terminating(scim):
            while len(seen := {answer.status_code for answer, _ in answers}) < 2 or (
                time.monotonic() - began < 3
            ):
                assert seen <= {200, 503} and time.monotonic() - began < 60
                answers.append((scim.post("/Bulk", users(20, f"{len(answers)}-")), 20))
                answers.append((scim.get("/Users?sortBy=userName"), 0))
        stored = sum(count for answer, count in answers if answer.status_code == 200)
        assert scim.get("/Users?count=0").get_json(force=True)["totalResults"] == stored
        assert sound(application)


def test_without_a_free_connection_the_answer_comes_in_time(database_url: str) -> None:
    application = Application(database_url, threads=1)
    scim = application.scim()
    group = scim.group()["id"]
    with application.parts.database.snapshot():
        began = time.monotonic()
        with ThreadPoolExecutor(1) as pool:
            answer = pool.submit(scim.get, f"/Groups/{group}").result()
            assert error(answer)[0] == 503
            assert 4 < time.monotonic() - began < 7
            health = application.flask.test_client()
            assert pool.submit(health.get, "/healthz").result().status_code == 200
    assert scim.get(f"/Groups/{group}").status_code == 200
    application.parts.database.close()


def test_slow_and_half_sent_requests_stop_nobody_else(server: Live) -> None:
    head = b"POST /scim/v2/Users HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n"
    with ExitStack() as stack, server.client() as client:
        for sent in (b"", b"GET", b"GET", head, head, head + b"\r\n{", head + b"\r\n{"):
            stack.enter_context(server.connect()).sendall(sent)
        began = time.monotonic()
        assert statuses(client, 10) == {200, 201}
        assert time.monotonic() - began < 5
