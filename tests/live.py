"""The real server, as an operator runs it: gunicorn with its workers, over a given database."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

import httpx2

from scim_server.config import BASE_PATH
from tests.application import MESSAGES, Application

REPOSITORY = Path(__file__).parent.parent
COMMAND = (sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "wsgi:app")
SECONDS_TO_START = 30
SECONDS_TO_STOP = 10


class NotStarted(Exception):
    """The server did not come up; its output tells why."""


@dataclass(frozen=True)
class Live:
    """A running server, and an application of this process on the same database to look inside."""

    application: Application
    process: subprocess.Popen[bytes]
    port: int
    output: IO[bytes]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def client(self, tenant: int | None = None, **settings: Any) -> httpx2.Client:
        """An HTTP client of a new tenant, or of that one; paths are relative to the base URL."""
        tenant = self.application.tenant() if tenant is None else tenant
        bearer = {"Authorization": f"Bearer {self.application.token(tenant)}"}
        base = self.url + BASE_PATH
        return http(base_url=base, headers=bearer, **{"timeout": 30, **settings})

    def workers(self) -> list[int]:
        """The process ids of the workers that are alive."""
        pid = self.process.pid
        return [int(n) for n in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def connect(self) -> socket.socket:
        """A bare connection."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=30)

    def log(self) -> str:
        """What the server has written so far."""
        self.output.seek(0)
        return self.output.read().decode()


def http(**settings: Any) -> httpx2.Client:
    """A client without certificates: to load them takes longer than ten requests."""
    return httpx2.Client(verify=False, **settings)


@contextmanager
def live(database_url: str, workers: int = 2, threads: int = 8, **settings: str) -> Iterator[Live]:
    """Serve the database on a free loopback port until the block ends. Raises NotStarted.

    Args: settings: further SCIM_* variables
    """
    application = Application(database_url)
    environment = {
        "SCIM_DATABASE_URL": database_url,
        "SCIM_SCHEMAS": str(application.config.schemas[-1]),
        "SCIM_WORKERS": str(workers),
        "SCIM_THREADS": str(threads),
        **settings,
    }
    with TemporaryFile() as output:
        running = _start(application, environment, output)
        try:
            _wait_for(running)
            yield running
        finally:
            _stop(running)
            application.parts.database.close()


def _start(application: Application, environment: Mapping[str, str], output: IO[bytes]) -> Live:
    # The socket is opened here: no other process can take the port in between.
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listening:
        number, port = listening.fileno(), listening.getsockname()[1]
        process = subprocess.Popen(
            [*COMMAND, "--bind", f"fd://{number}"],
            cwd=REPOSITORY,
            env={**os.environ, "SCIM_BIND": f"localhost:{port}", **environment},
            pass_fds=(number,),
            stdout=output,
            stderr=output,
        )
    return Live(application, process, port, output)


def _wait_for(running: Live) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while running.process.poll() is None and time.monotonic() < deadline:
        try:
            with http(timeout=1) as client:
                if client.get(f"{running.url}/healthz").is_success:
                    return
        except httpx2.TransportError:
            time.sleep(0.05)
    raise NotStarted(running.log())


def _stop(running: Live) -> None:
    """Ask it to end, and end it with its workers where it does not."""
    running.process.terminate()
    try:
        running.process.wait(SECONDS_TO_STOP)
    except subprocess.TimeoutExpired:
        running.process.kill()
        running.process.wait()


def users(count: int, prefix: str = "bulk") -> dict[str, Any]:
    """A Bulk request that creates so many users."""
    operations = [
        {"method": "POST", "path": "/Users", "bulkId": f"{n}", "data": {"userName": f"{prefix}{n}"}}
        for n in range(count)
    ]
    return {"schemas": [MESSAGES + "BulkRequest"], "Operations": operations}
