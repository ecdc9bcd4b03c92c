"""Entries that cannot be brought in as they are: told, and out where their source says so."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from scim_server.directory.sources.anchors import AnchorStore
from scim_server.sync.outcomes import Outcomes
from scim_server.sync.plan import SERVING, Departure, Leave


@dataclass(slots=True)
class Refused:
    """Those of one kind, in one run.

    off: ids of those that are switched off at the source
    """

    kind: str
    source: str
    outcomes: Outcomes
    off: list[str] = field(default_factory=list)

    def tell(self, id: str | None, place: str, why: str, active: bool | None = None) -> None:
        """One more; ``active``: whether it is switched on there, where that is known."""
        self.outcomes.leave_out(self.kind, id, place, why)
        if id is not None and active is False:
            self.off.append(id)

    def leave(self, anchors: AnchorStore) -> Iterator[Leave]:
        """Who is to be out, is out, whatever else is wrong with the entry."""
        off, self.off = self.off, []
        known = anchors.known(self.source, self.kind, off) if off else {}
        for id, found in known.items():
            if found.status in SERVING:
                yield Leave(id, found.resource_id, Departure.OFF)
