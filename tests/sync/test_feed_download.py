"""Feeds from an address: who is asked, who gets the credential, and what is believed."""

import gzip
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from cryptography import x509

from scim_server.sync.entries import Entry, SourceFault, Unreadable
from scim_server.sync.feed.download import download
from scim_server.sync.feed.settings import Address
from tests.certificates import Authority
from tests.sync.feeds import TOKEN, Feed, FileServer, answer

PATH = "/hr/workers.csv"
FEED = answer(b"id,mail\nW1,a@x.example\nW2,b@x.example\n")
PACKED = gzip.compress(b"id", mtime=0)
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Remote:
    """A feed that a server gives."""

    feed: Feed
    server: FileServer
    ca: Path

    @property
    def origin(self) -> str:
        return f"https://127.0.0.1:{self.server.port}"

    def gives(self, *answers: bytes, path: str = PATH) -> None:
        """One after the other, the last one ever again."""
        self.server.answers[path] = list(answers)

    def read(self, path: str = PATH, **told: Any) -> list[Entry | Unreadable]:
        """Asked with the token."""
        settings = {"url": self.origin + path, "password_env": "TOKEN", "ca_file": str(self.ca)}
        return self.feed.entries(**{**settings, **told})

    def fault(self, path: str = PATH, **told: Any) -> str:
        """Why it is not believed."""
        with pytest.raises(SourceFault) as fault:
            self.read(path, **told)
        assert TOKEN not in str(fault.value)
        return str(fault.value)

    def was_asked(self) -> int:
        return len(self.server.asked)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="module")
def server(authority: Authority) -> Iterator[FileServer]:
    with FileServer().running(authority.signed("files")) as running:
        yield running


@pytest.fixture
def remote(server: FileServer, authority: Authority, tmp_path: Path) -> Remote:
    server.answers.clear()
    server.asked.clear()
    return Remote(Feed(tmp_path), server, authority.ca)


def test_the_file_is_read_with_the_credential(remote: Remote) -> None:
    remote.gives(FEED)
    assert [row.id for row in remote.read()] == ["W1", "W2"]
    [(_, headers)] = remote.server.asked
    assert headers["Authorization"] == f"Bearer {TOKEN}"


def test_a_key_is_sent_in_its_header(remote: Remote) -> None:
    remote.gives(FEED)
    remote.read(header="X-Api-Key")
    [(_, headers)] = remote.server.asked
    assert headers["X-Api-Key"] == TOKEN
    assert "Authorization" not in headers


def test_rows_are_told_by_the_name_of_the_file(remote: Remote) -> None:
    remote.gives(answer(b"id,mail\n,a\n"))
    assert [row.place for row in remote.read()] == ["line 2 of workers.csv"]


def test_a_file_in_chunks_is_whole_with_the_last_of_them(remote: Remote) -> None:
    remote.gives(CHUNKED + b"8\r\nid,mail\n\r\n5\r\nW1,a\n\r\n0\r\n\r\n")
    assert [row.id for row in remote.read()] == ["W1"]


@pytest.mark.parametrize(
    "raw",
    [
        FEED[:-10],
        FEED.replace(b"Length: 38", b"Length: 39"),
        CHUNKED + b"8\r\nid,mail\n\r\n5\r\nW1,a\n\r\n",
        CHUNKED + b"8\r\nid,mail\n\r\nhello\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
        b"220 mail.example ESMTP\r\n",
        b"\0" * 100,
        b"",
    ],
)
def test_an_answer_that_breaks_off_is_not_believed(remote: Remote, raw: bytes) -> None:
    remote.gives(raw)
    assert remote.fault().endswith("the answer breaks off, or is malformed")


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\nid,mail\nW1,a\n", "does not say where it ends"),
        (answer(PACKED, Content_Encoding="gzip"), "the answer is compressed"),
        (answer(b"id,mail\nW1,a\n", status=206), "the answer is 206"),
        (answer(b"", status=204), "the answer is 204"),
        (answer(b"no", status=401), "the answer is 401"),
        (answer(b"no", status=404), "the answer is 404"),
        (answer(b"no", status=500), "the answer is 500"),
        (answer(b"no", status=302), "the answer is 302"),
        (answer(b"<html>Sign in</html>\n"), 'the header lacks "id", "mail"'),
    ],
)
def test_another_answer_is_not_believed(remote: Remote, raw: bytes, told: str) -> None:
    remote.gives(raw)
    assert told in remote.fault()
    assert remote.was_asked() == 1


