"""The servers of one run: each is started and filled when a scenario first asks for it."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from benchmarks import postgresql, servers
from benchmarks.directory import Directory
from benchmarks.endpoint import Endpoint
from benchmarks.measure import NotMeasured
from benchmarks.scale import Scale

SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"
Starting = AbstractContextManager[servers.Server]
SPARE = 200
"""Users beyond the size of a directory, so that the fullest group still has somebody to add."""


class Stage:
    """Servers by name; all of them stop when the block ends."""

    def __init__(
        self, scale: Scale, databases: tuple[str, ...], folder: Path, say: Callable[[str], None]
    ) -> None:
        self.scale = scale
        self.databases = databases
        self.say = say
        self._folder = folder
        self._exit = ExitStack()
        self._directories: dict[str, Directory] = {}
        self._attempted: set[str] = set()
        self._cluster: postgresql.Cluster | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._exit.close()

    def ours(self, database: str, users: int) -> Directory:
        """Return this server on one database with that many users. Raises NotMeasured."""
        name = f"{database.lower()}_{users}"
        return self._open(name, users, lambda: self._ours(database, name))

    def empty(self, database: str, name: str) -> dict[str, str]:
        """Return the settings by which commands reach a new database that no server serves."""
        return servers.initialised(self._url(database, f"{database.lower()}_{name}"))

    def peer(self) -> Directory:
        """Return scim2-server with the medium number of users, in its memory."""
        name = "scim2-server"
        return self._open(name, self.scale.medium, lambda: servers.peer(self._log(name)))

    def static(self, body: bytes) -> Endpoint:
        """Return a view that answers ``body``."""
        prepared = self._folder / "body.json"
        prepared.write_bytes(body)
        return self._start("static", servers.static(prepared, self._log("static"))).endpoint

    def file(self, name: str) -> Path:
        """Return where a scenario may put a file."""
        return self._folder / name

    def _open(self, name: str, users: int, starting: Callable[[], Starting]) -> Directory:
        if name not in self._directories:
            if name in self._attempted:
                raise NotMeasured(f"{name} failed when another scenario asked for it")
            self._attempted.add(name)
            directory = self._start(name, starting())
            began = time.monotonic()
            directory.load(users + SPARE, lambda count: self.say(f"{name}: {count:,} users"))
            rate = len(directory.ids) / (time.monotonic() - began)
            self.say(f"{name}: loaded at {rate:,.0f} users/s")
            if self._cluster is not None:
                self._cluster.settle()
            self._directories[name] = directory
        return self._directories[name]

    def _start(self, name: str, starting: Starting) -> Directory:
        self.say(f"{name}: starting")
        directory = Directory(self._exit.enter_context(starting))
        self._exit.callback(directory.close)
        return directory

    def _ours(self, database: str, name: str) -> Starting:
        return servers.ours(self._url(database, name), self._log(name))

    def _url(self, database: str, name: str) -> str:
        if database == SQLITE:
            return f"sqlite:///{self._folder / name}.db"
        return self._postgresql().create_database(name)

    def _postgresql(self) -> postgresql.Cluster:
        if self._cluster is None:
            self.say("PostgreSQL: starting")
            self._cluster = self._exit.enter_context(postgresql.cluster(self._folder))
        return self._cluster

    def _log(self, name: str) -> Path:
        return self._folder / f"{name}.log"
