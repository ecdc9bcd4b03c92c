"""What is counted of users, and looked up of many at once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from scim_server.directory.ports import Resource
from scim_server.protocol.schema import Path, ResourceType


@dataclass(frozen=True, slots=True)
class Tally:
    """What one user has that is live: sessions, API keys."""

    sessions: int = 0
    keys: int = 0


NOTHING = Tally()


@dataclass(frozen=True, slots=True)
class Counted:
    """How many users stand so."""

    status: str | None
    source: str | None
    role: str | None
    users: int


class CensusStore(Protocol):
    """Counts and look-ups in a tenant, each in one statement."""

    def tallies(self, users: Collection[int], now: str) -> Mapping[int, Tally]:
        """By store key; who has nothing is left out."""

    def live(self, now: str) -> Tally:
        """Of the whole tenant."""

    def standing(self, kind: ResourceType) -> list[Counted]:
        """How many users there are of each status, source and role."""

    def holders(
        self, kind: ResourceType, path: Path, values: Collection[str]
    ) -> dict[str, list[int]]:
        """Who has one of these values at a simple path: comparison key to store keys."""

    def resources(self, keys: Collection[int]) -> list[Resource]:
        """Those with these store keys."""

    def displays(self, ids: Collection[str]) -> Mapping[str, str]:
        """What resources of any kind are called, by id, where they are called anything."""

    def groups_of(self, users: Collection[int]) -> Mapping[int, list[str]]:
        """The names of the groups that each is in directly, in their order."""

    def await_turn(self) -> None:
        """Let no other transaction of the tenant that asks for this go on before this one ends."""
