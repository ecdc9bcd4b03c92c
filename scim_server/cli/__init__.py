"""scim-server …: what an operator does with the server, its clients and its tenants."""

from scim_server.cli.clients import client
from scim_server.cli.group import Commands
from scim_server.cli.server import check, init, quickstart, serve
from scim_server.cli.tenants import tenant
from scim_server.cli.tolerances import tolerances

main = Commands(
    "scim-server",
    commands=[init, serve, quickstart, check, client, tenant, tolerances],
    help="A SCIM 2.0 provisioning server.",
)
