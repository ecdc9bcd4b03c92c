"""The servers that the kit is tried on: how each is set up, started, and which version it is."""

import hashlib
import json
import platform
import re
import secrets
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from benchmarks import servers
from benchmarks.processes import free_port, running
from benchmarks.servers import Server

SCIMMY = Path(__file__).with_name("scimmy")
"""SCIMMY has no server of its own: server.mjs is one, as its documentation has it."""


EXCUSES = servers.REPOSITORY / "docs" / "excuses.toml"


@dataclass(frozen=True)
class Tried:
    """start: given a folder of its own; version: of it and of what it runs on.

    options: what its operator tells the kit
    """

    start: Callable[[Path], AbstractContextManager[Server]]
    version: Callable[[], str]
    options: tuple[str, ...] = ()


def _ours(folder: Path) -> AbstractContextManager[Server]:
    return servers.ours(f"sqlite:///{folder / 'ours.db'}", folder / "ours.log")


def _our_version() -> str:
    return f"{version('scim-server')}, Python {platform.python_version()}, SQLite"


def _peer(folder: Path) -> AbstractContextManager[Server]:
    return servers.peer(folder / "scim2-server.log")


def _peer_version() -> str:
    pins = dict(re.findall(r"^(\S+)==(\S+)$", servers.PEER_PINS.read_text(), re.MULTILINE))
    return f"{pins['scim2-server']}, scim2-models {pins['scim2-models']}"


@contextmanager
def _scimmy(folder: Path) -> Iterator[Server]:
    _install()
    port, token = free_port(), secrets.token_urlsafe()
    settings = {"PORT": str(port), "TOKEN": token}
    command: list[str | Path] = ["node", SCIMMY / "server.mjs"]
    with running(command, port, folder / "scimmy.log", environment=settings) as pid:
        yield Server(f"http://127.0.0.1:{port}/scim", token, pid)


def _install() -> None:
    """Install what package-lock.json pins, unless it is there."""
    wanted = hashlib.sha256((SCIMMY / "package-lock.json").read_bytes()).hexdigest()
    stamp = SCIMMY / "node_modules" / "pins.sha256"
    if not stamp.exists() or stamp.read_text() != wanted:
        subprocess.run(["npm", "ci", "--silent", "--ignore-scripts"], cwd=SCIMMY, check=True)
        stamp.write_text(wanted)


def _scimmy_version() -> str:
    pins = json.loads((SCIMMY / "package.json").read_text())["dependencies"]
    node = subprocess.run(["node", "--version"], check=True, capture_output=True, text=True)
    routers, express = pins["scimmy-routers"], pins["express"]
    return (
        f"{pins['scimmy']}, scimmy-routers {routers}, express {express}, node {node.stdout.strip()}"
    )


SERVERS: Mapping[str, Tried] = {
    "ours": Tried(_ours, _our_version, ("--excuses", str(EXCUSES))),
    "scim2-server": Tried(_peer, _peer_version),
    "scimmy": Tried(_scimmy, _scimmy_version),
}
