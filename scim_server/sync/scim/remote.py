"""The other server: one question, one answer, or a SourceFault that says why there is none.

A fault names the status and the URL, never the credential, and nothing that the server sent but
the error codes that RFC 7644 and RFC 9865 define.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

import httpx2
import orjson

from scim_server.protocol.schema import Document, fold_name
from scim_server.sync import http
from scim_server.sync.entries import SourceFault
from scim_server.sync.scim.settings import Settings

JSON_TYPES = frozenset({"application/scim+json", "application/json"})
ENCODINGS = frozenset({"identity", "gzip"})
MOST_BYTES = 2**26
"""Of an answer: a page of groups that have a hundred thousand members between them."""
MOST_VALUES = 2_000_000
"""In an answer: parsed, each may take 200 bytes, however few it has here."""

CODES = frozenset(
    {
        "invalidFilter",
        "tooMany",
        "uniqueness",
        "mutability",
        "invalidSyntax",
        "invalidPath",
        "noTarget",
        "invalidValue",
        "invalidVers",
        "sensitive",
        "invalidCursor",
        "expiredCursor",
        "invalidCount",
    }
)
"""Of errors; any other word may be the credential."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said.

    document: empty where the status is another than 200
    date:     of the server's own clock
    """

    status: int
    document: Document
    date: datetime | None


@dataclass(slots=True)
class Remote:
    """The server, in one reading.

    until:    when the reading must be over, by the monotonic clock
    patience: seconds that are left to wait in
    """

    settings: Settings
    client: http.Client
    until: float
    patience: float

    def get(
        self, path: str, query: Mapping[str, str] | None = None, also: frozenset[int] = frozenset()
    ) -> Answer:
        """Ask, again where the server says when. Raises SourceFault.

        Args: also: statuses that are an answer too, besides 200
        """
        url = self.settings.url + path
        while True:
            response, body = self._exchange(url, query or {})
            if response.status_code not in http.BUSY:
                break
            self._wait(url, response)
        date = http.instant(response.headers.get("date", ""))
        if response.status_code in also:
            return Answer(response.status_code, {}, date)
        if response.status_code != HTTPStatus.OK:
            raise SourceFault(f"{url}: {_refusal(response, body)}")
        return Answer(response.status_code, _document(url, response, body), date)

    def _exchange(self, url: str, query: Mapping[str, str]) -> tuple[httpx2.Response, bytes]:
        left = max(0, self.until - time.monotonic())
        try:
            with self.client.get(url, min(self.settings.answer_seconds, left), query) as response:
                return response, _bounded(url, b"".join(_chunks(url, response)))
        except (httpx2.HTTPError, httpx2.StreamError) as fault:
            is_over = time.monotonic() >= self.until
            told = "the whole reading takes too long (seconds)" if is_over else http.said(fault)
            raise SourceFault(f"{url}: {told}") from None

    def _wait(self, url: str, response: httpx2.Response) -> None:
        seconds = http.wait(response.headers)
        if seconds > self.patience:
            told = f"wants to be asked again in {seconds:.0f} s; {self.patience:.0f} s are left"
            raise SourceFault(f"{url}: {response.status_code}, {told} (wait_seconds)")
        self.patience -= seconds
        time.sleep(seconds)


def _chunks(url: str, response: httpx2.Response) -> Iterator[bytes]:
    if response.headers.get("content-encoding", "identity").lower() not in ENCODINGS:
        raise SourceFault(f"{url}: the answer is encoded in a way that was not asked for")
    size = 0
    for chunk in response.iter_bytes():
        size += len(chunk)
        if size > MOST_BYTES:
            raise _too_much(url, f"{MOST_BYTES} bytes")
        yield chunk


def _bounded(url: str, body: bytes) -> bytes:
    """A body that can be parsed. Each value of JSON has one of these marks before it, or a ":"."""
    if sum(body.count(mark) for mark in (b",", b"[", b"{")) > MOST_VALUES:
        raise _too_much(url, f"{MOST_VALUES} values")
    return body


def _too_much(url: str, what: str) -> SourceFault:
    return SourceFault(f"{url}: the answer has more than {what}: ask for less at once (page_size)")


def _refusal(response: httpx2.Response, body: bytes) -> str:
    """The status in words, with its scimType (RFC 7644 §3.12)."""
    status = response.status_code
    if response.is_redirect:
        return f"{status}: redirects are not followed; the url must be where the server really is"
    told = f"{status} {httpx2.codes.get_reason_phrase(status)}".rstrip()
    code = _parsed(body).get("scimType")
    return f"{told} ({code})" if isinstance(code, str) and code in CODES else told


def _document(url: str, response: httpx2.Response, body: bytes) -> Document:
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in JSON_TYPES:
        raise SourceFault(f"{url}: the answer is neither {' nor '.join(sorted(JSON_TYPES))}")
    if not (document := _parsed(body)):
        raise SourceFault(f"{url}: the answer is no JSON object, or an empty one")
    return document


def _parsed(body: bytes) -> Document:
    """Empty for what is no object."""
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return document if isinstance(document, dict) else {}


def folded(document: Document) -> Document:
    """With the names of its own level in one letter case: servers write them as they like."""
    return {fold_name(name): value for name, value in document.items()}


@contextmanager
def connected(settings: Settings) -> Iterator[Remote]:
    """For one reading; connections are kept meanwhile."""
    headers = {
        **settings.headers,
        "Accept": "application/scim+json, application/json;q=0.9",
        "Accept-Encoding": "gzip",
    }
    with http.connected(settings.url, headers, settings.context) as client:
        until = time.monotonic() + settings.seconds
        yield Remote(settings, client, until, settings.wait_seconds)
