"""Answers of another SCIM server that cannot be believed: each is a fault that names no secret."""

import gzip
import json
import socket
import ssl
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from cryptography.x509 import DNSName

from scim_server.sync.entries import SourceFault
from scim_server.sync.scim import remote
from tests.certificates import Authority
from tests.sync.scim_peer import INDEX, SCIM_JSON, TOKEN, Peer, peer, pulled, told, users

HTML = {"Content-Type": "text/html; charset=utf-8"}
NOW = "Sat, 21 Nov 2026 14:00:00 GMT"


@pytest.fixture
def other() -> Iterator[Peer]:
    with peer() as made:
        made.lists["/Users"] = users("a", "b")
        yield made


def fault(url: str, **settings: Any) -> str:
    """Why its users cannot be read."""
    asked = Peer()
    asked.url = url
    with pytest.raises(SourceFault) as raised:
        pulled(asked, **settings)
    assert TOKEN not in str(raised.value)
    return str(raised.value)


@pytest.mark.parametrize(
    ("status", "said"),
    [(401, "401 Unauthorized"), (500, "500 Internal Server Error"), (404, "404 Not Found")],
)
def test_a_refusal_is_told_by_its_status_and_the_url(other: Peer, status: int, said: str) -> None:
    other.page = lambda *_: status
    assert fault(other.url) == f"{other.url}/Users: {said} (invalidFilter)"


@pytest.mark.parametrize("body", [b"<html>", b'{"scimType": "hunter"}', b'{"scimType": 7}'])
def test_what_a_refusal_says_in_other_words_is_not_repeated(other: Peer, body: bytes) -> None:
    other.first = [told(INDEX), (403, HTML, body)]
    assert fault(other.url) == f"{other.url}/Users: 403 Forbidden"


def test_a_redirect_is_not_followed(other: Peer) -> None:
    with peer() as elsewhere:
        other.first = [(302, {"Location": f"{elsewhere.url}/ServiceProviderConfig"}, b"")]
        assert "302: redirects are not followed" in fault(other.url)
        assert elsewhere.asked == []


@pytest.mark.parametrize(
    ("headers", "body", "said"),
    [
        (HTML, b"<html>Sign in</html>", "neither application/json nor application/scim+json"),
        ({}, b"{}", "neither application/json nor application/scim+json"),
        (SCIM_JSON, b"<html>", "no JSON object"),
        (SCIM_JSON, b'{"Resources": [', "no JSON object"),
        (SCIM_JSON, b'[{"id": "a"}]', "no JSON object"),
        (SCIM_JSON, b"[" * 100_000, "no JSON object"),
        (SCIM_JSON, b"", "no JSON object"),
        ({**SCIM_JSON, "Content-Length": "100"}, b'{"a": 1}', "breaks off"),
        ({**SCIM_JSON, "Content-Encoding": "gzip"}, b"no gzip", "breaks off, or is malformed"),
        ({**SCIM_JSON, "Content-Encoding": "gzip, gzip"}, b"", "encoded in a way"),
    ],
)
def test_an_answer_that_is_none_is_told(
    other: Peer, headers: dict[str, str], body: bytes, said: str
) -> None:
    other.first = [(200, {**headers, "Connection": "close"}, body)]
    assert said in fault(other.url)


def test_an_answer_may_be_compressed(other: Peer) -> None:
    body = gzip.compress(json.dumps({"filter": {"supported": True}}).encode())
    other.first = [(200, {**SCIM_JSON, "Content-Encoding": "gzip"}, body)]
    assert pulled(other) == ["a", "b"]


def test_an_answer_that_unpacks_to_too_much_is_left(other: Peer) -> None:
    body = gzip.compress(b" " * (remote.MOST_BYTES + 1), 1)
    other.first = [(200, {**SCIM_JSON, "Content-Encoding": "gzip"}, body)]
    assert "page_size" in fault(other.url)


