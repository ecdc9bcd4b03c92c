"""scim-server tenant …"""

import click
import orjson

from scim_server.cli.opening import ready
from scim_server.cli.options import for_scripts, new_name, show
from scim_server.parts import utc_now
from scim_server.protocol.values import stamp


@click.group()
def tenant() -> None:
    """Directories apart: nothing crosses from one to another.

    A client belongs to one tenant; the tenant that comes with the database is called default.
    """


@tenant.command("add")
@new_name
def add_tenant(name: str) -> None:
    """Add a tenant; client add --tenant gives it a client."""
    with ready() as parts:
        number = parts.clients.add_tenant(name, stamp(utc_now()))
    click.echo(f"Tenant {name} is number {number}.")


@tenant.command("list")
@for_scripts
def list_tenants(as_json: bool) -> None:
    """List the tenants and their numbers, which the log shows."""
    with ready() as parts:
        tenants = parts.clients.tenants()
    if as_json:
        rows = [{"tenant": name, "number": number} for name, number in tenants.items()]
        click.echo(orjson.dumps(rows).decode())
        return
    show(["number", "tenant"], [[number, name] for name, number in tenants.items()])
