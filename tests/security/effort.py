"""What an answer costs: the hashes and the statements, by which a clock could tell two apart."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.application import Application
from tests.security.hashing import Watched, hashing
from tests.statements import Statements, watched


@dataclass
class Effort:
    """Since it was last begun."""

    hasher: Watched
    statements: Statements

    def begin(self) -> None:
        self.hasher.runs = 0
        self.statements.clear()

    def told(self) -> tuple[int, list[str]]:
        """Hashes, and the kinds of statements in their order."""
        return self.hasher.runs, [each.split()[0] for each in self.statements]


@contextmanager
def counted(application: Application) -> Iterator[Effort]:
    """Count what an application does in the block."""
    with hashing(application) as hasher, watched(application) as statements:
        yield Effort(hasher, statements)
