"""Processes that are told to end while they run a source, and mail that does not wait for it."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.mail.people import reader
from tests.post import SENDER, Postbox
from tests.sync.duty import employed, runs
from tests.sync.office import Office

COMMAND = (sys.executable, "-c", "from scim_server.cli import main; main()")
SECONDS = 60
MANY = 1000


@contextmanager
def running(office: Office, *command: str, **settings: str) -> Iterator[subprocess.Popen[bytes]]:
    """``scim-server``, as an operator runs it, over the sources of the office."""
    config = office.application.config
    environment = {
        **os.environ,
        "SCIM_DATABASE_URL": config.database_url,
        "SCIM_SCHEMAS": str(config.schemas[-1]),
        "SCIM_SOURCES": str(office.folder),
        **settings,
    }
    pipe = subprocess.PIPE
    process = subprocess.Popen([*COMMAND, *command], env=environment, stdout=pipe, stderr=pipe)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def wait_until(is_so: Callable[[], object]) -> None:
    until = time.monotonic() + SECONDS
    while not is_so():
        assert time.monotonic() < until, "It does not come about."
        time.sleep(0.05)


def number(office: Office) -> int:
    found: int = office.scim.get("/Users?count=0").get_json(force=True)["totalResults"]
    return found


def crowd(office: Office, settings: str = "") -> Office:
    office.employ(*(f"user-{n}" for n in range(MANY - 1)))
    return employed(office, settings)


def ended(process: subprocess.Popen[bytes]) -> tuple[int, str]:
    """Exit status and stderr of a process that is told to end."""
    process.send_signal(signal.SIGTERM)
    _, told = process.communicate(timeout=SECONDS)
    return process.returncode, told.decode()


def test_a_run_that_is_told_to_end_does_so_between_two_transactions(office: Office) -> None:
    crowd(office)
    with running(office, "sync", "run", "hr") as process:
        wait_until(lambda: number(office))
        status, told = ended(process)
    assert (status, told) == (1, "Error: The process was asked to end.\n")
    assert 0 < number(office) < MANY
    assert runs(office)[0]["state"] == "interrupted"
    assert office.run().counts["User"]["joiners"] < MANY
    assert number(office) == MANY


def test_what_a_killed_worker_leaves_the_next_one_does(office: Office) -> None:
    crowd(office, 'schedule = "* * * * *"')
    os.utime(office.folder / "hr.toml", (0, 0))
    with running(office, "worker") as process:
        wait_until(lambda: number(office))
        process.kill()
        process.wait()
    assert 0 < number(office) < MANY
    with running(office, "worker", "--once") as process:
        assert process.wait(SECONDS) == 0
    assert number(office) == MANY
    assert [run["state"] for run in runs(office)][-2:] == ["done", "interrupted"]


def test_no_mail_and_no_end_waits_for_a_source_that_does_not_answer(office: Office) -> None:
    silent = socket.create_server(("127.0.0.1", 0))
    address = f"https://127.0.0.1:{silent.getsockname()[1]}/"
    file = employed(office).folder / "hr.toml"
    file.write_text(file.read_text().replace('file = "hr.jsonl"', f'url = "{address}"'))
    box = Postbox()
    settings: dict[str, Any] = {
        "SCIM_SMTP_HOST": "127.0.0.1",
        "SCIM_SMTP_PORT": str(box.port),
        "SCIM_SMTP_TLS": "none",
        "SCIM_SMTP_FROM": SENDER,
    }
    with silent, box.open(), running(office, "worker", **settings) as process:
        wait_until(lambda: office.admin.get("/sources").get_json()["sources"])
        office.admin.post("/sources/hr/runs")
        wait_until(lambda: runs(office)[0]["state"] == "running")
        user, address = reader(office.scim, password=None)
        office.admin.post(f"/users/{user['id']}/invitation", {"mail": "send"})
        wait_until(lambda: box.to(address))
        assert ended(process)[0] == 0
    assert runs(office)[0]["state"] == "running"
