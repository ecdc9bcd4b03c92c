"""Names that mean somebody else than when entries were brought in last: after a move in the tree,
a wedding, or where somebody new is called as somebody was who is gone.

What is stored still has the old ones, until a run has applied all.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from scim_server.directory.sources.anchors import AnchorStore, Known
from scim_server.sync.entries import Entry


@dataclass(slots=True)
class Renaming:
    """Of one run. Ids are those of resources.

    names:  by id, what those are called now who were called otherwise
    ids:    the same, by name
    former: by name that somebody has now, the id of who had it
    """

    names: dict[str, str] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    former: dict[str, str] = field(default_factory=dict)

    def read(
        self,
        anchors: AnchorStore,
        source: str,
        entries: Iterable[Entry],
        known: Mapping[str, Known],
        names: Collection[str],
    ) -> Mapping[str, str]:
        """Whom the names refer to, once these entries are called what they are called now."""
        called = {
            entry.name: known.get(entry.id)
            for entry in entries
            if entry.id not in known or known[entry.id].anchor.name != entry.name
        }
        asked = {*names, *called}
        stored = anchors.named(source, asked) if asked else {}
        for name, found in called.items():
            self._call(name, found.resource_id if found else None, stored.get(name))
        return self.named(stored, asked)

    def _call(self, name: str, id: str | None, stored: str | None) -> None:
        if id is not None:
            self.names[id] = name
            self.ids[name] = id
        if stored is not None and stored != id:
            self.former[name] = stored

    def concerns(self, names: Collection[str]) -> bool:
        """Whether one of them meant somebody else."""
        return not self.former.keys().isdisjoint(names)

    def named(self, stored: Mapping[str, str], names: Collection[str]) -> dict[str, str]:
        """Whom the names refer to now, by what is stored."""
        kept = {
            name: id
            for name, id in stored.items()
            if id not in self.names and self.former.get(name) != id
        }
        return kept | {name: self.ids[name] for name in names if name in self.ids}

    def names_of(self, stored: Mapping[str, str]) -> dict[str, str]:
        """What resources are called now, by id and by what is stored."""
        return {
            id: self.names.get(id, name)
            for id, name in stored.items()
            if id in self.names or self.former.get(name) != id
        }
