"""Judged lines set aside until they are written, so that memory stays flat and no lock waits."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from tempfile import SpooledTemporaryFile
from types import TracebackType
from typing import Any

import orjson

from scim_server.directory.accounts.lifecycle import Status
from scim_server.directory.files.judging import Judged
from scim_server.directory.files.sheets import Line
from scim_server.protocol.errors import Unavailable

IN_MEMORY = 2**23
"""Bytes; what is more goes to a file without a name, which ends with the process."""


class Pile(AbstractContextManager["Pile"]):
    """Chunks of judged lines, each with the number of lines of the file up to its end."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 (closed by __exit__)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def put(self, done: int, judged: Sequence[Judged]) -> None:
        """On top. Raises Unavailable: the disk is full."""
        try:
            self._file.write(orjson.dumps((done, judged)) + b"\n")
        except OSError as fault:
            raise Unavailable("The file cannot be kept just now.") from fault

    def __iter__(self) -> Iterator[tuple[int, list[Judged]]]:
        """From the bottom."""
        self._file.seek(0)
        for text in self._file:
            done, judged = orjson.loads(text)
            yield done, [_judged(**each) for each in judged]


def _judged(line: Any, document: Any, account: Any, addresses: Any, hashed: Any) -> Judged:
    status = Status(line["status"]) if line["status"] else None
    read = Line(**line | {"status": status, "groups": tuple(line["groups"])})
    return Judged(read, document, account, tuple(addresses), hashed)
