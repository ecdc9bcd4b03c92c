"""What was found, part by part and client by client, as every report tells it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from conformance.catalogue import Requirement
from conformance.findings import Examination, Played, Verdict

PARTS = {
    "A": "Attributes and data types",
    "B": "Resources, schemas, extensions",
    "C": "User",
    "D": "Group and Enterprise User",
    "E": "Discovery",
    "F": "HTTP and media types",
    "G": "Create",
    "H": "Retrieve and query",
    "I": "Filter",
    "J": "Sort and index paging",
    "K": "Projection",
    "L": "Query by POST",
    "M": "Replace",
    "N": "PATCH",
    "O": "Delete",
    "P": "Bulk",
    "Q": "/Me, versions, errors",
    "R": "Authentication and tenancy",
    "S": "Security and privacy",
    "T": "Cursor paging",
    "U": "Events and asynchronous requests",
    "V": "Devices",
    "W": "Drafts and profiles",
    "X": "Operation",
    "Y": "Deployed clients",
}
"""The parts of the catalogue."""


@dataclass(frozen=True, slots=True)
class Part:
    """Requirements of one subject, each with its verdict."""

    letter: str
    verdicts: Mapping[str, Verdict]

    @property
    def title(self) -> str:
        """What the part is about."""
        return PARTS[self.letter]

    @property
    def counts(self) -> Mapping[Verdict, int]:
        """How often there is each verdict; all of them are named."""
        counted = Counter(self.verdicts.values())
        return {verdict: counted[verdict] for verdict in Verdict}

    @property
    def decided(self) -> int:
        """How many passed or failed."""
        return self.counts[Verdict.PASSED] + self.counts[Verdict.FAILED]

    def having(self, verdict: Verdict) -> list[str]:
        """The ids with a verdict."""
        return [id for id, given in self.verdicts.items() if given is verdict]


def parts(examination: Examination, requirements: Mapping[str, Requirement]) -> Iterator[Part]:
    """Every part in the order of the catalogue; what cannot be seen from outside is left out."""
    verdicts = examination.verdicts(requirements)
    for letter, ids in groupby(verdicts, lambda id: requirements[id].part):
        yield Part(letter, {id: verdicts[id] for id in ids})


def source(requirement: Requirement) -> str:
    """The document that it is from: most of them are RFCs, named by their number alone."""
    return f"RFC {requirement.source}" if requirement.source[0].isdigit() else requirement.source


def answer(played: Sequence[Played]) -> str:
    """Will the client work?"""
    failed = sum(1 for each in played if each.failures)
    if not failed:
        return "yes"
    return "no" if failed == len(played) else "in part"
