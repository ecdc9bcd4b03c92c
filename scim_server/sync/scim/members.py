"""Whether a server shows who is in its groups: one that does not would empty all of them here."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from scim_server.sync.entries import SourceFault
from scim_server.sync.scim.listing import Listing
from scim_server.sync.scim.offers import REFUSED
from scim_server.sync.scim.remote import folded
from scim_server.sync.scim.resources import identify

MOST_ASKED = 10
"""Groups that are asked for by themselves."""


@dataclass(slots=True)
class Members:
    """What one reading has seen of them.

    claimed: ids of the groups that users say they are in
    bare:    ids of the groups that came without members
    shown:   whether one came with members
    """

    claimed: set[str] = field(default_factory=set)
    bare: dict[str, None] = field(default_factory=dict)
    shown: bool = False

    def see(self, kind: str, id: str | None, resource: object) -> None:
        """One of the resources."""
        if kind == "User":
            self.claimed.update(_claims(resource))
        elif _members(resource):
            self.shown = True
        elif id is not None:
            self.bare[id] = None

    def check(self, groups: Listing) -> None:
        """Once all are seen. Raises SourceFault: none came with members, and there are some."""
        if self.bare and not self.shown and self._are_there(groups):
            raise SourceFault(f"{groups.url}: groups come without their members")

    def _are_there(self, groups: Listing) -> bool:
        if self.claimed & self.bare.keys():
            return True
        query = {**groups.query("members pr"), "count": "1"}
        found = groups.page(query, REFUSED).resources if groups.offers.filter else []
        # Of changes only, the group that has members may be one that has not come.
        if any(identify(each) in self.bare for each in found):
            return True
        return any(_members(groups.alone(id)) for id in islice(self.bare, MOST_ASKED))


def _members(resource: object) -> object:
    return folded(resource).get("members") if isinstance(resource, dict) else None


def _claims(resource: object) -> Iterator[str]:
    groups = folded(resource).get("groups") if isinstance(resource, dict) else None
    for group in groups if isinstance(groups, list) else ():
        id = folded(group).get("value") if isinstance(group, dict) else None
        if isinstance(id, str):
            yield id
