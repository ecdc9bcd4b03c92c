"""scim-server sync run: one run, here and now."""

import shlex
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache

import click
import orjson
from rich.console import Console
from rich.progress import Progress, TextColumn, TimeElapsedColumn

from scim_server.cli.opening import ready
from scim_server.cli.options import FIRST_NAME, for_scripts, printable, tenant_number
from scim_server.cli.people import operator
from scim_server.cli.plans import show_counts, show_plan, steps
from scim_server.cli.sources import source_files
from scim_server.directory.callers import Caller
from scim_server.directory.sources.runs import Mode, Run, Running, State
from scim_server.parts import Parts
from scim_server.protocol.values import stamp
from scim_server.sync.run import Job, Stage
from scim_server.syncing import runner
from scim_server.web.admin.sources import RunAnswer

STOPPED = (State.AWAITING_CONFIRMATION, State.REFUSED)
UNCONFIRMED = 3
"""Exit status: guards have stopped the run, or would stop it."""
NOTHING = "Nothing was changed."
OUTCOMES = {
    State.DONE: "Done.",
    State.FAILED: "Not done.",
    State.INTERRUPTED: "What was done is done: run it again for the rest.",
} | dict.fromkeys(STOPPED, NOTHING)
LOST = "Another run has begun: this one has lost its lock."


@click.command("run")
@click.argument("source")
@click.option("--full", is_flag=True, help="Read everything, not only what has changed.")
@click.option("--dry-run", is_flag=True, help="Change nothing; show what would be changed.")
@click.option("--confirm", metavar="RUN", help="Take away what this run was stopped over.")
@click.option(
    "--adopt",
    metavar="ENTRY",
    multiple=True,
    help="Let the entry with this id take over the account that has its name; may be repeated.",
)
@click.option("--progress", is_flag=True, help="Show how far it is also where no terminal is.")
@for_scripts
def run_source(
    source: str,
    full: bool,
    dry_run: bool,
    confirm: str | None,
    adopt: tuple[str, ...],
    progress: bool,
    as_json: bool,
) -> None:
    """Make this directory equal to what a source says, unless guards stop it.

    Exit status: 3 where they do.
    """
    if confirm is not None and dry_run:
        raise click.UsageError("--confirm does not go with --dry-run.")
    mode = Mode.DRY_RUN if dry_run else Mode.FULL if full or adopt else Mode.INCREMENTAL
    with ready() as parts:
        file = source_files(parts).read(source)
        caller = operator(tenant_number(parts, file.tenant))
        asked = _asked(parts, caller, source, mode, confirm)
        with _progress(progress) as tell, _stopping() as stopping:
            entries = file.source(parts.transactions.clock)
            job = Job(file, entries, asked, caller.tenant, frozenset(adopt), tell, stopping.is_set)
            ended = _run(parts, job)
        if as_json:
            plan = list(steps(parts, caller, ended.id))
            click.echo(orjson.dumps(RunAnswer().dump(ended) | {"plan": plan}).decode())
        else:
            show_plan(parts, caller, ended.id)
            show_counts(ended)
            click.echo(NOTHING if dry_run else OUTCOMES[ended.state])
        _end(ended, parts.sources.one(caller, source).unconfirmed, file.tenant)


def _asked(parts: Parts, caller: Caller, source: str, mode: Mode, confirm: str | None) -> Run:
    """Raises NotFound, Conflict: that run awaits no confirmation."""
    if confirm is not None:
        of = parts.sources.run(caller, confirm).source
        if of != source:
            raise click.ClickException(f'That is a run of "{of}".')
        return parts.sources.confirm(caller, confirm)
    transactions, name = parts.transactions, caller.actor.client
    id, now = transactions.new_id(), stamp(transactions.clock())
    return Run(id, source, mode, State.RUNNING, name, now)


def _run(parts: Parts, job: Job) -> Run:
    try:
        return runner(parts).run(job)
    except Running:
        waits = "; what was confirmed waits for a worker" if job.run.confirms else ""
        raise click.ClickException(f"A run of {job.file.name} is going on{waits}.") from None


@contextmanager
def _progress(asked: bool) -> Iterator[Callable[[str, Stage, int], None]]:
    # On stderr: what is printed may be read by a program.
    console, hidden = Console(stderr=True), not (asked or sys.stderr.isatty())
    columns = (TextColumn("{task.description} {task.completed:,}"), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=hidden) as progress:
        task = cache(lambda what: progress.add_task(what, total=None))
        yield lambda kind, stage, done: progress.update(task(f"{kind} {stage}"), completed=done)


@contextmanager
def _stopping() -> Iterator[threading.Event]:
    """Set by a signal; a second one ends the process as it always does."""
    stopping = threading.Event()
    before = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def stop(*_: object) -> None:
        stopping.set()
        restore()

    for number in before:
        signal.signal(number, stop)
    try:
        yield stopping
    finally:
        restore()


def _end(run: Run, unconfirmed: str | None, tenant: str) -> None:
    """Tell what was in the way, and how to go on, with that exit status."""
    if run.state is State.DONE and run.detail is None:
        return
    click.echo(f"Error: {printable(run.detail or LOST)}", err=True)
    if run.state in STOPPED and unconfirmed is not None:
        of = [] if tenant == FIRST_NAME else ["--tenant", tenant]
        for command in (["plan", unconfirmed, *of], ["run", run.source, "--confirm", unconfirmed]):
            click.echo(shlex.join(["scim-server", "sync", *command]), err=True)
    sys.exit(UNCONFIRMED if run.state in (*STOPPED, State.DONE) else 1)
