"""What an administrator may do, and to whom (security rule 14).

A right is a permission for the whole directory or for a part of it. Roles are named sets of
permissions; a credential with the scope ``admin`` holds every permission.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from scim_server.directory.accounts.folders import is_below
from scim_server.protocol.errors import Forbidden, NotFound

ADMIN = "admin"
"""The scope that names every permission; ``admin:users:read`` names one."""


class Permission(StrEnum):
    """What an operation of the administration API asks for."""

    USERS_READ = "users:read"
    USERS_WRITE = "users:write"
    USERS_STATUS = "users:status"
    USERS_DELETE = "users:delete"
    CREDENTIALS_WRITE = "credentials:write"
    SESSIONS_READ = "sessions:read"
    SESSIONS_WRITE = "sessions:write"
    KEYS_READ = "keys:read"
    KEYS_WRITE = "keys:write"
    APPLICATIONS_READ = "applications:read"
    APPLICATIONS_WRITE = "applications:write"
    ROLES_READ = "roles:read"
    ROLES_WRITE = "roles:write"
    EVENTS_READ = "events:read"
    MAIL_READ = "mail:read"
    MAIL_WRITE = "mail:write"
    POLICY_READ = "policy:read"
    POLICY_WRITE = "policy:write"
    SYNC_READ = "sync:read"
    SYNC_WRITE = "sync:write"

    @property
    def only_reads(self) -> bool:
        """Whether it changes nothing."""
        return self.endswith(":read")


EVERY = frozenset(Permission)
BASIC_USER = "Basic User"
ADMINISTRATOR = "Administrator"
SUPER_ADMIN = "Super Admin"
DELEGATED = "Delegated Administrator"
ROLES: Mapping[str, frozenset[Permission]] = {
    SUPER_ADMIN: EVERY,
    ADMINISTRATOR: EVERY - {Permission.ROLES_WRITE, Permission.POLICY_WRITE},
    DELEGATED: frozenset(
        {
            Permission.USERS_READ,
            Permission.USERS_WRITE,
            Permission.USERS_STATUS,
            Permission.CREDENTIALS_WRITE,
            Permission.SESSIONS_READ,
            Permission.SESSIONS_WRITE,
            Permission.EVENTS_READ,
        }
    ),
    BASIC_USER: frozenset(),
}
"""The delegated one only ever within limits."""
GIVEN = tuple(name for name in ROLES if name != BASIC_USER)
"""Who has none of these is a Basic User."""
UNLIMITED = (SUPER_ADMIN, ADMINISTRATOR)
"""Those that can be given for the whole directory."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a user is, for limits: the groups, direct and through others, and the folder."""

    id: str
    groups: frozenset[str] = frozenset()
    folder: str | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """The part of the directory that a right is for; what is empty does not limit.

    groups:     ids; whoever is in one of them, directly or through another group
    folder:     path of the account extension, and all below it
    attributes: the only ones that may be written, by their SCIM names
    users:      ids; only these
    """

    groups: frozenset[str] = frozenset()
    folder: str | None = None
    attributes: frozenset[str] = frozenset()
    users: frozenset[str] = frozenset()

    def told(self) -> dict[str, object]:
        """As JSON, without what does not limit."""
        told = {
            "groups": sorted(self.groups),
            "folder": self.folder,
            "attributes": sorted(self.attributes),
            "users": sorted(self.users),
        }
        return {name: value for name, value in told.items() if value}

    @property
    def everybody(self) -> bool:
        """Whether no user is left out."""
        return not self.groups and not self.users and self.folder is None

    def reach(self, place: Place) -> bool:
        """Whether a user who is there is within them."""
        return (
            (not self.groups or bool(self.groups & place.groups))
            and (not self.users or place.id in self.users)
            and (self.folder is None or is_below(place.folder, self.folder))
        )

    def contain(self, other: "Limits") -> bool:
        """Whether whoever is held by the others is held by these at least as loosely."""
        return (
            _covers(self.groups, other.groups)
            and _covers(self.users, other.users)
            and (self.folder is None or is_below(other.folder, self.folder))
            and _covers(self.attributes, other.attributes)
        )


