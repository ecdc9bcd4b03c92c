"""scim-server worker: mail, what ends by itself, and the sources that are due."""

import signal
import threading

import click

from scim_server.cli.group import warn
from scim_server.cli.opening import ready
from scim_server.cli.sources import source_files
from scim_server.directory.worker import Worker
from scim_server.parts import Parts
from scim_server.syncing import worker as sync_worker
from scim_server.web import journal
from scim_server.working import worker as put_together

NO_SERVER = "SCIM_SMTP_HOST is not set: mail waits, and is given up after two days."
SECONDS_TO_STOP = 5
"""For a source that does not answer: whoever runs it next, goes on where this run was."""


@click.command()
@click.option("--once", is_flag=True, help="Do what is due, and end: for timers.")
def worker(once: bool) -> None:
    """Send mail, unlock accounts, delete what is over and run the sources that are due.

    It goes on until SIGTERM. Any number of workers may run at once; each mail is sent, and each
    source run, by one of them.
    """
    with ready() as parts:
        if not parts.config.smtp_host:
            warn([NO_SERVER])
        journal.configure()
        stopping = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopping.set())
        mail, sources = put_together(parts), _sources(parts, stopping)
        if once:
            _drain(mail, stopping)
            _drain(sources, stopping)
        else:
            _run(mail, sources, stopping)


def _sources(parts: Parts, stopping: threading.Event) -> Worker:
    """What runs the sources; without any, it has nothing to do."""
    if parts.config.sources is None:
        return Worker(parts.transactions.clock, {}, {})
    return sync_worker(parts, source_files(parts), stopping.is_set)


def _drain(work: Worker, stopping: threading.Event) -> None:
    while not stopping.is_set() and work.round():
        pass


def _run(mail: Worker, sources: Worker, stopping: threading.Event) -> None:
    """Sources in a thread of their own: no mail waits for them, whatever their size."""
    thread = threading.Thread(target=_rounds, args=(sources, stopping), daemon=True)
    thread.start()
    _rounds(mail, stopping)
    thread.join(SECONDS_TO_STOP)


def _rounds(work: Worker, stopping: threading.Event) -> None:
    while not stopping.is_set():
        if not work.round():
            stopping.wait(work.pause)
