"""A worker's rounds over the sources of an office, at a time that tests choose."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from scim_server.directory.sources.queue import Queue
from scim_server.directory.sources.runs import Run
from scim_server.sync.files.sources import SourceFiles
from scim_server.sync.rounds import Rounds
from tests.signing import tenant_name
from tests.sync.office import Office


class Duty:
    """One worker; several of one office share its files and its clock.

    ended: what its runs came to
    stops: whether it is to end
    """

    def __init__(self, office: Office, **environment: str) -> None:
        self.office = office
        self.ended: list[Run] = []
        self.stops: Callable[[], bool] = lambda: False
        runner = office.runner
        self.queue = Queue(runner.transactions)
        self.rounds = Rounds(
            SourceFiles(office.folder, environment, office.application.parts.registry),
            office.application.parts.clients,
            self.queue,
            runner,
            lambda: self.stops(),
            lambda _tenant, run: self.ended.append(run),
        )

    def round(self) -> int:
        return self.rounds.run()


def employed(office: Office, settings: str = "", tables: str = "") -> Office:
    """With one worker, and with its file in the tenant of the office."""
    tenant = tenant_name(office.application, office.tenant)
    office.configure(f'tenant = "{tenant}"\n{settings}', tables)
    office.employ("ada")
    office.write()
    return office


def after(office: Office, **time: Any) -> None:
    """Let time pass."""
    office.later += timedelta(**time)


def runs(office: Office) -> Sequence[dict[str, Any]]:
    """Of the source, newest first, as administrators see them."""
    found: list[dict[str, Any]] = office.admin.get(f"/sources/{office.name}/runs").get_json()[
        "runs"
    ]
    return found


def daily(moment: datetime) -> str:
    """A cron expression of a quarter of an hour later, once a day."""
    tick = moment + timedelta(minutes=15)
    return f"{tick.minute} {tick.hour} * * *"
