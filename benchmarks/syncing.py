"""``scim-server sync run`` as an operator runs it: a process of its own, watched, or killed."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from benchmarks import company
from benchmarks.measure import NotMeasured
from benchmarks.processes import peak_memory_mib
from benchmarks.servers import REPOSITORY

COMMAND = (str(Path(sys.executable).with_name("scim-server")), "sync", "run")
SOURCE = "corp"
WATCHED = 0.02
"""Seconds between two looks at how much memory the process has."""
LDAP = """type = "ldap"
[ldap]
url = "{url}"
tls = "none"
bind = "{reader}"
password_env = "BENCHMARK_PASSWORD"
base = "{suffix}"
[groups]
"""


@dataclass(frozen=True)
class Ran:
    """One run, as its command tells it.

    seconds:  of the command, its start and end included
    peak_mib: the most memory that its process had
    told:     the run
    """

    seconds: float
    peak_mib: float
    told: dict[str, Any]

    @property
    def busy(self) -> float:
        """Seconds of the run itself."""
        started, ended = (datetime.fromisoformat(self.told[each]) for each in ("started", "ended"))
        return (ended - started).total_seconds()

    def count(self, word: str) -> int:
        """Of all kinds."""
        return sum(counts.get(word, 0) for counts in self.told["counts"].values())


@dataclass(frozen=True)
class Synced:
    """A database, and the folder of the one source that it is kept equal to."""

    settings: Mapping[str, str]

    def run(self, *options: str) -> Ran:
        """To its end. Raises NotMeasured."""
        with tempfile.TemporaryFile() as output:
            began = time.perf_counter()
            with self._begun(output.fileno(), *options) as process:
                peak = 0.0
                while process.poll() is None:
                    peak = max(peak, _memory_mib(process.pid))
                    time.sleep(WATCHED)
            seconds = time.perf_counter() - began
            output.seek(0)
            said = output.read().decode()
        if process.returncode:
            raise NotMeasured(f"sync run ended with {process.returncode}: {said[-1000:]}")
        told = json.loads(said)
        if told["state"] != "done" or told["leftOut"]:
            raise NotMeasured(f"the run is not clean: {said[:1000]}")
        return Ran(seconds, peak, told)

    def kill(self, after: float) -> bool:
        """Begin a run and end it by SIGKILL; whether it was still at work then."""
        with self._begun(subprocess.DEVNULL) as process:
            time.sleep(after)
            process.kill()
            return process.wait() != 0

    def _begun(self, output: int, *options: str) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [*COMMAND, SOURCE, "--json", *options],
            cwd=REPOSITORY,
            env={**os.environ, **self.settings},
            stdout=output,
        )


def _memory_mib(pid: int) -> float:
    """Nothing once it has ended."""
    try:
        return peak_memory_mib(pid)
    except FileNotFoundError:
        return 0


def from_ldap(settings: Mapping[str, str], folder: Path, url: str) -> Synced:
    """A database that is kept equal to a company's directory; the folder is made."""
    text = LDAP.format(url=url, reader=company.READER, suffix=company.SUFFIX)
    return source(settings, folder, text, BENCHMARK_PASSWORD=company.PASSWORD)


def source(settings: Mapping[str, str], folder: Path, text: str, **more: str) -> Synced:
    """A database that is kept equal to the source of this file; the folder is made."""
    folder.mkdir(exist_ok=True)
    (folder / f"{SOURCE}.toml").write_text(text)
    return Synced({**settings, **more, "SCIM_SOURCES": str(folder)})
