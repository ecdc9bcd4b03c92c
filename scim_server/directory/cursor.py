"""Cursors (RFC 9865): signed positions, bound to client, tenant and query; nothing is kept.

The signature makes them tamper-evident; what they hold, the client has just been shown.
"""

import hashlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from itsdangerous import BadData, URLSafeSerializer

from scim_server.directory.ports import Clock, Position
from scim_server.protocol.errors import ExpiredCursor, InvalidCount, InvalidCursor


@dataclass(frozen=True, slots=True)
class Place:
    """Where a walk stands: after which row, and of how many in all when it began."""

    position: Position
    total: int


class Cursors:
    """Makes and reads cursors.

    secret:   returns what signs them; asked for on first use
    lifetime: seconds that a cursor stays usable, as ``cursorTimeout`` says
    """

    def __init__(self, secret: Callable[[], str], lifetime: int, clock: Clock) -> None:
        self.secret = secret
        self.lifetime = lifetime
        self.clock = clock

    @cached_property
    def _serializer(self) -> URLSafeSerializer:
        return URLSafeSerializer(
            self.secret(), salt="cursor", signer_kwargs={"digest_method": hashlib.sha256}
        )

    def make(self, place: Place, count: int, query: Sequence[object]) -> str:
        """A cursor for the page after ``place``; ``query``: all else that the walk is bound to."""
        position = place.position
        return self._serializer.dumps(
            [
                math.ceil(self.clock().timestamp()),
                count,
                place.total,
                position.sort_key,
                position.key,
                _digest(query),
            ]
        )

    def read(self, cursor: str, count: int, query: Sequence[object]) -> Place:
        """Raises InvalidCursor, InvalidCount, ExpiredCursor."""
        try:
            said = self._serializer.loads(cursor)
            made, size, total, sort_key, key, digest = said
        except (BadData, ValueError, TypeError):
            raise InvalidCursor("This is no cursor of this query.") from None
        # Base64 passes over the last bits of a text: only one form of each is ours.
        if digest != _digest(query) or self._serializer.dumps(said) != cursor:
            raise InvalidCursor("This is no cursor of this query.")
        if size != count:
            raise InvalidCount(f"This walk began with a count of {size}.")
        if self.clock().timestamp() > made + self.lifetime:
            raise ExpiredCursor(f"The cursor is older than {self.lifetime} seconds.")
        return Place(Position(sort_key, key), total)


def _digest(query: Sequence[object]) -> str:
    return hashlib.sha256(repr(query).encode()).hexdigest()[:16]
