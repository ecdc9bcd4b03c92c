"""The file that a system has exported: whole, in one piece, read row by row."""

import codecs
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import httpx2

from scim_server.sync.entries import SourceFault
from scim_server.sync.feed import delimited, objects
from scim_server.sync.feed.download import download
from scim_server.sync.feed.encodings import encoding_of
from scim_server.sync.feed.rows import Row
from scim_server.sync.feed.settings import AUTO, Address, Settings

MEGABYTE = 2**20


@dataclass(frozen=True, slots=True)
class Export:
    """An open file, and how it is written.

    name:  as people know it
    state: somebody has written to it where it is another one
    """

    settings: Settings
    name: str
    file: IO[bytes]
    state: tuple[int, int]
    encoding: str

    def rows(self, wanted: Iterable[str]) -> Iterator[Row]:
        """From the first to the last, with the columns that are wanted. Raises SourceFault."""
        with _faults_of(self.name), _in_its_encoding():
            self.file.seek(0)
            text = TextIOWrapper(self.file, self.encoding, newline="")
            try:
                yield from self._rows(text, wanted)
            finally:
                # Else the wrapper would close the file with itself. Who stops reading may have
                # done so.
                if not self.file.closed:
                    text.detach()
            if _state(self.file) != self.state:
                raise SourceFault("it was written to while it was read")

    def _rows(self, text: TextIOWrapper, wanted: Iterable[str]) -> Iterator[Row]:
        told = self.settings
        begins = text.read(1000).lstrip()[:1]
        is_ended = delimited.is_ended(self.file)
        text.seek(0)
        if told.format == "json" or (told.format == AUTO and begins in ("{", "[")):
            return objects.rows(text, told.rows, wanted)
        if told.final_newline == "required" and not is_ended:
            raise SourceFault('its last line has no end: cut, or else final_newline = "optional"')
        by = delimited.delimiter_of(text, told.id) if told.delimiter == AUTO else told.delimiter
        return delimited.rows(text, by, wanted)


@contextmanager
def opened(settings: Settings) -> Iterator[Export]:
    """Raises SourceFault: the file cannot be had, or not all of it."""
    origin, most = settings.origin, settings.megabytes * MEGABYTE
    name = origin.name if isinstance(origin, Path) else _last(httpx2.URL(origin.url))
    with _faults_of(name):
        file = _local(origin, most) if isinstance(origin, Path) else _fetched(origin, most)
    with file:
        with _faults_of(name):
            state, encoding = _state(file), _encoding(settings.encoding, file)
        yield Export(settings, name, file, state, encoding)


def _local(path: Path, most: int) -> IO[bytes]:
    if not path.is_file():
        raise SourceFault(f"there is no file {path}")
    if path.stat().st_size > most:
        raise SourceFault(f"the file has more than {most:,} bytes")
    return path.open("rb")


def _fetched(address: Address, most: int) -> IO[bytes]:
    file = TemporaryFile()  # noqa: SIM115 (its user closes it)
    try:
        download(address, most, file)
        file.flush()
    except BaseException:
        file.close()
        raise
    return file


def _encoding(told: str, file: IO[bytes]) -> str:
    if told == AUTO:
        return encoding_of(file)
    # Also where it has a byte order mark.
    return "utf-8-sig" if codecs.lookup(told).name == "utf-8" else told


def _last(url: httpx2.URL) -> str:
    return Path(url.path).name or url.host


def _state(file: IO[bytes]) -> tuple[int, int]:
    told = os.stat(file.fileno())
    return told.st_size, told.st_mtime_ns


@contextmanager
def _faults_of(name: str) -> Iterator[None]:
    """Every fault of a file is a SourceFault that begins with its name."""
    try:
        yield
    except OSError as fault:
        raise SourceFault(f"{name}: {fault.strerror}") from None
    except SourceFault as fault:
        raise SourceFault(f"{name}: {fault}") from None


@contextmanager
def _in_its_encoding() -> Iterator[None]:
    try:
        yield
    except UnicodeError:
        raise SourceFault("some of its bytes do not belong to its encoding") from None
