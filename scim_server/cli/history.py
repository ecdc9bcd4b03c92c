"""scim-server history: what happened, and who did it."""

from typing import Any

import click
from marshmallow import ValidationError

from scim_server.cli.options import FIRST_NAME, for_scripts, most, tell, tell_rest
from scim_server.cli.people import acting, id_of
from scim_server.directory.events import Action
from scim_server.directory.history import Entry, Sought
from scim_server.web.admin.events import EventAnswer
from scim_server.web.instants import Instant

MEMBERS = ("at", "action", "what", "who", "address", "reason")


class _Instant(click.ParamType[str]):
    """A moment as the API takes it; what has no zone is UTC."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        try:
            told: str = Instant().deserialize(value)
        except ValidationError as fault:
            self.fail(" ".join(map(str, fault.messages)), param, ctx)
        return told


@click.command()
@click.option(
    "--tenant", default=FIRST_NAME, show_default=True, help="Name of the tenant it happened in."
)
@click.option("--user", metavar="NAME", help="Only what happened to this user.")
@click.option(
    "--id", "resource", help="Only what happened to what has this id, also if it is deleted."
)
@click.option(
    "--action",
    "actions",
    type=click.Choice([each.value for each in Action]),
    metavar="ACTION",
    multiple=True,
    help="Only this, such as 'sign in'; may be repeated.",
)
@click.option("--actor", metavar="ID", help="Only what the client or user with this id did.")
@click.option("--address", help="Only what came from this address.")
@click.option("--from", "since", type=_Instant(), help="Only what came then or later: 2027-01-31.")
@click.option("--to", "until", type=_Instant(), help="Only what came before that.")
@most
@for_scripts
def history(
    tenant: str, user: str | None, actions: tuple[str, ...], most: int, as_json: bool, **told: Any
) -> None:
    """List what happened, the newest first; with --json, what was before and is after besides."""
    if user is not None and told["resource"] is not None:
        raise click.UsageError("One of --user and --id is enough.")
    with acting(tenant) as (parts, caller):
        if user is not None:
            told |= {"kind": parts.users.name, "resource": id_of(parts, caller, user)}
        sought = Sought(actions=tuple(map(Action, actions)), **told)
        page = parts.history.page(caller, sought, None, most)
    rows = [_row(each, as_json) for each in page.entries]
    tell(rows, MEMBERS, as_json)
    tell_rest(page.total - len(page.entries))


def _row(entry: Entry, as_json: bool) -> dict[str, Any]:
    row: dict[str, Any] = EventAnswer().dump(entry)
    if as_json:
        return row
    what = f"{row['kind']} {row['display'] or row['resource']}"
    return row | {"what": what, "who": row["actor"]["name"], "address": row["actor"]["address"]}
