"""scim-server …: what an operator does with the server, its clients and its tenants."""

from scim_server.cli.clients import client
from scim_server.cli.group import Commands
from scim_server.cli.roles import role
from scim_server.cli.server import check, init, quickstart, serve
from scim_server.cli.tenants import tenant
from scim_server.cli.tolerances import tolerances
from scim_server.cli.users import user
from scim_server.cli.worker import worker

main = Commands(
    "scim-server",
    commands=[init, serve, quickstart, worker, check, client, role, tenant, tolerances, user],
    help="A SCIM 2.0 provisioning server.",
)
