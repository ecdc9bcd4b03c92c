"""A connection on which nothing is awaited for ever."""

import math
import select
import socket
import time
from typing import Any

from gunicorn.http.errors import ParseException

ANSWER = 10
"""How many times as long a whole answer may take as one piece of it."""
AT_ONCE = int(socket.MSG_DONTWAIT)
"""As a number, for the enumeration takes longer to combine than the system call."""


class Late(ParseException):  # type: ignore[misc]
    """The request did not come to its end in time."""


class TimedSocket(socket.socket):
    """Takes over a socket on which requests come and answers go.

    A request must have come ``patience`` seconds after its first byte was asked for; ``sendall``
    must be done after as many, and all that it sends for one answer after ``ANSWER`` times as many.
    A timeout of Python's would wait before each read and write, though most need not wait at all.
    """

    def __init__(self, taken: socket.socket, patience: float) -> None:
        super().__init__(taken.family, taken.type, taken.proto, taken.detach())
        self.patience = patience
        self.request_due: float | None = None
        self.answer_due: float | None = None

    def recv(self, size: int, flags: int = 0, /) -> bytes:
        """Some of the request. Raises Late."""
        now = time.monotonic()
        if self.request_due is None:
            self.request_due = now + self.patience
        while now < self.request_due:
            try:
                return super().recv(size, flags | AT_ONCE)
            except BlockingIOError:
                now = self._wait(select.POLLIN, self.request_due - now)
        raise Late

    def sendall(self, data: Any, flags: int = 0, /) -> None:
        """A piece of the answer. Raises TimeoutError."""
        now = time.monotonic()
        if self.answer_due is None:
            self.answer_due = now + self.patience * ANSWER
        due = min(now + self.patience, self.answer_due)
        left = memoryview(data)
        while now < due:
            try:
                left = left[self.send(left, flags | AT_ONCE) :]
            except BlockingIOError:
                now = self._wait(select.POLLOUT, due - now)
            if not left:
                return
        raise TimeoutError

    def _wait(self, event: int, seconds: float) -> float:
        """For something to read, or room to write; the time after that."""
        waiting = select.poll()
        waiting.register(self, event)
        waiting.poll(None if seconds == math.inf else seconds * 1000)
        return time.monotonic()
