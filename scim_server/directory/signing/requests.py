"""Requests to recover an account, as they wait: for a worker, who looks whether there is one.

The answer to whoever asks takes the same for a name that there is and for one that there is not,
since nobody has looked by then (security rule 20).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from scim_server.directory.change import Change

BY_NAME, BY_ADDRESS, BY_NOTHING = "userName", "email", "nothing"


@dataclass(frozen=True, slots=True)
class Request:
    """Somebody has lost the way into an account.

    way:     ``userName``, ``email``, or ``nothing``; text: its comparison key
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


def in_vain(change: "Change") -> Request:
    """Of who names a tenant that there is not: found by nobody, and thrown away by a worker.

    Written all the same, so that it takes as long as at one that there is; the first tenant, which
    there always is, keeps it until then.
    """
    actor = change.caller.actor
    return Request(BY_NOTHING, actor.request, change.now, actor.request, actor.address)


Asked = tuple[int, str, str]
"""Tenant, way and text of a request."""


class Waiting(Protocol):
    """The requests of every tenant."""

    def waiting(self, most: int) -> list[Asked]:
        """The oldest first."""
