"""Child processes: started on a free loopback port, watched, and stopped by their own id."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

START_SECONDS = 60
STOP_SECONDS = 30


class NotStarted(Exception):
    """A server under test did not come up; the message ends with what it printed."""


@dataclass(frozen=True)
class Account:
    """Whose rights a child process has; those of the benchmark unless told."""

    user: str | None = None
    group: str | None = None

    @property
    def extra_groups(self) -> tuple[str, ...] | None:
        """No other group comes along to another user."""
        return None if self.user is None else ()


OWN = Account()


def free_port() -> int:
    """Return a loopback port that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def running(
    command: Sequence[str | Path],
    port: int,
    log: Path,
    *,
    cwd: Path | None = None,
    environment: Mapping[str, str] | None = None,
    account: Account = OWN,
    stop: signal.Signals = signal.SIGTERM,
) -> Iterator[int]:
    """Run a server until the block ends; yield its process id once the port answers.

    Raises: NotStarted.
    """
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=cwd,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            user=account.user,
            group=account.group,
            extra_groups=account.extra_groups,
        )
    try:
        _wait_for(process, port, log)
        yield process.pid
    finally:
        process.send_signal(stop)
        _wait_for_end(process)


def _wait_for(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    give_up = time.monotonic() + START_SECONDS
    while time.monotonic() < give_up and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise NotStarted(f"port {port} stays silent: {log.read_text(errors='replace')[-1500:]}")


def _wait_for_end(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def memory_mib(root_pid: int) -> float:
    """Return the resident memory of a process and of its descendants."""
    return sum(_kib(pid, "VmRSS") for pid in _tree(root_pid)) / 1024


def peak_memory_mib(root_pid: int) -> float:
    """Return the highest resident memory of each process since ``forget_peak``, summed."""
    return sum(_kib(pid, "VmHWM") for pid in _tree(root_pid)) / 1024


def forget_peak(root_pid: int) -> None:
    """Let the kernel's high-water marks begin again at the present (proc(5), clear_refs)."""
    for pid in _tree(root_pid):
        Path(f"/proc/{pid}/clear_refs").write_text("5")


def _kib(pid: int, name: str) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(name):
            return int(line.split()[1])
    return 0


def _tree(root_pid: int) -> set[int]:
    children = {root_pid}
    for task in Path(f"/proc/{root_pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            children |= _tree(int(child))
    return children
