"""scim-server …: what an operator does with the server, its clients and its tenants."""

from scim_server.cli.clients import client
from scim_server.cli.group import Commands
from scim_server.cli.history import history
from scim_server.cli.keys import key
from scim_server.cli.mails import mail
from scim_server.cli.policy import policy
from scim_server.cli.roles import role
from scim_server.cli.server import check, init, quickstart, serve
from scim_server.cli.tenants import tenant
from scim_server.cli.tolerances import tolerances
from scim_server.cli.users import user

main = Commands(
    "scim-server",
    commands=[
        *(init, serve, quickstart, check, tolerances),
        *(tenant, client, user, role, key, policy, history, mail),
    ],
    later=("sync", "worker"),
    help="A SCIM 2.0 provisioning server.",
    # Where the terminal is that wide, for a list of commands that says all of each.
    context_settings={"max_content_width": 120},
)
