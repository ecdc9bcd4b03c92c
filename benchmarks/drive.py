"""The closed loop: a connection sends its next request when it has read the whole response."""

import gc
import itertools
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from benchmarks.connection import Connection

SUCCESS = frozenset({200, 201, 204})


@dataclass
class Drive:
    """What came back from one list of messages."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    bodies: dict[int, bytes] = field(default_factory=dict)
    """The bodies by the position of their message."""
    failures: list[str] = field(default_factory=list)

    def typical(self) -> float:
        """Return the median milliseconds of one exchange."""
        return median(self.latencies) * 1000

    def average(self) -> float:
        """Return the milliseconds of elapsed time that each exchange cost, all connections busy."""
        return self.seconds * 1000 / len(self.latencies)

    def merge(self, part: "Drive") -> None:
        """Take over what one connection saw."""
        self.latencies += part.latencies
        self.bodies |= part.bodies
        self.failures += part.failures


class _Queue:
    """Messages shared among connections; the counter's next() is atomic under the GIL."""

    def __init__(self, messages: Sequence[bytes]) -> None:
        self._messages = messages
        self._tickets = itertools.count()

    def work(self, connection: Connection, part: Drive, barrier: threading.Barrier) -> None:
        barrier.wait()
        for ticket in self._tickets:
            if ticket >= len(self._messages):
                return
            started = time.perf_counter()
            try:
                response = connection.exchange(self._messages[ticket])
            except (OSError, EOFError) as error:
                part.failures.append(repr(error))
                continue
            if response.status in SUCCESS:
                part.latencies.append(time.perf_counter() - started)
                part.bodies[ticket] = response.body
            else:
                part.failures.append(response.excerpt())


def drive(connections: Sequence[Connection], messages: Sequence[bytes]) -> Drive:
    """Send every message once, shared among the connections, one thread each."""
    queue, parts = _Queue(messages), [Drive() for _ in connections]
    barrier = threading.Barrier(len(connections) + 1)
    threads = [
        threading.Thread(target=queue.work, args=(connection, part, barrier))
        for connection, part in zip(connections, parts, strict=True)
    ]
    for thread in threads:
        thread.start()
    gc.collect()
    gc.disable()  # a collection of a million kept ids would land in somebody's latency
    try:
        barrier.wait()
        started = time.perf_counter()
        for thread in threads:
            thread.join()
        total = Drive(seconds=time.perf_counter() - started)
    finally:
        gc.enable()
    for part in parts:
        total.merge(part)
    return total
