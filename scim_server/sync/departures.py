"""Who is here and in the source no more."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from scim_server.directory.ports import ResourceStore
from scim_server.directory.sources.anchors import Known
from scim_server.protocol.schema import ResourceType
from scim_server.sync.plan import Departure, Leave, Taking, departing
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
    departing: list[Taking] = field(default_factory=list)

    def find(self, stands: Mapping[str, bool], there: Collection[str], spool: Spool) -> None:
        """Put their steps into the spool.

        Args:
            stands: by id, all entries that were here before, as AnchorStore.stands has them
            there:  ids of those that are in the source, or count as if they were
        """
        self.standing += sum(stands.values())
        gone = (id for id in stands if id not in there)
        while chunk := list(islice(gone, CHUNK)):
            with self.store.snapshot(self.tenant) as reader:
                known = reader.anchors.known(self.source, self.kind.name, chunk)
            spool.put(self.kind.name, list(self._steps(known[id] for id in chunk if id in known)))

    def _steps(self, gone: Iterable[Known]) -> Iterator[Leave]:
        for known in gone:
            anchor, departure = known.anchor, self._departure(known)
            if departure is not Departure.NONE:
                self.departing.append((anchor.id, departure.value))
                self.standing += anchor.left is not None
            if departure is not Departure.NONE or anchor.left is None:
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
