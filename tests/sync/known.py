"""Sources and runs that a tenant knows of, without a file of theirs and without running them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from scim_server.directory.callers import system
from scim_server.directory.change import Change
from scim_server.directory.sources.runs import Mode, Registered, Run, State
from scim_server.parts import new_id
from scim_server.protocol.schema import Document
from tests.application import Application

OWNED = {"User": ("userName", "displayName")}


def register(application: Application, tenant: int, name: str = "corp", **told: Any) -> str:
    """Make a source known; its name."""
    source = replace(Registered(name, "ldap", "Directory Sync", owned=OWNED), **told)

    def work(change: Change) -> None:
        change.store.runs.put_source(source)

    application.parts.transactions.write(system(tenant), work)
    return name


def put_run(
    application: Application, tenant: int, plan: Sequence[Document] = (), **told: Any
) -> str:
    """Put a run down, with its plan; its id."""
    defaults: dict[str, Any] = {
        "id": new_id(),
        "source": "corp",
        "mode": Mode.INCREMENTAL,
        "state": State.DONE,
        "asked_by": "schedule",
        "asked": "2026-11-21T12:00:00",
    }
    run = Run(**defaults | told)

    def work(change: Change) -> None:
        change.store.runs.put(run)
        change.store.runs.add_steps(run.id, 0, plan)

    application.parts.transactions.write(system(tenant), work)
    return run.id
