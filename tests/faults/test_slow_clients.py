"""Clients that stop in the middle of a request or of its answer, or never come to the end."""

import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from scim_server.config import BASE_PATH
from tests.application import MESSAGES, USER
from tests.live import Live, live
from tests.servers import empty_database

PATIENCE = 3
"""Seconds that the server waits in these tests."""
LATER = 3
"""Seconds more that it may take to notice."""
SETTINGS = {"GUNICORN_CMD_ARGS": f"--timeout {PATIENCE}"}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def alone(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Live]:
    """A server of one thread."""
    url = empty_database(request, tmp_path_factory.mktemp("live"))
    with live(url, workers=1, threads=1, **SETTINGS) as running:
        yield running


def head(server: Live, *fields: str) -> bytes:
    """The head of a creation."""
    token = server.application.token(server.application.tenant())
    lines = (f"POST {BASE_PATH}/Users HTTP/1.1", "Host: x", f"Authorization: Bearer {token}")
    return "\r\n".join((*lines, *fields, "", "")).encode()


def answer_to(server: Live, sent: bytes, drop: bytes = b"") -> tuple[bytes, float]:
    """What comes back, and after how many seconds the connection ends; ``drop`` comes by and by."""
    began = time.monotonic()
    ended = threading.Event()

    def trickle() -> None:
        while not ended.wait(0.2):
            connection.sendall(drop)

    with server.connect() as connection, ThreadPoolExecutor(1) as pool:
        connection.sendall(sent)
        trickling = pool.submit(trickle)
        try:
            answer = connection.makefile("rb").read()
        finally:
            ended.set()
        trickling.exception()
    return answer, time.monotonic() - began


def test_what_does_not_come_to_its_end_is_given_up_and_frees_its_thread(tmp_path: Path) -> None:
    with (
        live(f"sqlite:///{tmp_path}/scim.db", workers=1, threads=4, **SETTINGS) as server,
        ThreadPoolExecutor(4) as pool,
    ):
        stalled = [
            pool.submit(answer_to, server, head(server, "Content-Length: 100") + b"{"),
            pool.submit(answer_to, server, head(server, "Transfer-Encoding: chunked") + b"64\r\n{"),
            pool.submit(answer_to, server, head(server, "Content-Length: 1000") + b"{", b" "),
            pool.submit(answer_to, server, head(server)[:-2]),
        ]
        time.sleep(0.5)
        with server.client() as client:
            assert client.get("/Users").status_code == 200
        answers = [each.result() for each in stalled]
        assert [PATIENCE <= seconds < PATIENCE + LATER for _, seconds in answers] == [True] * 4
        for answer, _ in answers:
            assert answer.startswith(b"HTTP/1.1 408 ")
            assert b"\r\nConnection: close\r\n" in answer
            assert (MESSAGES + "Error").encode() in answer


@contextmanager
def listing(server: Live, client: httpx2.Client) -> Iterator[socket.socket]:
    """A connection on which eleven megabytes were asked for, and that holds little of them."""
    for number in range(12):
        body = {"schemas": [USER], "userName": f"{number}", "title": "x" * 900_000}
        assert client.post("/Users", json=body).status_code == 201
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(("127.0.0.1", server.port))
        connection.sendall(get(client, "/Users"))
        yield connection


def get(client: httpx2.Client, path: str) -> bytes:
    """A request with the token of the client."""
    token = client.headers["Authorization"]
    lines = (f"GET {BASE_PATH}{path} HTTP/1.1", "Host: x", f"Authorization: {token}", "", "")
    return "\r\n".join(lines).encode()


def take(connection: socket.socket, rate: int) -> bytes:
    """A chunked answer, or what there is of it, taken with so many bytes a second."""
    taken = bytearray()
    while not taken.endswith(b"\r\n0\r\n\r\n") and (piece := connection.recv(70_000)):
        taken += piece
        time.sleep(len(piece) / rate)
    return bytes(taken)


@pytest.mark.parametrize("rate", [1_000, 100_000])
def test_an_answer_that_is_taken_too_slowly_frees_its_thread(alone: Live, rate: int) -> None:
    with (
        alone.client() as client,
        ThreadPoolExecutor(1) as pool,
        listing(alone, client) as connection,
    ):
        pool.submit(take, connection, rate)
        time.sleep(0.5)
        began = time.monotonic()
        assert client.get("/Users?count=1").status_code == 200
        # What the kernel still takes of one piece lets the next one begin.
        assert 1 < time.monotonic() - began < 6 * PATIENCE
        connection.shutdown(socket.SHUT_RDWR)


def test_a_connection_goes_on_after_an_answer_that_took_long(alone: Live) -> None:
    with alone.client() as client, listing(alone, client) as connection:
        began = time.monotonic()
        answer = take(connection, 2_000_000)
        assert time.monotonic() - began > PATIENCE + 1
        assert b"\r\nConnection: keep-alive\r\n" in answer
        connection.sendall(get(client, "/Users/none"))
        assert connection.recv(100).startswith(b"HTTP/1.1 404 ")


def created_slowly(server: Live) -> httpx2.Response:
    """The answer to a body that comes in two pieces, half as long apart as the server waits."""
    body = b'{"schemas":["%s"],"userName":"slow"}' % USER.encode()

    def slowly() -> Iterator[bytes]:
        yield body[:40]
        time.sleep(PATIENCE / 2)
        yield body[40:]

    with server.client() as client:
        json = {"Content-Type": "application/scim+json"}
        return client.post("/Users", content=slowly(), headers=json)


def test_who_is_slow_but_comes_to_the_end_is_served(alone: Live) -> None:
    assert created_slowly(alone).status_code == 201


def test_without_a_limit_who_is_slow_is_served(tmp_path: Path) -> None:
    settings = {"GUNICORN_CMD_ARGS": "--timeout 0"}
    with live(f"sqlite:///{tmp_path}/scim.db", workers=1, threads=1, **settings) as server:
        assert created_slowly(server).status_code == 201
