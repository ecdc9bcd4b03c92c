"""Many things that have nothing to do with each other: one that fails keeps none of them back."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from structlog import get_logger

from scim_server.directory.ports import Contention
from scim_server.protocol.errors import Unavailable

log = get_logger("scim_server.worker")

T = TypeVar("T")


def one_by_one(things: Iterable[T], deed: Callable[[T], int]) -> int:
    """Do each; returns how much that was. Of a defect the log tells.

    Raises Unavailable, Contention: none of the others could be done either.
    """
    return sum(_done(thing, deed) for thing in things)


def _done(thing: T, deed: Callable[[T], int]) -> int:
    try:
        return deed(thing)
    except (Unavailable, Contention):
        raise
    except Exception as fault:
        log.error("defect", exc_info=fault)
        return 0
