"""scim-server sync release: a source that is retired, or has another name."""

import sys

import click
from rich.console import Console
from rich.progress import Progress, TextColumn

from scim_server.cli.people import acting, in_tenant
from scim_server.directory.sources.release import Release
from scim_server.directory.sources.runs import Lost, Running
from scim_server.store.sync_lock import SyncLocks


@click.command("release")
@click.argument("source")
@in_tenant
@click.option("--yes", is_flag=True, help="Do not ask.")
def release_source(source: str, tenant: str, yes: bool) -> None:
    """Let everybody change what a source has brought, and forget the source with its runs."""
    with acting(tenant) as (parts, caller):
        parts.sources.one(caller, source)
        if not yes:
            what = f"Give up all that {source} has brought, for good?"
            click.confirm(what, abort=True, err=True)
        release = Release(parts.transactions, parts.registry, SyncLocks(parts.database))
        console, hidden = Console(stderr=True), not sys.stderr.isatty()
        with Progress(TextColumn("{task.completed:,}"), console=console, disable=hidden) as shown:
            task = shown.add_task("", total=None)
            try:
                done = release.carry_out(
                    caller, source, lambda done: shown.update(task, completed=done)
                )
            except (Running, Lost):
                raise click.ClickException(f"A run of {source} is going on.") from None
    click.echo(f"{done:,} users and groups are everybody's now.")
