"""Who is here and in the source no more."""

from collections.abc import Collection, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from scim_server.directory.ports import ResourceStore
from scim_server.directory.sources.anchors import Known
from scim_server.protocol.schema import ResourceType
from scim_server.sync.plan import Departure, Leave, departing
from scim_server.sync.policy import Leavers
from scim_server.sync.spool import Spool

CHUNK = 1000
"""Steps that go to the spool at once."""


@dataclass(slots=True)
class Departures:
    """The leavers of one kind, in one run.

    standing:  how many of the source's there are here, but for those that are only remembered
    departing: entries whose resources are taken away, or something is taken from them: what
    """

    store: ResourceStore
    tenant: int
    source: str
    kind: ResourceType
    leavers: Leavers
    now: datetime
    standing: int = 0
    departing: list[tuple[str, str]] = field(default_factory=list)

    def find(self, seen: Collection[str] | None, spool: Spool) -> None:
        """Put their steps into the spool.

        Args: seen: ids of all entries that the source has; None: it cannot be told, and only
            those leave altogether who have left before
        """
        with (
            self.store.snapshot(self.tenant) as reader,
            closing(reader.anchors.every(self.source, self.kind.name)) as every,
        ):
            steps = self._steps(every, seen)
            while chunk := list(islice(steps, CHUNK)):
                spool.put(self.kind.name, chunk)

    def _steps(self, every: Iterator[Known], seen: Collection[str] | None) -> Iterator[Leave]:
        for known in every:
            anchor = known.anchor
            is_there = anchor.left is None if seen is None else anchor.id in seen
            departure = Departure.NONE if is_there else self._departure(known)
            departs = departure is not Departure.NONE
            self.standing += departs or anchor.left is None
            if departs:
                self.departing.append((anchor.id, departure.value))
            if departs or not (is_there or anchor.left is not None):
                yield Leave(anchor.id, known.resource_id, departure)

    def _departure(self, known: Known) -> Departure:
        left = known.anchor.left
        is_over = self.leavers.is_over(left, self.now)
        if self.kind.storage.status is not None:
            return departing(known.status, is_over, self.leavers.then)
        if is_over and self.leavers.then is not Departure.SUSPEND:
            return Departure.DELETE
        # Somebody may have filled it again since.
        return Departure.EMPTY if left is None or known.drifted else Departure.NONE
