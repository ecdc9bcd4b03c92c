"""What a new client may be given: scopes that mean something, and a user that is there."""

from collections.abc import Iterable

import click

from scim_server.directory.callers import BULK, EVERY, INTROSPECT, READ, WRITE, Caller
from scim_server.directory.events import Actor
from scim_server.directory.rights.key_scopes import known_scopes
from scim_server.parts import Parts
from scim_server.protocol.errors import NotFound
from scim_server.protocol.intake import Strict
from scim_server.protocol.schema import Registry
from scim_server.protocol.searching import Asked

DEFAULT_SCOPES = (f"{EVERY}:{WRITE}", BULK)
SCOPES_HELP = (
    "What it may do; may be repeated. *:read, *:write, users:read, users:write, groups:read,"
    " groups:write, accounts:write, bulk, introspect, admin, or of the administration API a part,"
    " such as admin:users:read; for a resource type of your own at /Devices devices:read and"
    " devices:write. Write implies read."
)


def every_scope(registry: Registry) -> list[str]:
    """Each that a request could ask for."""
    return sorted(known_scopes(registry.kinds.values()) | {INTROSPECT})


def check_scopes(registry: Registry, scopes: Iterable[str]) -> None:
    """Refuse what no request would ever ask for."""
    known = every_scope(registry)
    unknown = [scope for scope in scopes if scope not in known]
    if unknown:
        raise click.BadParameter(
            f"{', '.join(unknown)}: choose from {', '.join(known)}.", param_hint="--scope"
        )


def check_user(parts: Parts, tenant: int, user: str | None) -> None:
    """Refuse an id that no user has: /Me would be 404 for ever."""
    if user is None:
        return
    reader = Caller(tenant, Actor("scim-server", ""), frozenset({f"{EVERY}:{READ}"}), Strict())
    try:
        parts.directory.get(reader, parts.users, user, Asked())
    except NotFound as fault:
        raise click.ClickException(fault.detail) from None
