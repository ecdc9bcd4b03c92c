"""The kit against one mutant."""

import sys
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from calibration.mutants import breaks
from calibration.mutants.mutant import Mutant, registered
from calibration.mutants.stage import Stage, stage
from conformance import check, checks
from conformance.catalogue import catalogue
from conformance.check import Check
from conformance.examine import examine
from conformance.findings import Verdict
from conformance.subject import NotScim

Failed = frozenset[str]
"""Ids of requirements that the kit reports as failed."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """caught: what the kit reports of the mutant, and not of the unbroken server."""

    mutant: Mutant
    caught: Failed

    @property
    def expected(self) -> bool:
        """Whether one of the ids that were expected is among them."""
        return bool(self.caught & set(self.mutant.expected))


def failed(stage: Stage, checks: Collection[Check], mutant: Mutant | None) -> Failed:
    """What the kit reports of a mutant, or of the unbroken server.

    A check that breaks off, or a server that cannot be examined, is no report. Raises MutantBroken.
    """
    behaviour = None if mutant is None else mutant.behaviour
    with stage.broken(behaviour) as subject:
        try:
            verdicts = examine(subject, checks, lambda _: None).verdicts(catalogue())
        except NotScim:
            return frozenset()
    return frozenset(id for id, verdict in verdicts.items() if verdict is Verdict.FAILED)


def deciding(mutant: Mutant, checks: Collection[Check]) -> list[Check]:
    """The checks of the requirements that it breaks, those of the first id first."""
    return list(dict.fromkeys(_deciding(mutant, checks)))


def _deciding(mutant: Mutant, checks: Collection[Check]) -> Iterator[Check]:
    for id in mutant.expected:
        yield from (check for check in checks if id in check.proves)


def tried(stage: Stage, checks: Collection[Check], mutant: Mutant, excused: Failed) -> Outcome:
    """Run the deciding checks, and where they report nothing every other.

    Who is caught by a part of the kit is caught by the whole; who survives has met the whole.
    """
    first = deciding(mutant, checks)
    caught = failed(stage, first, mutant) - excused
    if not caught:
        rest = [check for check in checks if check not in first]
        caught = failed(stage, rest, mutant) - excused
    return Outcome(mutant, caught)


def is_caught(stage: Stage, checks: Collection[Check], mutant: Mutant, excused: Failed) -> bool:
    """Whether one of the deciding checks reports it; the first that does is the last that runs."""
    return any(failed(stage, [check], mutant) - excused for check in deciding(mutant, checks))


def tried_in_turn(names: Sequence[str]) -> list[tuple[str, Failed]]:
    """What the kit reports of each of these mutants. Raises MutantBroken."""
    breaks.load()
    checks.load()
    found, known, kit = list[tuple[str, Failed]](), registered(), check.registered()
    with stage() as running:
        excused = failed(running, kit, None)
        for name in names:
            outcome = tried(running, kit, known[name], excused)
            found.append((name, outcome.caught))
            told = ", ".join(sorted(outcome.caught)) or "SURVIVED"
            print(f"{name}: {told}", file=sys.stderr, flush=True)
    return found
