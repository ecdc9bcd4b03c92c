"""What an API key may do: its scopes, and of a user's key no more than the user may right now.

A SCIM scope asks for permissions, and for the whole directory: SCIM shows no part of one.
"""

from collections.abc import Iterable

from scim_server.directory.callers import ACCOUNTS, BULK, EVERY, READ, WRITE, kind_scope
from scim_server.directory.rights.rights import ADMIN, Permission, Rights, permissions_of
from scim_server.directory.rights.rights import EVERY as EVERY_PERMISSION
from scim_server.protocol.schema import ResourceType

READS = frozenset({Permission.USERS_READ})
WRITES = READS | {Permission.USERS_WRITE, Permission.USERS_STATUS, Permission.USERS_DELETE}
"""What SCIM does to a user is all of it: ``active`` is their status, DELETE their end."""


def known_scopes(kinds: Iterable[ResourceType]) -> frozenset[str]:
    """Every scope that a key may have."""
    names = (EVERY, *map(kind_scope, kinds))
    scim = {f"{name}:{access}" for name in names for access in (READ, WRITE)}
    return frozenset(scim | {BULK, ACCOUNTS, ADMIN} | {f"{ADMIN}:{p}" for p in EVERY_PERMISSION})


def needed(scope: str) -> frozenset[Permission]:
    """The permissions that a user must hold for a scope of their key to count."""
    if scope == ADMIN or scope.startswith(f"{ADMIN}:"):
        return permissions_of(frozenset({scope}))
    return READS if scope.endswith(f":{READ}") else WRITES


def asked(scopes: Iterable[str]) -> frozenset[Permission]:
    """All that these scopes ask for."""
    return frozenset().union(*map(needed, scopes))


def effective(scopes: frozenset[str], rights: Rights) -> frozenset[str]:
    """The scopes of a key that count now; one of the administration API may do so in part."""
    return frozenset(
        scope
        for scope in scopes
        if (
            any(map(rights.holds, needed(scope)))
            if scope.startswith(ADMIN)
            else all(map(rights.holds_everywhere, needed(scope)))
        )
    )