def limits_from(told: Mapping[str, Any]) -> Limits:
    """From JSON, as ``told`` gives it."""
    names = {name: frozenset(told.get(name, ())) for name in ("groups", "attributes", "users")}
    return Limits(folder=told.get("folder"), **names)


def _covers(wide: frozenset[str], narrow: frozenset[str]) -> bool:
    """Empty is everything."""
    return not wide or (bool(narrow) and narrow <= wide)


@dataclass(frozen=True, slots=True)
class Right:
    """Some permissions within some limits."""

    permissions: frozenset[Permission]
    limits: Limits = Limits()


@dataclass(frozen=True, slots=True)
class Rights:
    """All that a caller may do."""

    rights: tuple[Right, ...] = ()

    def limits(self, permission: Permission) -> tuple[Limits, ...]:
        """Within which it may do this: within any of them."""
        return tuple(right.limits for right in self.rights if permission in right.permissions)

    def holds(self, permission: Permission) -> bool:
        """Whether there is anything that it may do this to."""
        return bool(self.limits(permission))

    def holds_everywhere(self, permission: Permission) -> bool:
        """Whether it may do this to all and everything; attributes limit nobody who reads."""
        return any(
            limits == Limits() or (permission.only_reads and limits.everybody)
            for limits in self.limits(permission)
        )

    @property
    def is_everything(self) -> bool:
        """Whether there is nothing that it may not do."""
        return self.cover(Right(EVERY))

    def require(self, permission: Permission) -> None:
        """Raises Forbidden where there is nothing that it may do this to."""
        if not self.holds(permission):
            raise Forbidden(f'Administrator access is required: this needs "{permission}".')

    def require_everywhere(self, permission: Permission) -> None:
        """Raises Forbidden, also to who may do this within limits only."""
        self.require(permission)
        if not self.holds_everywhere(permission):
            raise Forbidden(f'This needs "{permission}" for the whole directory.')

    def reaches(self, permission: Permission, place: Place) -> bool:
        """Whether it may do this to who is there."""
        return any(limits.reach(place) for limits in self.limits(permission))

    def require_for(self, permission: Permission, place: Place) -> None:
        """Raises Forbidden; NotFound, as for a user that there is not, for one out of reach."""
        self.require(permission)
        if not self.reaches(permission, place):
            raise NotFound(f'No User has the id "{place.id[:100]}".')

    def attributes_of(self, permission: Permission, place: Place) -> frozenset[str] | None:
        """The only attributes of a user that it may write; None: every one."""
        found = [limits.attributes for limits in self.limits(permission) if limits.reach(place)]
        return None if frozenset() in found else frozenset().union(*found)

    def cover(self, right: Right) -> bool:
        """Whether it may do all of this (security rule 14)."""
        return all(
            any(limits.contain(right.limits) for limits in self.limits(permission))
            for permission in right.permissions
        )

    def only(self, permissions: frozenset[Permission]) -> "Rights":
        """As much of it as these permissions are."""
        kept = (Right(each.permissions & permissions, each.limits) for each in self.rights)
        return Rights(tuple(each for each in kept if each.permissions))


ALL = Rights((Right(EVERY),))


def of_scopes(scopes: frozenset[str]) -> Rights:
    """What a credential that belongs to nobody may do: all with ``admin``, else what it names."""
    return ALL.only(permissions_of(scopes))


def permissions_of(scopes: frozenset[str]) -> frozenset[Permission]:
    """The permissions that scopes name: ``admin`` all, ``admin:users:read`` one."""
    return EVERY if ADMIN in scopes else frozenset(p for p in EVERY if f"{ADMIN}:{p}" in scopes)
