"""Workers that are killed, and a server that is told to stop, with requests in flight."""

import os
import signal
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress

import httpx2
import pytest

from scim_server.store.check.invariants import violations
from tests.live import Live, live, users

JOB = 200
DELAYS = (0.01, 0.1, 0.3)
"""Seconds after which a worker is killed: before, within and after its Bulk job."""


def total(client: httpx2.Client) -> int:
    """How many users there are, asked again while a dead worker's connections are reset."""
    for _ in range(100):
        with suppress(httpx2.TransportError):
            found: int = client.get("/Users", params={"count": 0}).json()["totalResults"]
            return found
        time.sleep(0.05)
    raise AssertionError("The server does not come back.")


def killing(server: Live, delay: float) -> threading.Timer:
    """Kill every worker after the delay."""

    def kill() -> None:
        for pid in server.workers():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    return threading.Timer(delay, kill)


def test_a_killed_worker_leaves_all_of_a_bulk_or_none(server: Live) -> None:
    with server.client() as client:
        stored = 0
        for round_, delay in enumerate(DELAYS):
            killer = killing(server, delay)
            killer.start()
            told = None
            with suppress(httpx2.TransportError):
                told = client.post("/Bulk", json=users(JOB, f"round{round_}-")).status_code
            killer.join()
            now = total(client)
            assert now - stored in ((JOB,) if told == 200 else (0, JOB))
            stored = now
        assert len(client.post("/Bulk", json=users(2)).json()["Operations"]) == 2
    application = server.application
    assert list(violations(application.parts.database, application.parts.registry)) == []


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGHUP])
def test_requests_in_flight_are_finished(database_url: str, stop: signal.Signals) -> None:
    with live(database_url) as server, server.client() as client, ThreadPoolExecutor(4) as pool:
        jobs: list[Future[httpx2.Response]] = []
        for number in range(4):
            jobs.append(pool.submit(client.post, "/Bulk", json=users(JOB, f"job{number}-")))
        time.sleep(0.15)
        server.process.send_signal(stop)
        assert [job.result().status_code for job in jobs] == [200] * 4
        if stop == signal.SIGTERM:
            assert server.process.wait(20) == 0
        else:
            assert total(client) == 4 * JOB
