"""What became of the entries of a source here, by the id that the source never changes."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from scim_server.directory.accounts.lifecycle import Status
from scim_server.directory.sources.runs import Registered


@dataclass(frozen=True, slots=True)
class Anchor:
    """Ties an entry of a source to a resource; a resource has one at most.

    id:       what the source calls the entry for ever
    name:     what other entries of the source refer to it by
    resource: store key
    digest:   of what the source said last, as it was applied
    version:  of the resource after that; another one: somebody else has changed it since
    pending:  names of others in it that nobody knew
    left:     since when the source has it no more
    off:      1 where it was the source that switched the account off
    """

    kind: str
    id: str
    name: str
    resource: int
    digest: str
    version: int
    pending: int = 0
    left: str | None = None
    off: int = 0


@dataclass(frozen=True, slots=True)
class Known:
    """An anchor, and how its resource stands now; ``resource_id`` is what clients see."""

    anchor: Anchor
    resource_id: str
    version: int
    status: Status | None

    @property
    def drifted(self) -> bool:
        """Whether somebody else has changed the resource since."""
        return self.version != self.anchor.version


@dataclass(frozen=True, slots=True)
class Owner:
    """The source of a resource, and its anchor there."""

    source: Registered
    anchor: Anchor


class AnchorStore(Protocol):
    """The anchors of a tenant, in one connection or transaction."""

    def known(self, source: str, kind: str, ids: Collection[str]) -> Mapping[str, Known]:
        """Those of these entries, by id, in one statement."""

    def named(self, source: str, names: Collection[str]) -> Mapping[str, str]:
        """The ids of the resources that these names refer to, of every kind."""

    def names_of(self, source: str, ids: Collection[str]) -> Mapping[str, str]:
        """Likewise, the other way: ids of resources to names that no later entry has."""

    def unsettled(self, source: str, kind: str) -> list[str]:
        """Entries that have not left whose resource somebody else has changed, that name others
        whom nobody knew, or that are written in part.
        """

    def stands(self, source: str, kind: str) -> dict[str, bool]:
        """All of a kind, by id: whether the source had it when it was looked at last."""

    def holding(self, source: str, kind: str, members: Collection[str]) -> list[str]:
        """Entries whose resources have one of these as a member, by their ids."""

    def unsettle(self, source: str, members: Collection[str]) -> None:
        """Let whatever has one of these as a member count as changed by somebody else."""

    def some(self, source: str, limit: int) -> list[Known]:
        """Of every kind, so many at most."""

    def owner(self, resource: int) -> Owner | None:
        """The source that a resource belongs to, in one statement."""

    def put(self, source: str, anchors: Sequence[Anchor]) -> None:
        """Add them, or change those that there are; of one entry the last counts.

        Any other anchor of their resources goes.
        """

    def remove(self, resources: Collection[int]) -> None:
        """Remove those of these resources."""
