"""scim-server sync list, runs and plan: how sources stand, and what was done or would be."""

from typing import Any

import click
import orjson

from scim_server.cli.opening import ready
from scim_server.cli.options import for_scripts, most, tell, tell_rest, tenant_number
from scim_server.cli.people import acting, in_tenant, operator
from scim_server.cli.plans import show_counts, show_plan, steps
from scim_server.cli.sources import source_files
from scim_server.directory.sources.sources import Shown
from scim_server.parts import Parts
from scim_server.protocol.errors import NotFound
from scim_server.sync.files.sources import SourceFile
from scim_server.web.admin.sources import RunAnswer, SourceAnswer

SOURCE = ("name", "type", "tenant", "schedule", "fullSchedule", "last", "state", "due")
RUN = ("id", "source", "mode", "state", "asked", "ended", "askedBy", "detail")


@click.command("list")
@for_scripts
def list_sources(as_json: bool) -> None:
    """List the sources in SCIM_SOURCES, with their last runs."""
    with ready() as parts:
        rows = [_row(parts, file) for file in source_files(parts).every()]
    tell(rows, SOURCE, as_json)


@click.command("runs")
@click.argument("source", required=False)
@in_tenant
@most
@for_scripts
def list_runs(source: str | None, tenant: str, most: int, as_json: bool) -> None:
    """List the runs of a source, or of all, the newest first."""
    with acting(tenant) as (parts, caller):
        page = parts.sources.runs(caller, source, None, most)
    tell(RunAnswer(many=True).dump(page.items), RUN, as_json)
    tell_rest(page.total - len(page.items))


@click.command("plan")
@click.argument("run")
@in_tenant
@for_scripts
def show_run(run: str, tenant: str, as_json: bool) -> None:
    """Show what a dry run found, or what a run was stopped over."""
    with acting(tenant) as (parts, caller):
        found = parts.sources.run(caller, run)
        if as_json:
            plan = list(steps(parts, caller, run))
            click.echo(orjson.dumps(RunAnswer().dump(found) | {"plan": plan}).decode())
        else:
            show_plan(parts, caller, run)
            show_counts(found)


def _row(parts: Parts, file: SourceFile) -> dict[str, Any]:
    """A source that nobody has run yet has no last run."""
    caller = operator(tenant_number(parts, file.tenant))
    try:
        told: dict[str, Any] = SourceAnswer().dump(parts.sources.one(caller, file.name))
    except NotFound:
        told = SourceAnswer().dump(Shown(file.registered(), None, None, None))
    last = told["lastRun"] or {}
    return told | {"tenant": file.tenant, "last": last.get("asked"), "state": last.get("state")}
