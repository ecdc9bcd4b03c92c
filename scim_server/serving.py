"""The settings of gunicorn, which reads the names of this module.

One process per core and at least two, each with its own engine, made after the fork.
"""

import gc
import os
import re
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from tempfile import mkdtemp

from scim_server.config.environment import read_config

METRICS = "PROMETHEUS_MULTIPROC_DIR"
"""Where the workers count, each in files of its own, named after its process."""
METRICS_PREFIX = "scim-server-metrics-"
SWITCH = 0.0005
"""Seconds for which a thread keeps the interpreter: while one that writes to SQLite waits for it,
every other process waits too."""

_config = read_config(os.environ)


def _cores() -> int:
    """Those that this process may run on; macOS does not tell."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


bind = _config.bind
worker_class = "scim_server.web.worker.ScimWorker"
workers = _config.workers or max(2, _cores())
threads = _config.threads
preload_app = False

timeout = 60  # seconds: for a request to come, a piece of an answer to be taken, a heartbeat
graceful_timeout = 30  # seconds
keepalive = 75  # seconds: longer than a reverse proxy keeps its idle connection, commonly 60
max_requests = 1_000_000
max_requests_jitter = 100_000

limit_request_line = 8190  # bytes
limit_request_fields = 64

# The heartbeat file on a disk would stop a worker whenever the disk is busy.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None
control_socket_disable = True
logger_class = "scim_server.web.journal.ServerLog"
accesslog = None  # the application writes its own request log


def when_ready(_server: object) -> None:
    """Before the first worker: an empty folder for what they count; in memory where there is any.

    What a worker has counted outlives it: there are no gauges, which would have to be taken away.
    Then the code is imported, once for all workers. Not earlier: what counts asks for the folder
    as it is imported.
    """
    if METRICS not in os.environ:
        os.environ[METRICS] = mkdtemp(prefix=METRICS_PREFIX, dir=worker_tmp_dir)
    folder = Path(os.environ[METRICS])
    folder.mkdir(parents=True, exist_ok=True)
    _forget_the_dead(folder)
    import_module("scim_server.app")
    gc.freeze()  # what the collector does not look at stays shared


def on_exit(_server: object) -> None:
    """Leave nothing behind; but a server that has taken over keeps its numbers."""
    folder = Path(os.environ.get(METRICS, ""))
    if folder.name.startswith(METRICS_PREFIX):
        _forget_the_dead(folder)
        with suppress(OSError):
            folder.rmdir()


def _forget_the_dead(folder: Path) -> None:
    for file in folder.glob("*.db"):
        process = re.search(r"_([0-9]+)\.db$", file.name)
        if process and not _lives(int(process[1])):
            file.unlink(missing_ok=True)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def post_worker_init(_worker: object) -> None:
    """What was made to start with lives for ever: the collector need not look at it again.

    A Bulk request makes tens of thousands of objects, none of them cyclic. And no thread keeps the
    interpreter for long.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    sys.setswitchinterval(SWITCH)
