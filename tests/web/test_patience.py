"""How long a connection waits, where the whole server would need ten times as long to show it."""

import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from scim_server.web.patience import ANSWER, Late, TimedSocket

PATIENCE = 0.1


@pytest.fixture
def ends() -> Iterator[tuple[TimedSocket, socket.socket]]:
    """Of one connection: ours and the client's."""
    with (
        socket.create_server(("127.0.0.1", 0)) as listening,
        socket.create_connection(listening.getsockname()) as client,
        TimedSocket(listening.accept()[0], PATIENCE) as ours,
    ):
        yield ours, client


def read_all(client: socket.socket) -> None:
    """As fast as it comes."""
    while client.recv(2**20):
        pass


def test_an_answer_without_end_is_given_up_however_well_it_is_taken(
    ends: tuple[TimedSocket, socket.socket],
) -> None:
    ours, client = ends
    with ThreadPoolExecutor(1) as pool:
        pool.submit(read_all, client)
        began = time.monotonic()
        with suppress(TimeoutError):
            while time.monotonic() - began < 5:
                ours.sendall(bytes(2**16))
        assert PATIENCE * ANSWER <= time.monotonic() - began < 5
        ours.shutdown(socket.SHUT_RDWR)


def test_a_request_that_comes_in_single_bytes_is_given_up(
    ends: tuple[TimedSocket, socket.socket],
) -> None:
    ours, client = ends
    began = time.monotonic()
    with suppress(Late):
        while time.monotonic() - began < 5:
            client.sendall(b"x")
            assert ours.recv(1) == b"x"
            time.sleep(PATIENCE / 10)
    assert PATIENCE <= time.monotonic() - began < 5
