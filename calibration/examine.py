"""One server, one run of the kit as anybody runs it: from outside, by its command."""

import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from calibration.servers import SERVERS
from conformance.wire import Json


def examine(name: str, *options: str) -> int:
    """Set the server up, run the kit with these options, end the server.

    Returns:  the exit status of the kit.
    Raises:   NotStarted, CalledProcessError, OSError.
    """
    with (
        TemporaryDirectory(prefix="calibration-") as folder,
        SERVERS[name].start(Path(folder)) as server,
    ):
        command = [sys.executable, "-m", "conformance", "--url", server.base_url]
        command += [*SERVERS[name].options, *options]
        token = {"SCIM_TOKEN": server.token}
        return subprocess.run(command, env={**os.environ, **token}, check=False).returncode


def report(name: str) -> Json:
    """Examine a server with everything; returns the kit's report for programs.

    Raises:   NotStarted, CalledProcessError, OSError; FileNotFoundError: it cannot be examined.
    """
    with TemporaryDirectory(prefix="calibration-") as folder:
        file = Path(folder) / "report.json"
        examine(name, "--json", str(file), "--fail-on", "never")
        found: Json = json.loads(file.read_text(encoding="utf-8"))
        return found
