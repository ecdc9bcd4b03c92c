"""What an examination finds."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from conformance.catalogue import Requirement
from conformance.wire import Answer, Request


class Verdict(StrEnum):
    """Of one requirement: decided, the gravest first, or not."""

    FAILED = "failed"
    EXCUSED = "excused"
    PASSED = "passed"
    ABSENT = "absent"
    UNEXAMINED = "unexamined"


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and what came back: an answer, or the fault of a connection."""

    request: Request
    answer: Answer | str


@dataclass(frozen=True, slots=True)
class Finding:
    """One expectation of a check, with the exchanges that led to it, the latest last."""

    requirement: str
    held: bool
    expected: str
    check: str
    exchanges: tuple[Exchange, ...] = ()


@dataclass(frozen=True, slots=True)
class Interruption:
    """A check that could not go on: what it had not yet looked at stays unexamined."""

    check: str
    reason: str
    exchanges: tuple[Exchange, ...] = ()


@dataclass(frozen=True, slots=True)
class Failure:
    """One step of a dialogue whose answer is not the recorded one; nothing could be sent: None."""

    reasons: tuple[str, ...]
    exchange: Exchange | None = None

    def __str__(self) -> str:
        reasons = "\n".join(f"  {reason}" for reason in self.reasons)
        if self.exchange is None:
            return reasons
        return f"{reasons}\n    > {self.exchange.request}\n    < {self.exchange.answer}"


@dataclass(frozen=True, slots=True)
class Played:
    """A recorded dialogue, and where the server's answers were others.

    name: client/what
    left: paths of what it made and the server did not delete
    """

    name: str
    title: str
    source: str
    tolerances: tuple[str, ...] = ()
    failures: tuple[Failure, ...] = ()
    left: tuple[str, ...] = ()

    @property
    def client(self) -> str:
        """Whose dialogue it is."""
        return self.name.partition("/")[0]


@dataclass(slots=True)
class Examination:
    """All that was found about one server.

    omitted: why, by its name, each check that was chosen was not run to its end
    left:    paths of what checks and dialogues made and the server did not delete
    excuses: why the operator lets each of these requirements fail
    """

    base_url: str
    run: str
    features: frozenset[str] = frozenset()
    findings: list[Finding] = field(default_factory=list)
    interruptions: list[Interruption] = field(default_factory=list)
    played: list[Played] = field(default_factory=list)
    began: datetime = field(default_factory=lambda: datetime.now(UTC))
    seconds: float = 0.0
    omitted: dict[str, str] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)
    excuses: Mapping[str, str] = field(default_factory=dict)

    @property
    def examined(self) -> bool:
        """Whether checks were run, and not dialogues alone."""
        return bool(self.findings or self.interruptions)

    def verdicts(self, requirements: Mapping[str, Requirement]) -> dict[str, Verdict]:
        """The verdict on each requirement that can be seen from outside."""
        held: dict[str, bool] = {}
        for finding in self.findings:
            held[finding.requirement] = held.get(finding.requirement, True) and finding.held
        return {
            id: self._verdict(requirement, held.get(id))
            for id, requirement in requirements.items()
            if requirement.unseen is None
        }

    def failures(self, requirement: str) -> Sequence[Finding]:
        """What spoke against the server."""
        return [each for each in self.findings if each.requirement == requirement and not each.held]

    def clients(self) -> Mapping[str, Sequence[Played]]:
        """The dialogues of each client that was played."""
        found: dict[str, list[Played]] = defaultdict(list)
        for played in self.played:
            found[played.client].append(played)
        return found

    def _verdict(self, requirement: Requirement, held: bool | None) -> Verdict:
        if not requirement.binds(self.features):
            return Verdict.ABSENT
        if held is None:
            return Verdict.UNEXAMINED
        if held:
            return Verdict.PASSED
        return Verdict.EXCUSED if requirement.id in self.excuses else Verdict.FAILED
