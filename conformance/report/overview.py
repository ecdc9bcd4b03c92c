"""What was found, part by part and client by client, as every report tells it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
DECIDED = (Verdict.PASSED, Verdict.FAILED, Verdict.EXCUSED)
TOLD = (*DECIDED, Verdict.ABSENT, Verdict.UNEXAMINED)
"""Every verdict, in the order in which people read them."""
ALWAYS = (Verdict.PASSED, Verdict.FAILED)
"""Told also where there is none."""
NOTHING = "Nothing was examined."


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
        return counts(self.verdicts.values())

    @property
    def decided(self) -> int:
        """How many passed or failed; an excuse makes nothing right."""
        return sum(self.counts[verdict] for verdict in DECIDED)

    def having(self, verdict: Verdict) -> list[str]:
        """The ids with a verdict."""
        return [id for id, given in self.verdicts.items() if given is verdict]


def parts(examination: Examination, requirements: Mapping[str, Requirement]) -> Iterator[Part]:
    """Every part in the order of the catalogue; what cannot be seen from outside is left out."""
    verdicts = examination.verdicts(requirements)
    for letter, ids in groupby(verdicts, lambda id: requirements[id].part):
        yield Part(letter, {id: verdicts[id] for id in ids})


def counts(verdicts: Iterable[Verdict]) -> Mapping[Verdict, int]:
    """How often there is each verdict; all of them are named."""
    counted = Counter(verdicts)
    return {verdict: counted[verdict] for verdict in TOLD}


def omissions(examination: Examination) -> Mapping[str, Sequence[str]]:
    """The checks that were not run to their end, by the reason; the most frequent first."""
    found: dict[str, list[str]] = defaultdict(list)
    for check, reason in examination.omitted.items():
        found[reason].append(check)
    return dict(sorted(found.items(), key=lambda each: -len(each[1])))


def source(requirement: Requirement) -> str:
    """The document that it is from: most of them are RFCs, named by their number alone."""
    return f"RFC {requirement.source}" if requirement.source[0].isdigit() else requirement.source


def answer(played: Sequence[Played]) -> str:
    """Will the client work?"""
    failed = sum(1 for each in played if each.failures)
    if not failed:
        return "yes"
    return "no" if failed == len(played) else "in part"
