"""A source that is what a test says: it reads changes, lists ids, and has names as in a tree."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from scim_server.directory.sources.runs import Mode, State
from scim_server.sync.entries import Asked, Entry, Unreadable
from scim_server.sync.run import Job, Stage
from tests.sync.office import Office


def person(id: str, dn: str = "", /, **said: str) -> Entry:
    """Whose userName is the id, unless something else is said; so is the name for others."""
    values = {each: (value,) for each, value in ({"name": id} | said).items()}
    return Entry("User", id, dn or id, f"line of {id}", values)


def group(id: str, *members: str, dn: str = "") -> Entry:
    """Likewise; members by their names."""
    return Entry("Group", id, dn or id, f"line of {id}", {"name": (id,)}, members=members)


@dataclass
class Script:
    """What there is.

    changed:  ids of what comes in a reading of changes, besides what is asked for again
    unlisted: ids of what is there, and moves while ids are listed
    silent:   kinds of which the source does not say what is there
    """

    users: list[Entry | Unreadable] = field(default_factory=list)
    groups: list[Entry | Unreadable] = field(default_factory=list)
    changed: set[str] = field(default_factory=set)
    unlisted: set[str] = field(default_factory=set)
    silent: set[str] = field(default_factory=set)

    def of(self, kind: str) -> list[Entry | Unreadable]:
        return self.users if kind == "User" else self.groups

    @contextmanager
    def reading(self, asked: Asked) -> Iterator["Pass"]:
        yield Pass(self, asked)


@dataclass(frozen=True)
class Pass:
    """One reading: of changes where it goes on from an earlier one."""

    script: Script
    asked: Asked

    @property
    def is_whole(self) -> bool:
        return self.asked.since is None

    def entries(self, kind: str) -> Iterator[Entry | Unreadable]:
        if self.is_whole:
            return iter(self.script.of(kind))
        return self.entries_of(kind, self.script.changed | {*self.asked.again.get(kind, ())})

    def present(self, kind: str) -> Iterator[str] | None:
        if kind in self.script.silent:
            return None
        ids = {each.id for each in self.script.of(kind)} - self.script.unlisted
        return (id for id in ids if id is not None)

    def entries_of(self, kind: str, ids: Collection[str]) -> Iterator[Entry | Unreadable]:
        return (each for each in self.script.of(kind) if each.id in ids)

    def mark(self) -> str:
        return "so far"


class Scripted(Office):
    """An office whose people and groups are those of a script."""

    script: Script

    def job(self, mode: Mode = Mode.INCREMENTAL, **options: Any) -> Job:
        """A run that is to be carried out."""
        return replace(super().job(mode, **options), source=self.script)

    def has(self, *entries: Entry | Unreadable) -> None:
        """These there are from now on, and no others; nothing of that shows as changed."""
        users = [each for each in entries if each.kind == "User"]
        self.script = Script(users, [each for each in entries if each.kind == "Group"])

    def stop_after(self, kind: str, steps: int, mode: Mode = Mode.FULL) -> None:
        """A run that ends once so many steps of a kind are written."""
        written: list[int] = []

        def tell(told: str, stage: Stage, done: int) -> None:
            if (told, stage) == (kind, Stage.APPLIED):
                written.append(done)

        run = self.run(mode, tell=tell, stopping=lambda: steps in written)
        assert (run.state, written[-1]) == (State.INTERRUPTED, steps)

    def members(self, name: str) -> set[str]:
        """What a group's members are called, users and groups."""
        users, groups = self._all("/Users", "userName pr"), self._all("/Groups", "displayName pr")
        shown = {each["id"]: each["userName"] for each in users}
        shown |= {each["id"]: each["displayName"] for each in groups}
        return {shown[each["value"]] for each in self.group(name).get("members", ())}
