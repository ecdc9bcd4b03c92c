"""Roles and permissions that are held: records, and what they add up to."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Protocol

from scim_server.directory.rights.rights import GIVEN, ROLES, Limits, Permission, Right, Rights
from scim_server.protocol.errors import InvalidValue

EVERYWHERE = Limits()


@dataclass(frozen=True, slots=True)
class Gift:
    """What is given: a role, or permissions alone; for the whole directory or a part of it."""

    role: str | None
    permissions: frozenset[Permission]
    limits: Limits

    @property
    def right(self) -> Right:
        """What it allows."""
        return Right(self.permissions, self.limits)

    @property
    def name(self) -> str:
        """What messages call it."""
        return self.role or ", ".join(sorted(self.permissions))


def gift_of_role(role: str, limits: Limits = EVERYWHERE) -> Gift:
    """Raises InvalidValue."""
    if role not in GIVEN:
        raise InvalidValue(f'No role "{role[:64]}" can be given; there are: {", ".join(GIVEN)}.')
    return Gift(role, ROLES[role], limits)


@dataclass(frozen=True, slots=True)
class Grant:
    """What somebody was given, and by whom; ``holder`` is the id of a user or of a group.

    giver:   id of the client or user who did it; ``given_by`` is the name at the time
    created: as in directory/ports.py
    """

    id: str
    gift: Gift
    holder: str
    kind: str
    display: str | None
    given_by: str
    giver: str | None
    created: str


@dataclass(frozen=True, slots=True)
class Held:
    """A grant that a user has: of their own, or as a member of the grant's holder."""

    grant: Grant
    direct: bool


class GrantStore(Protocol):
    """The grants of a tenant, in one connection or transaction."""

    def effective(self, holder: str) -> list[Held]:
        """Of the user or group with this id and of every group that it is in, in one statement.

        Those of its own first.
        """

    def page(
        self, holder: str | None, role: str | None, after: str | None, limit: int
    ) -> list[Grant]:
        """Newest first, those that were made before the one with the id ``after``."""

    def count(self, holder: str | None, role: str | None) -> int:
        """How many there are."""

    def get(self, id: str) -> Grant | None:
        """One of them."""

    def add(self, grant: Grant, holder: int) -> None:
        """To the resource with this store key."""

    def remove(self, id: str) -> None:
        """It counts no more."""

    def super_admins(self) -> Collection[int]:
        """Store keys of the users who hold the highest role without limits and may use it."""

    def are_super_admins(self, ids: Collection[str]) -> bool:
        """Whether any of these ids is, or is a group with, a user who could be one."""

    def wait(self) -> None:
        """Until no other transaction is about to take the highest role from somebody."""


def rights_from(held: Iterable[Held]) -> Rights:
    """What they allow together."""
    return Rights(tuple(each.grant.gift.right for each in held))


def standing_role(held: Iterable[Held]) -> str | None:
    """The highest role that is the holder's own and has no limits."""
    gifts = [each.grant.gift for each in held if each.direct]
    own = {gift.role for gift in gifts if gift.limits == EVERYWHERE}
    return next((role for role in GIVEN if role in own), None)
