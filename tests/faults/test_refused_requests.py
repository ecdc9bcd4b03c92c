"""What gunicorn refuses before the application sees it is told as everything else is."""

import json
import socket

import pytest

from scim_server.config import BASE_PATH
from tests.application import MESSAGES
from tests.live import Live

START = f"GET {BASE_PATH}/Users".encode()
CREATION = f"POST {BASE_PATH}/Users HTTP/1.1\r\n".encode()
HOST = b"Host: x\r\n"


@pytest.mark.proves("ERR-001")
@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (START + b"?filter=" + b"x" * 8190 + b" HTTP/1.1\r\n" + HOST + b"\r\n", 414),
        (START + b"?filter=" + b"x" * 2**20 + b" HTTP/1.1\r\n" + HOST + b"\r\n", 414),
        (START + b" HTTP/1.1\r\n" + HOST + b"X-Field: x\r\n" * 64 + b"\r\n", 431),
        (START + b" HTTP/1.1\r\n" + HOST + b"X-Field: " + b"x" * 10_000 + b"\r\n\r\n", 431),
        (START + b' ?filter=userName eq "x" HTTP/1.1\r\n' + HOST + b"\r\n", 400),
        (START + b" HTTP/7.0\r\n" + HOST + b"\r\n", 400),
        (START + b" HTTP/1.1\r\n" + HOST + b"Bad Name: x\r\n\r\n", 400),
        (START + b" HTTP/1.1\r\n" + HOST + b"Content-Length: x\r\n\r\n", 400),
        (START + b" HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: zip\r\n\r\n", 501),
        (START + b" HTTP/1.1\r\n" + HOST + b"Expect: wonders\r\n\r\n", 417),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
    ],
)
def test_the_refusal_is_a_scim_error(server: Live, sent: bytes, status: int) -> None:
    with server.connect() as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        answer = connection.makefile("rb").read()
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 %d " % status)
    assert b"\r\nContent-Type: application/scim+json\r\n" in head
    assert b"\r\nContent-Length: %d\r\n" % len(body) in head
    told = json.loads(body)
    assert told.pop("detail")
    assert told == {"schemas": [MESSAGES + "Error"], "status": str(status)}


@pytest.mark.parametrize("chunk", [b"zz\r\n", b"1;=\r\n", b"1\r\nxx\r\n", b"0\r\nno field\r\n\r\n"])
def test_chunks_that_are_none_are_not_answered_twice(server: Live, chunk: bytes) -> None:
    with server.connect() as connection:
        connection.sendall(CREATION + HOST + b"Transfer-Encoding: chunked\r\n\r\n" + chunk)
        answers = connection.makefile("rb").read()
    assert answers.startswith(b"HTTP/1.1 401 ")
    assert answers.count(b"HTTP/1.1 ") == 1


def test_the_answer_to_chunks_that_are_none_tells_that_the_connection_ends(server: Live) -> None:
    token = server.application.token(server.application.tenant())
    fields = f"Authorization: Bearer {token}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    with server.connect() as connection:
        connection.sendall(CREATION + HOST + fields + b"zz\r\n")
        answer = connection.makefile("rb").read()
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"\r\nConnection: close\r\n" in answer
