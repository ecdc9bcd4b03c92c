"""Requests to recover an account, as they wait: for a worker, who looks whether there is one.

The answer to whoever asks takes the same for a name that there is and for one that there is not,
since nobody has looked by then (security rule 20).
"""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Request:
    """Somebody has lost the way into an account.

    way:     ``userName`` or ``email``; text: its comparison key
    request: id of the HTTP request; address: where it came from
    """

    way: str
    text: str
    created: str
    request: str
    address: str | None


class RequestStore(Protocol):
    """The requests of a tenant, in one transaction."""

    def put(self, request: Request) -> None:
        """Asking again before a worker has come is asking once."""

    def take(self, way: str, text: str) -> Request | None:
        """None: another worker has taken it."""


class Waiting(Protocol):
    """The requests of every tenant."""

    def waiting(self, most: int) -> list[tuple[int, str, str]]:
        """Tenant, way and text, the oldest first."""
