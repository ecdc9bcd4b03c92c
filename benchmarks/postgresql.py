"""A real PostgreSQL cluster of its own: durable (fsync on), on loopback, never as root."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from benchmarks.processes import START_SECONDS, Account, NotStarted, free_port, running

CONNECTIONS = 400
"""Several servers with full pools are up at once; the rest is as Debian ships it."""


class Cluster:
    """A running cluster that hands out empty databases."""

    def __init__(self, port: int) -> None:
        self._server = f"postgresql://scim@127.0.0.1:{port}"
        self._unsettled: list[str] = []

    def wait(self) -> None:
        """Return once the cluster lets clients in: its port answers before. Raises NotStarted."""
        give_up = time.monotonic() + START_SECONDS
        while time.monotonic() < give_up:
            try:
                psycopg.connect(f"{self._server}/postgres").close()
            except psycopg.OperationalError:
                time.sleep(0.1)
            else:
                return
        raise NotStarted("PostgreSQL lets nobody in")

    def create_database(self, name: str) -> str:
        """Create a database and return its URL."""
        self._execute("postgres", sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        self._unsettled.append(name)
        return f"{self._server}/{name}"

    def settle(self) -> None:
        """Do now what autovacuum does a minute after a load: statistics and visibility."""
        for name in self._unsettled:
            self._execute(name, sql.SQL("VACUUM ANALYZE"))
        self._unsettled.clear()

    def _execute(self, database: str, statement: sql.SQL | sql.Composed) -> None:
        with psycopg.connect(f"{self._server}/{database}", autocommit=True) as connection:
            connection.execute(statement)


@contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    """Run a new cluster in ``folder`` until the block ends. Raises NotStarted."""
    data, port, account = folder / "postgresql", free_port(), _account()
    _initialise(data, account)
    serve = [_binary("postgres"), "-D", str(data), "-p", str(port)]
    serve += ["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="]
    serve += ["-c", f"max_connections={CONNECTIONS}"]
    log = folder / "postgresql.log"
    with running(serve, port, log, cwd=Path("/"), account=account, stop=signal.SIGINT):
        started = Cluster(port)
        started.wait()
        yield started


def _initialise(data: Path, account: Account) -> None:
    data.mkdir(mode=0o700)
    if account.user is not None:
        shutil.chown(data, account.user, account.group)
    command = [_binary("initdb"), f"--pgdata={data}", "--username=scim", "--auth=trust"]
    subprocess.run(
        [*command, "--encoding=UTF8", "--locale=C"],
        check=True,
        cwd="/",
        stdout=subprocess.DEVNULL,
        user=account.user,
        group=account.group,
        extra_groups=account.extra_groups,
    )


def release() -> str:
    """Return the version that ``cluster`` starts. Raises NotStarted."""
    return subprocess.check_output([_binary("postgres"), "--version"], text=True).split()[2]


def _account() -> Account:
    """PostgreSQL refuses to run as root."""
    return Account("nobody", "nogroup") if os.geteuid() == 0 else Account()


def _binary(name: str) -> str:
    candidates = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    found = shutil.which(name) or next(map(str, candidates), None)
    if found is None:
        raise NotStarted(f"{name} is neither in PATH nor under /usr/lib/postgresql")
    return found
