"""Steps between planning and applying: in a file without a name, for there may be millions."""

import pickle
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from os import SEEK_END
from tempfile import TemporaryFile

from scim_server.sync.entries import SourceFault
from scim_server.sync.plan import Step


class Spool:
    """Steps by kind, in order. They are personal data: the file is gone with the process."""

    def __init__(self) -> None:
        """Raises SourceFault: as all methods, where the disk is full or broken."""
        # A pickle of our own records, in a file that nobody else can open.
        with _translated():
            self._file = TemporaryFile()  # noqa: SIM115 (closed by __exit__)
        self._portions: list[tuple[str, int]] = []

    def close(self) -> None:
        """Give it up."""
        # What could not be written is tried once more then, and nobody needs it.
        with suppress(OSError):
            self._file.close()

    def put(self, kind: str, steps: Sequence[Step]) -> None:
        """Append some."""
        with _translated():
            self._portions.append((kind, self._file.seek(0, SEEK_END)))
            pickle.dump(list(steps), self._file, pickle.HIGHEST_PROTOCOL)
            self._file.flush()

    def of(self, kind: str) -> Iterator[Step]:
        """All of a kind, as they were put."""
        for each, at in self._portions:
            if each == kind:
                yield from self._read(at)

    def __iter__(self) -> Iterator[tuple[str, Step]]:
        """All with their kinds, likewise."""
        for kind, at in self._portions:
            for step in self._read(at):
                yield kind, step

    def _read(self, at: int) -> list[Step]:
        with _translated():
            self._file.seek(at)
            steps: list[Step] = pickle.load(self._file)
            return steps


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except OSError as fault:
        raise SourceFault(f"The plan cannot be kept: {fault.strerror}.") from fault
