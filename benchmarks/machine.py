"""What the figures of a run depend on."""

import os
import platform
import sqlite3
import subprocess
from importlib.metadata import version
from pathlib import Path

from benchmarks import postgresql
from benchmarks.servers import PEER_PINS, REPOSITORY


def describe() -> dict[str, str]:
    """Return the machine, the software and the load before the run."""
    return {
        "processor": f"{_field('/proc/cpuinfo', 'model name')}, {os.cpu_count()} cores",
        "memory": f"{int(_field('/proc/meminfo', 'MemTotal').split()[0]) // 2**20} GiB",
        "kernel": platform.release(),
        "load average before": " ".join(f"{load:.1f}" for load in os.getloadavg()),
        "Python": platform.python_version(),
        "SQLite": sqlite3.sqlite_version,
        "PostgreSQL": postgresql.release(),
        "gunicorn": version("gunicorn"),
        "scim2-server": _pinned("scim2-server"),
        "revision": _revision(),
    }


def _field(path: str, name: str) -> str:
    for line in Path(path).read_text().splitlines():
        if line.startswith(name):
            return line.partition(":")[2].strip()
    return "unknown"


def _pinned(package: str) -> str:
    pins = dict(line.split("==") for line in PEER_PINS.read_text().splitlines())
    return pins[package]


def _revision() -> str:
    command = ["git", "describe", "--always", "--dirty"]
    found = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    return found.stdout.strip() or "not a git checkout"