def test_a_query_is_sent_and_not_told(remote: Remote) -> None:
    remote.gives(answer(b"", status=403), path=f"{PATH}?key=s3cret")
    told = remote.fault(f"{PATH}?key=s3cret")
    assert told == f"workers.csv: {remote.origin}{PATH}: the answer is 403"


def test_a_file_has_a_largest_size(remote: Remote) -> None:
    remote.gives(answer(b"id,mail\n" + b"W1,a\n" * 300_000))
    assert "more than 1,048,576 bytes" in remote.fault(megabytes=1)


def test_a_busy_server_is_asked_again_when_it_says(remote: Remote) -> None:
    remote.gives(answer(b"", status=503, Retry_After="1"), FEED)
    assert len(remote.read()) == 2
    assert remote.was_asked() == 2


def test_nobody_waits_longer_than_the_download_may_take(remote: Remote) -> None:
    remote.gives(answer(b"", status=429, Retry_After="3600"))
    assert "asked again in 3600 seconds" in remote.fault(seconds=60)
    assert remote.was_asked() == 1


def test_a_file_may_lie_elsewhere_on_its_server(remote: Remote) -> None:
    remote.gives(answer(b"", status=302, Location="/today.csv?x=1"))
    remote.gives(FEED, path="/today.csv?x=1")
    assert len(remote.read()) == 2
    assert [headers["Authorization"] for _, headers in remote.server.asked] == [
        f"Bearer {TOKEN}"
    ] * 2


def test_a_circle_has_an_end(remote: Remote) -> None:
    remote.gives(answer(b"", status=307, Location=PATH))
    assert "no file after 4 requests" in remote.fault()


@pytest.mark.parametrize(
    "place", ["http://127.0.0.1:{port}/", "https://localhost:{port}/", "//[::1]/"]
)
def test_another_server_is_not_asked(remote: Remote, place: str) -> None:
    there = place.format(port=remote.server.port)
    remote.gives(answer(b"", status=301, Location=there))
    assert "another server, which gets no credential" in remote.fault()
    assert remote.was_asked() == 1


@pytest.mark.parametrize("place", ["file:///etc/passwd", "https://[", "ftp://x/"])
def test_a_place_that_is_no_address_of_the_server_is_not_asked(remote: Remote, place: str) -> None:
    remote.gives(answer(b"", status=301, Location=place))
    remote.fault()
    assert remote.was_asked() == 1


def test_a_server_must_be_who_it_says(remote: Remote, tmp_path: Path) -> None:
    remote.gives(FEED)
    other = Authority(tmp_path)
    assert "certificate verify failed" in remote.fault(ca_file=str(other.ca))
    stranger = other.signed("stranger", x509.DNSName("hr.example.com"))
    with FileServer().running(stranger) as running:
        misplaced = Remote(remote.feed, running, other.ca)
        assert "certificate" in misplaced.fault()
    assert remote.was_asked() == 0 == misplaced.was_asked()


def test_nobody_may_be_there(remote: Remote) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        told = remote.fault(url=f"https://127.0.0.1:{taken.getsockname()[1]}{PATH}")
    assert "cannot be reached" in told


def test_http_is_read_within_this_machine(remote: Remote) -> None:
    with FileServer().running(None) as plain:
        plain.answers[PATH] = [FEED]
        assert len(remote.read(url=f"http://127.0.0.1:{plain.port}{PATH}")) == 2


@pytest.mark.parametrize("dribbled", [answer(b"x" * 100), answer(b"", X_Y="z" * 400)])
def test_a_server_that_dribbles_is_not_waited_for(
    authority: Authority, tmp_path: Path, dribbled: bytes
) -> None:
    began = monotonic()
    with (
        FileServer(pause=0.005).running(authority.signed("slow")) as slow,
        (tmp_path / "file").open("wb") as file,
    ):
        slow.answers[PATH] = [dribbled]
        context = ssl.create_default_context(cafile=authority.ca)
        address = Address(f"https://127.0.0.1:{slow.port}{PATH}", {}, context, seconds=0.3)
        with pytest.raises(SourceFault, match="does not answer in time"):
            download(address, 1000, file)
    assert monotonic() - began < 1.5
