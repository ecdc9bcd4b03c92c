"""scim-server worker: mail, and what ends by itself."""

import signal
import threading

import click

from scim_server.cli.group import warn
from scim_server.cli.opening import ready
from scim_server.directory.worker import Worker
from scim_server.web import journal
from scim_server.working import worker as put_together

NO_SERVER = "SCIM_SMTP_HOST is not set: mail waits, and is given up after two days."


@click.command()
@click.option("--once", is_flag=True, help="Do what is due, and end: for timers.")
def worker(once: bool) -> None:
    """Send mail, unlock accounts and delete what is over, until SIGTERM.

    Any number of workers may run at once; each mail is sent by one of them.
    """
    with ready() as parts:
        if not parts.config.smtp_host:
            warn([NO_SERVER])
        journal.configure()
        work = put_together(parts)
        if once:
            work.drain()
        else:
            _run(work)


def _run(work: Worker) -> None:
    """A signal ends it after the mail that is being sent."""
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    while not stopping.is_set():
        if not work.round():
            stopping.wait(work.pause)
