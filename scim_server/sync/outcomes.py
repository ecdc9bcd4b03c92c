"""What a run finds and does: counted, and of what was left out, told with the reason."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from scim_server.protocol.schema import Document

READ, UNCHANGED = "read", "unchanged"
JOINERS, MOVERS, LEAVERS = "joiners", "movers", "leavers"
SWITCHED_OFF, SWITCHED_ON = "switchedOff", "switchedOn"
MEMBERS_ADDED, MEMBERS_REMOVED = "membersAdded", "membersRemoved"
LEFT_OUT = "leftOut"

MOST_TOLD = 100
MOST_AGAIN = 1000
"""Entries left out that the next incremental run asks for again."""


@dataclass(slots=True)
class Outcomes:
    """Of one run.

    counts: by kind and word
    told:   what was left out and why, the first MOST_TOLD
    again:  ids of entries that were left out, by kind
    forgets: whether there were too many to be asked for one by one
    """

    counts: dict[str, Counter[str]] = field(default_factory=dict)
    told: list[Document] = field(default_factory=list)
    again: dict[str, list[str]] = field(default_factory=dict)
    forgets: bool = False

    def count(self, kind: str, word: str, number: int = 1) -> None:
        """So many more."""
        if number:
            self.counts.setdefault(kind, Counter())[word] += number

    def leave_out(self, kind: str, id: str | None, place: str, why: str) -> None:
        """An entry is not brought in, or not as it is."""
        self.count(kind, LEFT_OUT)
        if len(self.told) < MOST_TOLD:
            entry = {"entry": id} if id else {}
            self.told.append({"kind": kind, **entry, "place": place, "why": why})
        again = self.again.setdefault(kind, [])
        if id and len(again) < MOST_AGAIN:
            again.append(id)
        elif id:
            self.forgets = True

    def shown(self) -> Mapping[str, Mapping[str, int]]:
        """The counts, as they are stored."""
        return {
            kind: {word: number for word, number in counts.items() if number}
            for kind, counts in self.counts.items()
        }
