"""A feed from its address into a file: all of it, or nothing."""

from http import HTTPStatus
from time import monotonic, sleep
from typing import IO

import httpx2

from scim_server.sync.entries import SourceFault
from scim_server.sync.feed.settings import Address
from scim_server.sync.http import BUSY, Client, connected, said, wait

REQUESTS = 4
"""Until there is a file: servers are busy, and send one elsewhere."""

# What is compressed may end anywhere, and be any size.
_PLAIN = {"Accept-Encoding": "identity"}


def download(address: Address, most: int, file: IO[bytes]) -> None:
    """Raises SourceFault: no answer, not the file, not all of it, or more than ``most`` bytes."""
    url = httpx2.URL(address.url)
    # Without the query: some systems want a credential there.
    shown = url.copy_with(query=None, fragment=None)
    until = monotonic() + address.seconds
    try:
        with connected(address.url, {**address.headers, **_PLAIN}, address.context) as server:
            _fetch(server, url, until, most, file)
    except (httpx2.HTTPError, httpx2.StreamError) as fault:
        raise SourceFault(f"{shown}: {said(fault)}") from None
    except SourceFault as fault:
        raise SourceFault(f"{shown}: {fault}") from None


def _fetch(server: Client, url: httpx2.URL, until: float, most: int, file: IO[bytes]) -> None:
    for _ in range(REQUESTS):
        with server.get(url, until - monotonic()) as answer:
            if answer.status_code == HTTPStatus.OK:
                return _keep(answer, most, file)
            url, seconds = _next(answer)
        if monotonic() + seconds > until:
            raise SourceFault(f"it wants to be asked again in {seconds:.0f} seconds")
        sleep(seconds)
    raise SourceFault(f"there is no file after {REQUESTS} requests")


def _next(answer: httpx2.Response) -> tuple[httpx2.URL, float]:
    """Where to ask next, and after how many seconds."""
    if answer.status_code in BUSY:
        return answer.url, wait(answer.headers)
    if answer.next_request is None:
        raise SourceFault(f"the answer is {answer.status_code}")
    there = answer.next_request.url
    if _server(there) != _server(answer.url):
        raise SourceFault("it sends one to another server, which gets no credential of this one")
    return there, 0


def _server(url: httpx2.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _keep(answer: httpx2.Response, most: int, file: IO[bytes]) -> None:
    if not {"content-length", "transfer-encoding"} & answer.headers.keys():
        raise SourceFault("the answer does not say where it ends")
    if "content-encoding" in answer.headers:
        raise SourceFault("the answer is compressed, which it was asked not to be")
    size = 0
    for block in answer.iter_raw():
        size += len(block)
        if size > most:
            raise SourceFault(f"the file has more than {most:,} bytes")
        file.write(block)
