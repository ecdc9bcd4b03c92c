"""A company whose personnel file is a source: a real feed, run by the real engine."""

import json
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from scim_server.directory.history import Sought
from scim_server.directory.sources.runs import Mode, Run, State
from scim_server.directory.transactions import Transactions
from scim_server.parts import new_id, utc_now
from scim_server.protocol.schema import Document
from scim_server.protocol.values import stamp
from scim_server.store.check.invariants import violations
from scim_server.store.sync_lock import SyncLocks
from scim_server.sync.files.sources import SourceFile, SourceFiles
from scim_server.sync.run import Job, Runner, Stage
from tests.application import Admin, Application, Scim

FILE = """
type = "feed"
{settings}

[feed]
file = "{name}.jsonl"
id = "id"

[feed.groups]
column = "teams"

[users]
userName = "{{name}}"
displayName = "{{shown}}"
active = "{{active}}"
emails = [{{value = "{{name}}@example.com", type = "work", primary = true}}]

[users."urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"]
department = "{{department}}"
manager = "{{boss}}"

[groups]
displayName = "{{name}}"

{tables}
"""
SOURCE = "hr"


class Office:
    """One source of one new tenant; ``workers`` are the rows of its file."""

    def __init__(self, application: Application, folder: Path, name: str = SOURCE) -> None:
        self.application = application
        self.folder = folder
        self.name = name
        self.scim: Scim = application.scim()
        self.tenant = self.scim.tenant
        self.workers: list[dict[str, Any]] = []
        self.later = timedelta()
        self.configure()

    def configure(self, settings: str = "", tables: str = "") -> None:
        """Write the file of the source."""
        text = FILE.format(name=self.name, settings=settings, tables=tables)
        (self.folder / f"{self.name}.toml").write_text(text)

    @property
    def admin(self) -> Admin:
        return self.application.admin(self.tenant)

    def employ(self, *names: str, **details: Any) -> None:
        """Add workers, whose ids are those of their names."""
        for name in names:
            self.workers.append({"id": f"id-{name}", "name": name, **details})

    def dismiss(self, *names: str) -> None:
        """Take them out of the file."""
        self.workers = [each for each in self.workers if each["name"] not in names]

    def change(self, name: str, /, **details: Any) -> None:
        """What the file says of one of them from now on."""
        [worker] = [each for each in self.workers if each["id"] == f"id-{name}"]
        worker.update(details)

    def run(self, mode: Mode = Mode.INCREMENTAL, **options: Any) -> Run:
        """Bring the file in, as it is now."""
        return self.runner.run(self.job(mode, **options))

    def run_while(self, work: Callable[[], object], mode: Mode = Mode.INCREMENTAL) -> Run:
        """Likewise; others work once the users have been compared, and before any is changed.

        There must be a group in the file.
        """
        todo = [work]

        def tell(kind: str, stage: Stage, _: int) -> None:
            if todo and (kind, stage) == ("Group", Stage.READ):
                todo.pop()()

        run = self.run(mode, tell=tell)
        assert not todo
        return run

    def job(
        self, mode: Mode = Mode.INCREMENTAL, *, confirms: str | None = None, **options: Any
    ) -> Job:
        """A run that is to be carried out."""
        self.write()
        file = self.file()
        now = stamp(self.clock())
        run = Run(new_id(), self.name, mode, State.RUNNING, "tests", now, confirms=confirms)
        return Job(file, file.source(self.clock), run, self.tenant, **options)

    def file(self) -> SourceFile:
        """The file of the source, read anew."""
        return SourceFiles(self.folder, {}, self.application.parts.registry).read(self.name)

    def write(self) -> None:
        """Write the workers down."""
        lines = "".join(json.dumps(each) + "\n" for each in self.workers)
        (self.folder / f"{self.name}.jsonl").write_text(lines)

    def clock(self) -> datetime:
        """Now, or later."""
        return utc_now() + self.later

    @property
    def runner(self) -> Runner:
        parts = self.application.parts
        ours = parts.transactions
        transactions = Transactions(ours.store, ours.renderer, self.clock, new_id)
        return Runner(transactions, parts.registry, SyncLocks(parts.database))

    def step(self, name: str, event: str) -> int:
        """An administrator's step of an account's life cycle: the status of the answer."""
        path = f"/users/{self.user(name)['id']}/status"
        return int(self.admin.post(path, {"event": event}).status_code)

    def delete(self, name: str) -> None:
        """Let a client delete a user."""
        assert self.scim.delete(f"/Users/{self.user(name)['id']}").status_code == 204

    # What became of it.

    def user(self, name: str) -> Document:
        """The user of that name, as SCIM shows it."""
        [found] = self._all("/Users", f'userName eq "{name}"')
        return found

    def users(self) -> dict[str, bool]:
        """Who there is, and whether they may sign in."""
        return {each["userName"]: each["active"] for each in self._all("/Users", "userName pr")}

    def team(self, name: str) -> set[str]:
        """The names of a group's members."""
        [found] = self._all("/Groups", f'displayName eq "{name}"')
        return _members(found, self._all("/Users", "userName pr"))

    def group(self, name: str) -> Document:
        """The group of that name, as SCIM shows it."""
        [found] = self._all("/Groups", f'displayName eq "{name}"')
        return found

    def status(self, name: str) -> str:
        """As administrators see it."""
        found = self.admin.get(f"/users/{self.user(name)['id']}").get_json()
        status: str = found["status"]
        return status

    def state(self) -> dict[str, Any]:
        """All that there is but ids and times, to compare."""
        users = self._all("/Users", "userName pr")
        groups = self._all("/Groups", "displayName pr")
        return {
            "users": {each["userName"]: _without(each) for each in users},
            "groups": {each["displayName"]: _members(each, users) for each in groups},
        }

    def violations(self) -> list[str]:
        """What `scim-server check` would tell."""
        parts = self.application.parts
        found = violations(parts.database, parts.registry)
        return [str(each) for each in found if each.tenant == self.tenant]

    def events(self) -> list[str]:
        """The actions of all changes, in no order."""
        with self.application.parts.store.reading(self.tenant) as reader:
            found = reader.history.page(Sought(), None, 10_000)
        return [each.event.action for each in found]

    def _all(self, path: str, filter: str) -> list[Document]:
        answer = self.scim.get(path, query={"filter": filter, "count": 1000})
        assert answer.status_code == 200, answer.text
        found: list[Document] = answer.get_json(force=True)["Resources"]
        return found


def _members(group: Document, users: Iterable[Document]) -> set[str]:
    names = {each["id"]: each["userName"] for each in users}
    return {names[each["value"]] for each in group.get("members", ())}


def _without(user: Document) -> Document:
    shown = {k: v for k, v in user.items() if k not in ("id", "meta", "groups")}
    for urn in [each for each in shown if each.endswith("enterprise:2.0:User")]:
        shown[urn] = dict(shown[urn])
        if "manager" in shown[urn]:
            shown[urn]["manager"] = shown[urn]["manager"].get("displayName")
    return shown
