"""What an import is to do, and what became of each line."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from operator import attrgetter

from scim_server.directory.files.sheets import Line
from scim_server.protocol.errors import ScimError


class Effect(StrEnum):
    """What a line does."""

    CREATE = "create"
    UPDATE = "update"
    NOTHING = "nothing"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of a line; ``detail``: why it is refused."""

    line: int
    name: str
    effect: Effect
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """How to import.

    dry_run:  judge, and write nothing
    skip_bad: go on without the lines that are refused; else one such line stops them all
    update:   change the accounts that there are by that name
    """

    dry_run: bool = False
    skip_bad: bool = False
    update: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a report stands."""

    counts: Mapping[Effect, int]
    told: int


@dataclass(slots=True)
class Report:
    """What became of all lines; ``told``: each one of a dry run, else those that were refused.

    through: the last line that is done for good, where they are written piece by piece
    fault:   what put an end to that before the end of the file
    """

    plan: Plan
    counts: dict[Effect, int] = field(default_factory=lambda: dict.fromkeys(Effect, 0))
    told: list[Outcome] = field(default_factory=list)
    through: int = 0
    fault: ScimError | None = None

    @property
    def refused(self) -> int:
        """How many lines were."""
        return self.counts[Effect.REFUSED]

    @property
    def lines(self) -> list[Outcome]:
        """Those told, in the order of the file: some are refused only when they are written."""
        return sorted(self.told, key=attrgetter("line"))

    def tell(self, line: Line, effect: Effect, detail: str | None = None) -> None:
        """One more line."""
        self.counts[effect] += 1
        if self.plan.dry_run or effect is Effect.REFUSED:
            self.told.append(Outcome(line.number, line.name, effect, detail))

    def mark(self) -> Mark:
        """Where it stands."""
        return Mark(dict(self.counts), len(self.told))

    def back(self, mark: Mark) -> None:
        """To there: what came after it is tried again."""
        self.counts = dict(mark.counts)
        del self.told[mark.told :]
