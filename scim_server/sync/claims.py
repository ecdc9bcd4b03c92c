"""Names that only one may have: an entry that asks for another's is left out, never given it.

Security rule 2: nobody takes over an account by its name. A person may allow it, entry by entry.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from scim_server.directory.ports import Reader, Resource
from scim_server.protocol.schema import Document, Path, ResourceType, Uniqueness
from scim_server.protocol.values import key as key_of

Claim = tuple[str, str]
"""Attribute and comparison key."""


@dataclass(slots=True)
class Claims:
    """Of one kind in one run: what joiners ask for."""

    kind: ResourceType
    taken: dict[Claim, str] = field(default_factory=dict)

    def held(
        self, reader: Reader, documents: Mapping[str, Document]
    ) -> Mapping[str, tuple[str, Resource | None]]:
        """Entries, by id, that ask for what another has: the attribute, and who has it.

        None has it here yet: another entry of the source asked for it first.
        """
        found: dict[str, tuple[str, Resource | None]] = {}
        for path in unique_paths(self.kind):
            name = path.attribute.name
            asked = {id: str(d[name]) for id, d in documents.items() if name in d}
            holders = _holders(reader, self.kind, path, asked.values())
            for id, value in asked.items():
                key = key_of(path.leaf, value)
                if holder := holders.get(key):
                    found.setdefault(id, (name, holder))
                elif self.taken.setdefault((name, key), id) != id:
                    found.setdefault(id, (name, None))
        return found


@cache
def unique_paths(kind: ResourceType) -> Sequence[Path]:
    """The plain attributes of which no two resources have the same value."""
    return [
        path
        for path in kind.leaves()
        if path.urn is None
        and path.sub is None
        and path.leaf.uniqueness is not Uniqueness.NONE
        and not path.leaf.multi_valued
        and path.attribute.name != "id"
    ]


def _holders(
    reader: Reader, kind: ResourceType, path: Path, values: Collection[str]
) -> Mapping[str, Resource]:
    if not values:
        return {}
    found = reader.census.holders(kind, path, list(values))
    keys = [key for holders in found.values() for key in holders]
    resources = {each.key: each for each in reader.census.resources(keys)} if keys else {}
    return {
        value: resources[key]
        for value, holders in found.items()
        for key in holders
        if key in resources
    }


def refusal(attribute: str, value: object, id: str, holder: Resource | None) -> str:
    """What is said of an entry that asks for what another has; None: one of the same source."""
    what = f'its {attribute} "{str(value)[:100]}"'
    if holder is None:
        return f"{what} is that of another entry of this source"
    whose = f'an account of source "{holder.source}"' if holder.source else "another"
    return f"{what} belongs to {whose}, {holder.id}; --adopt {id} gives it to this entry"
