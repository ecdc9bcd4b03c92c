"""Requests to a server that is busy, and what was made on it, for checks and for dialogues."""

import time
from collections.abc import Iterable
from http.client import HTTPException

from conformance.wire import Answer, Endpoint, Request

THROTTLED = 429
TRIES = 6
"""Times that a request is sent to a server that has had too many."""
LONGEST_WAIT = 60
"""Seconds."""
GONE = (404, 410)


def waited(endpoint: Endpoint, request: Request) -> Answer:
    """The answer, waited for where the server has had too many requests (RFC 6585 §4)."""
    answer = endpoint.send(request)
    for _ in range(TRIES - 1):
        if answer.status != THROTTLED:
            break
        time.sleep(wait(answer))
        answer = endpoint.send(request)
    return answer


def wait(answer: Answer) -> int:
    """Seconds until the server takes more."""
    told = answer.headers.get("retry-after", "")
    return min(int(told), LONGEST_WAIT) if told.isascii() and told.isdigit() else 1


def kept(endpoint: Endpoint, paths: Iterable[str]) -> list[str]:
    """Delete each of them; returns what the server did not delete."""
    return [path for path in paths if not _gone(endpoint, path)]


def _gone(endpoint: Endpoint, path: str) -> bool:
    try:
        answer = waited(endpoint, Request("DELETE", path))
    except (OSError, HTTPException, ValueError):  # An id may be no part of a path.
        return False
    return answer.status < 300 or answer.status in GONE