def test_an_answer_of_more_values_than_fit_into_memory_is_left(other: Peer) -> None:
    body = b'{"Resources": [' + b"[]," * (remote.MOST_VALUES // 2) + b"[]]}"
    other.first = [(200, SCIM_JSON, body)]
    tracemalloc.start()
    try:
        assert "2000000 values: ask for less at once (page_size)" in fault(other.url)
        assert tracemalloc.get_traced_memory()[1] < 4 * len(body)
    finally:
        tracemalloc.stop()


def test_a_server_that_is_busy_is_asked_again_when_it_says(other: Peer) -> None:
    other.first = [(429, {"Retry-After": "1"}, b"")]
    began = time.monotonic()
    assert pulled(other) == ["a", "b"]
    assert 1 <= time.monotonic() - began < 3
    assert [path for path, _ in other.asked[:2]] == ["/ServiceProviderConfig"] * 2


@pytest.mark.parametrize("later", ["3600", "Sat, 21 Nov 2026 15:00:00 GMT"])
def test_nobody_waits_longer_than_it_was_said(other: Peer, later: str) -> None:
    other.first = [(503, {"Retry-After": later, "Date": NOW}, b"")]
    assert "503, wants to be asked again in 3600 s; 300 s are left" in fault(other.url)


def test_a_server_that_is_always_busy_is_given_up(other: Peer) -> None:
    other.first = [(429, {"Retry-After": "0"}, b"")] * 100
    assert "429" in fault(other.url, wait_seconds=1.5)
    assert len(other.asked) == 2


@pytest.mark.parametrize("later", ["", "soon", "-1", "1e9", "Sat, 99 Nov 2026 14:00:00 GMT"])
def test_a_wait_that_makes_no_sense_is_a_short_one(other: Peer, later: str) -> None:
    other.first = [(503, {"Retry-After": later}, b"")]
    assert "asked again in 5 s; 1 s are left" in fault(other.url, wait_seconds=1)


@contextmanager
def raw(*said: bytes, pause: float = 0) -> Iterator[str]:
    """The URL of a server that says this, word for word, to whoever connects first."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(65536)
                for each in said:
                    time.sleep(pause)
                    try:
                        connection.sendall(each)
                    except OSError:
                        return

        thread = Thread(target=answer)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        thread.join()


CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"


def test_chunks_that_break_off_are_told() -> None:
    with raw(CHUNKED + b'9\r\n{"a": 1}\n\r\n') as url:
        assert "breaks off" in fault(url)


def test_an_answer_that_does_not_begin_is_given_up() -> None:
    with raw(b"", b"", pause=0.3) as url:
        assert "does not answer in time" in fault(url, answer_seconds=0.2)


def test_an_answer_that_trickles_is_given_up() -> None:
    with raw(CHUNKED, *[b"1\r\n \r\n"] * 20, pause=0.05) as url:
        assert "does not answer in time" in fault(url, answer_seconds=0.2)


def test_headers_that_trickle_are_given_up() -> None:
    with raw(CHUNKED[:20], *[b"x"] * 40, pause=0.05) as url:
        began = time.monotonic()
        assert "does not answer in time" in fault(url, answer_seconds=0.3)
        assert time.monotonic() - began < 1.5


def test_a_whole_reading_has_an_end(other: Peer) -> None:
    def page(path: str, query: dict[str, str]) -> Any:
        time.sleep(0.1)
        return {"Resources": users(f"new-{len(other.asked)}")}

    other.page = page
    assert "the whole reading takes too long (seconds)" in fault(other.url, seconds=0.35)


def test_a_server_that_speaks_something_else_is_told() -> None:
    with raw(b"220 mail.example.com ESMTP secret\r\n") as url:
        assert fault(url) == f"{url}/ServiceProviderConfig: the answer breaks off, or is malformed"


def test_a_server_that_is_not_there_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    assert "cannot be reached" in fault(url)


def test_its_certificate_is_checked(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    trusted = ssl.create_default_context(cafile=authority.ca)
    with peer(authority.signed("server")) as other:
        assert pulled(other, context=trusted) == []
        assert "CERTIFICATE_VERIFY_FAILED" in fault(other.url)
    with peer(authority.signed("elsewhere", DNSName("elsewhere.example.com"))) as other:
        assert "CERTIFICATE_VERIFY_FAILED" in fault(other.url, context=trusted)
