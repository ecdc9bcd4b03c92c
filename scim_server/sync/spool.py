"""Steps between planning and applying: in a file without a name, for there may be millions."""

import pickle
from collections.abc import Iterator, Sequence
from tempfile import TemporaryFile

from scim_server.sync.entries import SourceFault
from scim_server.sync.plan import Step


class Spool:
    """Steps by kind, in order. They are personal data: the file is gone with the process."""

    def __init__(self) -> None:
        # A pickle of our own records, in a file that nobody else can open.
        self._file = TemporaryFile()  # noqa: SIM115 (closed by __exit__)
        self.steps = 0

    def close(self) -> None:
        """Give it up."""
        self._file.close()

    def put(self, kind: str, steps: Sequence[Step]) -> None:
        """Append some. Raises SourceFault: the disk is full."""
        try:
            pickle.dump((kind, list(steps)), self._file, pickle.HIGHEST_PROTOCOL)
        except OSError as fault:
            raise SourceFault(f"The plan cannot be kept: {fault.strerror}.") from fault
        self.steps += len(steps)

    def __iter__(self) -> Iterator[tuple[str, list[Step]]]:
        """All, from the first on, as they were put."""
        self._file.seek(0)
        while True:
            try:
                yield pickle.load(self._file)
            except EOFError:
                return
