"""A tenant that tests may ruin past every rule of the server."""

from dataclasses import replace
from typing import Any

from sqlalchemy import create_engine, text

from scim_server.store.check.invariants import violations
from tests.application import Application, Scim
from tests.store.corp import CORP, anchor, register, run
from tests.store.shelf import Shelf


class World:
    """A tenant with a user, a group that has it, and a group that has the group."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self.scim: Scim = application.scim()
        self.user = self.scim.user(userName="ada", displayName="Ada", emails=[{"value": "a@x"}])
        self.inner = self.scim.group(self.user["id"])
        self.outer = self.scim.group(self.inner["id"])

    def corrupt(self, statement: str, **values: Any) -> None:
        """Run SQL past every foreign key."""
        url = self.application.parts.database.url
        options = {"options": "-c session_replication_role=replica"}
        is_sqlite = url.get_backend_name() == "sqlite"
        engine = create_engine(url, connect_args={} if is_sqlite else options)
        names = {"tenant": self.scim.tenant, "user": self.user["id"], "token": self.scim.bearer}
        names |= {"inner": self.inner["id"], "outer": self.outer["id"], **values}
        wanted = {name: value for name, value in names.items() if f":{name}" in statement}
        with engine.begin() as connection:
            connection.execute(text(statement), wanted)
        engine.dispose()

    def key(self, id: str) -> int:
        """The store key behind a public id."""
        statement = text("SELECT id FROM resource WHERE public_id = :id")
        with self.application.parts.database.reading() as connection:
            return int(connection.execute(statement, {"id": id}).scalar_one())

    def found(self) -> list[tuple[str, str]]:
        """Rule and fault of every violation in this tenant."""
        parts = self.application.parts
        every = violations(parts.database, parts.registry)
        return [(each.rule, each.what) for each in every if each.tenant == self.scim.tenant]


def has_source(world: World) -> None:
    """The user comes from a source that is busy with a run, which has a plan."""
    shelf = Shelf(world.application, world.scim.tenant)
    busy = run()
    register(shelf, replace(CORP, run=busy.id))
    with shelf.writing() as writer:
        user, _ = writer.get(shelf.users, world.user["id"])
        writer.anchors.put("corp", [anchor(user, "1")])
        writer.runs.put(busy)
        writer.runs.add_steps(busy.id, 0, [{"entry": "1"}])
