"""How each server under test is set up and started; the only module that knows their commands."""

import hashlib
import json
import os
import subprocess
import sys
import venv
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.processes import free_port, running

REPOSITORY = Path(__file__).resolve().parent.parent
PEER = REPOSITORY / "benchmarks" / "peer"
PEER_PINS = PEER / "requirements.txt"
PEER_LIMITS = PEER / "service_provider_config.json"
"""Its own defaults, but for a Bulk payload of 4 MiB: 1,000 of our users do not fit into 1 MiB."""
PEER_HOME = PEER / ".venv"
PEER_TOKEN = "benchmark"
GUNICORN = (sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py")


SCOPES = ("*:write", "bulk", "admin", "introspect")


@dataclass(frozen=True)
class Server:
    """A running server: where it answers, to whom, and as which process.

    settings: with which commands reach the same database, where there are any
    """

    base_url: str
    token: str
    pid: int
    settings: Mapping[str, str] = field(default_factory=dict)


@contextmanager
def ours(database_url: str, log: Path) -> Iterator[Server]:
    """Run this server on an empty database, as its README tells an operator to."""
    port = free_port()
    settings = initialised(database_url) | {
        "SCIM_BIND": f"127.0.0.1:{port}",
        "SCIM_PUBLIC_URL": f"http://127.0.0.1:{port}",
    }
    scopes = [word for scope in SCOPES for word in ("--scope", scope)]
    client = json.loads(scim_server(settings, "client", "add", "bench", *scopes, "--json"))
    command = [*GUNICORN, "wsgi:app"]
    with running(command, port, log, cwd=REPOSITORY, environment=settings) as pid:
        yield Server(f"http://127.0.0.1:{port}/scim/v2", client["token"], pid, settings)


def initialised(database_url: str) -> dict[str, str]:
    """Make the database ours; return the settings by which commands reach it."""
    settings = {"SCIM_DATABASE_URL": database_url}
    scim_server(settings, "init")
    return settings


def scim_server(settings: Mapping[str, str], *arguments: str) -> str:
    """Run a command and return what it prints. Raises CalledProcessError."""
    return subprocess.run(
        [Path(sys.executable).with_name("scim-server"), *arguments],
        cwd=REPOSITORY,
        env={**os.environ, **settings},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout


@contextmanager
def peer(log: Path) -> Iterator[Server]:
    """Run PyPI's scim2-server by its own command, with a token as ours has one."""
    port, home = free_port(), _peer_environment()
    command: list[str | Path] = [home / "bin" / "scim2-server", "--port", str(port)]
    command += ["--bearer-token", PEER_TOKEN, "--service-provider-config", PEER_LIMITS]
    with running(command, port, log) as pid:
        yield Server(f"http://127.0.0.1:{port}/v2", PEER_TOKEN, pid)


def _peer_environment() -> Path:
    """Install the pinned scim2-server apart from ours: their dependencies may disagree."""
    wanted = hashlib.sha256(PEER_PINS.read_bytes()).hexdigest()
    stamp = PEER_HOME / "pins.sha256"
    if not stamp.exists() or stamp.read_text() != wanted:
        venv.create(PEER_HOME, clear=True, with_pip=True)
        pip: list[str | Path] = [PEER_HOME / "bin" / "python", "-m", "pip", "install", "--quiet"]
        subprocess.run([*pip, "install", "--quiet", "--requirement", PEER_PINS], check=True)
        stamp.write_text(wanted)
    return PEER_HOME


@contextmanager
def static(body: Path, log: Path) -> Iterator[Server]:
    """Run a view that answers ``body`` to everybody, under the gunicorn configuration of ours."""
    port = free_port()
    settings = {"BENCHMARK_BODY": str(body), "SCIM_BIND": f"127.0.0.1:{port}"}
    command = [*GUNICORN, "benchmarks.static_view:app"]
    with running(command, port, log, cwd=REPOSITORY, environment=settings) as pid:
        yield Server(f"http://127.0.0.1:{port}", "", pid)
