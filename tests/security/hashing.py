"""A real hasher that tells when it works: what happens meanwhile is up to the test."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Literal

from argon2 import PasswordHasher

from tests.application import Application


class Watched(PasswordHasher):
    """Counts its runs and how many there are at once; ``meanwhile`` is done within each."""

    def __init__(self, like: PasswordHasher, meanwhile: Callable[[], object]) -> None:
        super().__init__(like.time_cost, like.memory_cost, like.parallelism)
        self.meanwhile = meanwhile
        self.runs = self.now = self.most = 0
        self._counting = Lock()

    def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
        with self._run():
            return super().hash(password, salt=salt)

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
        with self._run():
            return super().verify(hash, password)

    @contextmanager
    def _run(self) -> Iterator[None]:
        with self._counting:
            self.runs, self.now = self.runs + 1, self.now + 1
            self.most = max(self.most, self.now)
        try:
            self.meanwhile()
            yield
        finally:
            with self._counting:
                self.now -= 1


def nothing() -> None:
    """Happens meanwhile."""


def long() -> None:
    """As a hash takes on a server: what is done at once meets within it."""
    time.sleep(0.03)


@contextmanager
def hashing(
    application: Application, meanwhile: Callable[[], object] = nothing
) -> Iterator[Watched]:
    """Watch the hasher of an application in the block."""
    passwords = application.parts.passwords
    kept = passwords.hasher
    watched = passwords.hasher = Watched(kept, meanwhile)
    try:
        yield watched
    finally:
        passwords.hasher = kept
