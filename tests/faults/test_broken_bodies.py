"""Bodies that break off, that are no chunks, or that are too long, over a real connection."""

import socket
from contextlib import closing
from http.client import HTTPConnection

import pytest

from scim_server.config import BASE_PATH
from tests.live import Live

BODY = b'{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"half"}'
LIMIT = 2**20


def send(server: Live, *parts: bytes, token: str) -> tuple[int, bytes]:
    """A request made by hand, then the end of what is sent; status and body of the answer."""
    head = f"POST {BASE_PATH}/Users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
    with server.connect() as connection:
        connection.sendall(head.encode() + b"".join(parts))
        connection.shutdown(socket.SHUT_WR)
        answer = connection.makefile("rb").read()
    return int(answer.split(b" ", 2)[1]), answer.partition(b"\r\n\r\n")[2]


@pytest.mark.parametrize(
    "parts",
    [
        (b"Content-Length: 500\r\n\r\n", BODY),
        (b"Content-Length: 500\r\n\r\n",),
        (b"Transfer-Encoding: chunked\r\n\r\n", b"%x\r\n" % (len(BODY) + 9), BODY),
        (b"Transfer-Encoding: chunked\r\n\r\n", b"%x\r\n" % len(BODY), BODY),
        (b"Transfer-Encoding: chunked\r\n\r\n", b"%x\r\n" % len(BODY), BODY, b"\r\n"),
        (b"Transfer-Encoding: chunked\r\n\r\n", b"4\r\n", BODY, b"\r\n0\r\n\r\n"),
        (b"Transfer-Encoding: chunked\r\n\r\n", b"zz\r\n", BODY),
        (b"Transfer-Encoding: chunked\r\n\r\n", b"-5\r\n", BODY),
    ],
)
def test_a_body_that_breaks_off_is_refused_and_stores_nothing(
    server: Live, parts: tuple[bytes, ...]
) -> None:
    tenant = server.application.tenant()
    status, answer = send(server, *parts, token=server.application.token(tenant))
    assert (status, b'"invalidSyntax"' in answer) == (400, True), answer
    with server.client(tenant) as client:
        assert client.get("/Users").json()["totalResults"] == 0


def test_chunks_make_a_body(server: Live) -> None:
    chunks = (b"10\r\n", BODY[:16], b"\r\n%x\r\n" % (len(BODY) - 16), BODY[16:], b"\r\n0\r\n\r\n")
    token = server.application.token(server.application.tenant())
    assert send(server, b"Transfer-Encoding: chunked\r\n\r\n", *chunks, token=token)[0] == 201


@pytest.mark.parametrize(
    "parts",
    [
        (b"Content-Length: %d\r\n\r\n" % (LIMIT + 1), b" " * (LIMIT + 1)),
        (b"Transfer-Encoding: chunked\r\n\r\n", *[b"10000\r\n" + b" " * 2**16 + b"\r\n"] * 17),
    ],
)
def test_too_long_is_told_before_the_end(server: Live, parts: tuple[bytes, ...]) -> None:
    token = server.application.token(server.application.tenant())
    assert send(server, *parts, token=token)[0] == 413


@pytest.mark.proves("BLK-018")
@pytest.mark.parametrize(("path", "limit"), [("/Users", LIMIT), ("/Bulk", 4 * LIMIT)])
@pytest.mark.parametrize("chunked", [False, True])
def test_who_sends_all_before_reading_reads_the_refusal(
    server: Live, path: str, limit: int, chunked: bool
) -> None:
    token = server.application.token(server.application.tenant())
    pieces = [b" " * 2**16] * (2 * limit // 2**16)
    fields = {"Authorization": f"Bearer {token}", "Content-Type": "application/scim+json"}
    with closing(HTTPConnection("127.0.0.1", server.port, timeout=30)) as connection:
        body = iter(pieces) if chunked else b"".join(pieces)
        connection.request("POST", BASE_PATH + path, body, fields, encode_chunked=chunked)
        answer = connection.getresponse()
        assert (answer.status, b'"413"' in answer.read()) == (413, True)


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_connection_goes_on_after_a_body_that_nobody_reads(server: Live, method: str) -> None:
    with server.client() as client:
        id = client.post("/Users", json={"userName": "ada", "schemas": []}).json().get("id", "x")
        first = client.request(method, f"/Users/{id}", content=b"{no json" * 1000)
        assert first.status_code < 500
        assert client.get("/Users").status_code == 200
