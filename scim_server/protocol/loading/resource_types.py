"""Entries of several files to resource types, and the faults between them (RFC 7643 §6)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scim_server.protocol.loading.define import nearest
from scim_server.protocol.loading.entries import Entry, Fault
from scim_server.protocol.loading.storage import ACCOUNT, make_storage, storage_faults
from scim_server.protocol.schema import Document, Extension, ResourceType, Schema, fold_name

RESOURCE_TYPE_URN = "urn:ietf:params:scim:schemas:core:2.0:ResourceType"

Schemas = Mapping[str, Schema | None]
"""The schemas that files define, by folded URN; None where the definition is faulty."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """Every entry of one resource type, in the order in which they were read."""

    entries: tuple[Entry, ...]

    @property
    def name(self) -> str:
        """As the entry that defines the type spells it."""
        return next(iter(self.saying("schema")), self.entries[0]).name

    @property
    def schema(self) -> str:
        """The folded URN of its schema."""
        return next((fold_name(e.content["schema"]) for e in self.saying("schema")), "")

    @property
    def is_defined(self) -> bool:
        """Whether an entry does more than attach, as far as a faulty one can be understood."""
        defining = self.saying("schema") or self.saying("endpoint")
        return bool(defining) or not all(entry.is_sound for entry in self.entries)

    def saying(self, what: str) -> list[Entry]:
        """The entries with this statement."""
        return [entry for entry in self.entries if what in entry.statements]

    def merged(self) -> Document:
        """What the entries say together."""
        content: dict[str, Any] = {"schemaExtensions": [], "storage": {}}
        for entry in self.entries:
            content["schemaExtensions"] += entry.content.get("schemaExtensions", [])
            content["storage"] |= entry.content.get("storage", {})
            content = entry.content | content
        return content | {"name": self.name}


def gather(entries: Iterable[Entry]) -> list[Gathered]:
    """Bring together what is said of each resource type."""
    by_name: dict[str, tuple[Entry, ...]] = {}
    for entry in entries:
        name = fold_name(entry.name) if "name" in entry.content else f"{entry.file} {entry.name}"
        by_name[name] = (*by_name.get(name, ()), entry)
    return [Gathered(each) for each in by_name.values()]


def kind_faults(kinds: Iterable[Gathered], schemas: Schemas) -> Iterator[Fault]:
    """Say everything that is wrong beyond the form of single entries."""
    known = [kind.name for kind in kinds if kind.is_defined]
    for kind in kinds:
        yield from _missing(kind, known)
        yield from _contradictions(kind)
        yield from _urn_faults(kind, schemas)
        for entry in kind.entries:
            stored = entry.content.get("storage", {})
            for what in storage_faults(stored, schemas.get(kind.schema)):
                yield entry.fault(f"storage: {what}")
        yield from _account_faults(kind)
    yield from _endpoint_faults(kinds)
    yield from _status_faults(kinds)


def _missing(kind: Gathered, known: Iterable[str]) -> Iterator[Fault]:
    if not kind.is_defined:
        for entry in kind.entries:
            yield entry.fault(f"no file defines this resource type{nearest(entry.name, known)}")
    elif all(entry.is_sound for entry in kind.entries):
        schema, endpoint = kind.saying("schema"), kind.saying("endpoint")
        if not endpoint:
            yield schema[0].fault("endpoint is missing")
        if not schema:
            yield endpoint[0].fault("schema is missing")


def _contradictions(kind: Gathered) -> Iterator[Fault]:
    said: dict[str, tuple[Entry, object]] = {}
    for entry in kind.entries:
        for what, value in entry.statements.items():
            first, other = said.setdefault(what, (entry, value))
            if other != value:
                yield entry.fault(f"{what} differs from that in {first.file}")


def _urn_faults(kind: Gathered, schemas: Schemas) -> Iterator[Fault]:
    seen: dict[str, Entry] = {}
    for entry in kind.entries:
        for urn in entry.urns:
            if fold_name(urn) not in schemas:
                yield entry.fault(f"no file defines the schema {urn!r}")
        for urn in entry.attached:
            if fold_name(urn) == kind.schema:
                yield entry.fault(f"schemaExtensions: {urn} is the schema itself")
            elif fold_name(urn) in seen:
                yield entry.fault(
                    f"schemaExtensions: {urn} is there already, in {seen[fold_name(urn)].file}"
                )
            seen.setdefault(fold_name(urn), entry)


def _account_faults(kind: Gathered) -> Iterator[Fault]:
    attached = {urn for entry in kind.entries for urn in entry.attached}
    for entry in kind.entries:
        urn = entry.content.get("storage", {}).get(ACCOUNT)
        if urn is not None and urn not in attached:
            yield entry.fault(f"storage: {ACCOUNT}: {urn!r} is none of the schemaExtensions")


def _endpoint_faults(kinds: Iterable[Gathered]) -> Iterator[Fault]:
    """Endpoints differ by more than letter case (erratum 8475)."""
    taken: dict[str, Entry] = {}
    for entry in _first(kinds, "endpoint"):
        endpoint = entry.content["endpoint"]
        first = taken.setdefault(endpoint.lower(), entry)
        if first is not entry:
            yield entry.fault(f"endpoint {endpoint} is that of {first.name} in {first.file}")


def _status_faults(kinds: Iterable[Gathered]) -> Iterator[Fault]:
    """Only one type can be what ``/Me`` and the credentials mean."""
    owners = _first(kinds, "storage status")
    for entry in owners[1:]:
        yield entry.fault(f"storage status: {owners[0].name} has one, in {owners[0].file}")


def _first(kinds: Iterable[Gathered], what: str) -> list[Entry]:
    """Of each type that has this statement, the entry that makes it first."""
    return [kind.saying(what)[0] for kind in kinds if kind.saying(what)]


def make_kind(gathered: Gathered, schemas: Mapping[str, Schema]) -> ResourceType:
    """Make the ResourceType of entries without faults."""
    content = gathered.merged()
    schema = schemas[gathered.schema]
    extensions = tuple(
        Extension(schemas[fold_name(each["schema"])], each.get("required", False))
        for each in content["schemaExtensions"]
    )
    name, endpoint = content["name"], content["endpoint"]
    document: Document = {
        "schemas": [RESOURCE_TYPE_URN],
        "id": name,
        **{key: content[key] for key in ("name", "description", "endpoint") if key in content},
        "schema": schema.id,
        "schemaExtensions": [{"schema": e.schema.id, "required": e.required} for e in extensions],
    }
    storage = make_storage(content["storage"], schema)
    return ResourceType(name, endpoint, schema, extensions, storage, document)
