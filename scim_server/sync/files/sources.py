"""The files of sources: ``<name>.toml`` in the folder that SCIM_SOURCES names.

type = "ldap"                # "ldap", "feed", "scim": [ldap], [feed], [scim] is for it alone
tenant = "default"
shown_as = "Directory Sync"  # or "HR": the source of the accounts that it makes
schedule = "*/5 * * * *"     # minute, hour, day, month, weekday
full_schedule = "0 3 * * *"  # reads everything; or "never"
time_zone = "Europe/Berlin"  # of dates and of both schedules
[users]                      # bind.py; left out or empty: as in mappings/
[groups]                     # likewise; left out: groups are not touched
[guards]
share = 0.1
number = 50
[leavers]
then = "suspend"             # "deprovision", "delete"
after_days = 30
[authority]
on_change = "refuse"         # "overwrite"
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from scim_server.directory.ports import Clock
from scim_server.directory.sources.runs import OnChange, Registered
from scim_server.protocol.schema import Registry
from scim_server.sync.entries import Source
from scim_server.sync.faults import BadSources, Faults
from scim_server.sync.files.fields import NEVER, SourceFields
from scim_server.sync.files.tables import KINDS, Surroundings, load
from scim_server.sync.files.toml import parsed
from scim_server.sync.files.types import TYPES, SourceType
from scim_server.sync.guards import Guards
from scim_server.sync.mapping.bind import bind
from scim_server.sync.mapping.mapped import Mapped
from scim_server.sync.plan import Departure
from scim_server.sync.policy import Leavers

MAPPINGS = Path(__file__).parent / "mappings"
_NAME = re.compile(r"[a-z0-9-]{1,32}")


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A source, as its file has it.

    mapped:   the mappings, by kind
    digest:   of what the mappings are made of: with other ones, everything is to be read anew
    settings: of its type
    """

    name: str
    type: SourceType
    tenant: str
    shown_as: str
    schedule: str | None
    full_schedule: str | None
    zone: ZoneInfo
    guards: Guards
    leavers: Leavers
    on_change: OnChange
    mapped: Mapping[str, Mapped]
    digest: str
    settings: object = field(repr=False)

    def source(self, clock: Clock) -> Source:
        """Where its entries come from."""
        names = {kind: mapped.names for kind, mapped in self.mapped.items()}
        return self.type.opened(self.settings, names, clock)

    def registered(self) -> Registered:
        """What all nodes are to know of it."""
        return Registered(
            self.name,
            self.type.name,
            self.shown_as,
            self.schedule,
            self.full_schedule,
            self.zone.key,
            {kind: mapped.owned for kind, mapped in self.mapped.items()},
            self.on_change,
        )


@dataclass(frozen=True, slots=True)
class SourceFiles:
    """All of a folder; ``environment``: where their secrets are."""

    folder: Path
    environment: Mapping[str, str]
    registry: Registry

    def names(self) -> list[str]:
        """Of all files, whatever is in them. Raises BadSources: the folder cannot be read."""
        try:
            return sorted(path.stem for path in self.folder.iterdir() if path.suffix == ".toml")
        except OSError as fault:
            raise BadSources([f"{self.folder} cannot be read: {fault.strerror}"]) from None

    def changed(self, name: str) -> datetime:
        """When somebody wrote one last. Raises BadSources."""
        try:
            seconds = (self.folder / f"{name}.toml").stat().st_mtime
        except OSError as fault:
            raise BadSources([f"{name}.toml: cannot be read: {fault.strerror}"]) from None
        return datetime.fromtimestamp(seconds, UTC)

    def every(self) -> list[SourceFile]:
        """All files. Raises BadSources with all that is wrong with all of them."""
        files, faults = [], []
        for name in self.names():
            try:
                files.append(self.read(name))
            except BadSources as bad:
                faults += bad.faults
        if faults:
            raise BadSources(faults)
        return files

    def read(self, name: str) -> SourceFile:
        """One file. Raises BadSources with all that is wrong with it."""
        faults = Faults()
        file = self._read(name, faults)
        if file is None:
            raise BadSources([f"{name}.toml: {fault}" for fault in faults])
        return file

    def _read(self, name: str, faults: Faults) -> SourceFile | None:
        if not _NAME.fullmatch(name):
            faults.at("", "must be named with a-z, 0-9 and -, at most 32 of them")
            return None
        given = parsed(self.folder / f"{name}.toml", faults)
        if given is None:
            return None
        told = load(SourceFields, given, "", faults)
        type_ = TYPES.get(str(given.get("type")))
        mapped = self._mapped(type_, given, faults)
        if type_ is None:
            return None
        zone = (told or {}).get("time_zone", ZoneInfo("UTC"))
        around = Surroundings(self.folder, self.environment, zone, mapped.keys())
        settings = type_.settings(given.get(type_.name, {}), type_.name, faults, around)
        for other in sorted(TYPES.keys() & given.keys() - {type_.name}):
            faults.at(other, f'does not go with type = "{type_.name}"')
        if told is None or faults:
            return None
        return _file(name, type_, told, mapped, _digest(type_, given), settings)

    def _mapped(
        self, type_: SourceType | None, given: Mapping[str, Any], faults: Faults
    ) -> Mapping[str, Mapped]:
        usual = usual_mapping(type_.name) if type_ else {}
        spell = type_.spell if type_ else str
        always = ("users",) if type_ else ()
        return {
            kind: bind(
                self.registry.kinds[kind],
                given.get(table) or usual.get(table, {}),
                table,
                faults,
                spell,
            )
            for table, kind in KINDS.items()
            if table in given or table in always
        }


def _file(
    name: str,
    type_: SourceType,
    told: Mapping[str, Any],
    mapped: Mapping[str, Mapped],
    digest: str,
    settings: object,
) -> SourceFile:
    leavers = dict(told["leavers"])
    if "then" in leavers:
        leavers["then"] = Departure(leavers["then"])
    return SourceFile(
        name,
        type_,
        told["tenant"],
        told.get("shown_as", type_.shown_as),
        told["schedule"],
        _full_schedule(type_, told),
        told["time_zone"],
        Guards(**told["guards"]),
        Leavers(**leavers),
        OnChange(told["authority"].get("on_change", OnChange.REFUSE)),
        mapped,
        digest,
        settings,
    )


def _full_schedule(type_: SourceType, told: Mapping[str, Any]) -> str | None:
    """Unless told otherwise there is one: what no increment tells of would never come."""
    if told["full_schedule"] is None and told["schedule"] is not None:
        return type_.full_schedule
    return None if told["full_schedule"] == NEVER else told["full_schedule"]


def _digest(type_: SourceType, given: Mapping[str, Any]) -> str:
    tables = [given.get(table) or usual_mapping(type_.name).get(table) for table in KINDS]
    said = orjson.dumps(tables, default=str, option=orjson.OPT_SORT_KEYS)
    return blake2b(said, digest_size=16).hexdigest()


@cache
def usual_mapping(type_: str) -> Mapping[str, Any]:
    """The tables that hold where a file leaves them out or empty."""
    path = MAPPINGS / f"{type_}.toml"
    return tomllib.loads(path.read_text()) if path.exists() else {}
