"""Clients that stop in the middle of a request or of its answer, or never come to the end."""

import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from scim_server.config import BASE_PATH
from tests.application import MESSAGES, USER
from tests.live import Live, live

PATIENCE = 5
"""Seconds that the server waits in these tests."""
LATER = 3
"""Seconds more that it may take to notice."""
SETTINGS = {"GUNICORN_CMD_ARGS": f"--timeout {PATIENCE}"}


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
        for answer, _ in answers[:3]:
            assert answer.startswith(b"HTTP/1.1 408 ")
            assert (MESSAGES + "Error").encode() in answer
        assert answers[3][0] == b""


def test_an_answer_that_nobody_takes_frees_its_thread(database_url: str) -> None:
    with live(database_url, workers=1, threads=1, **SETTINGS) as server:
        tenant = server.application.tenant()
        bearer = f"Authorization: Bearer {server.application.token(tenant)}"
        with server.client(tenant) as client, socket.socket() as deaf:
            for number in range(12):
                body = {"schemas": [USER], "userName": f"{number}", "title": "x" * 900_000}
                assert client.post("/Users", json=body).status_code == 201
            deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            deaf.connect(("127.0.0.1", server.port))
            deaf.sendall(f"GET {BASE_PATH}/Users HTTP/1.1\r\nHost: x\r\n{bearer}\r\n\r\n".encode())
            time.sleep(0.5)
            began = time.monotonic()
            assert client.get("/Users?count=1").status_code == 200
            # What the kernel still took in between begins the time anew.
            assert 1 < time.monotonic() - began < 4 * PATIENCE


def test_who_is_slow_but_comes_to_the_end_is_served(tmp_path: Path) -> None:
    body = b'{"schemas":["%s"],"userName":"slow"}' % USER.encode()

    def slowly() -> Iterator[bytes]:
        yield body[:40]
        time.sleep(PATIENCE - 2)
        yield body[40:]

    with (
        live(f"sqlite:///{tmp_path}/scim.db", workers=1, threads=1, **SETTINGS) as server,
        server.client() as client,
    ):
        json = {"Content-Type": "application/scim+json"}
        assert client.post("/Users", content=slowly(), headers=json).status_code == 201
