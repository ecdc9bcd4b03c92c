"""Folders of JSON to the Registry: schemas and resource types (RFC 7643 §6, §7).

A faulty file stops the start-up, and so does one whose name nobody reads: every fault of every file
is found first, then all are raised together.
"""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scim_server.protocol.loading.define import (
    SCHEMA_URN,
    change,
    make_schema,
    nearest,
    referenced,
    schema_faults,
)
from scim_server.protocol.loading.entries import Entry, Fault, read_entry
from scim_server.protocol.loading.resource_types import (
    RESOURCE_TYPE_URN,
    Gathered,
    gather,
    kind_faults,
    make_kind,
)
from scim_server.protocol.references import NOT_KINDS
from scim_server.protocol.schema import Document, Registry, Schema, fold_name

Changes = Mapping[str, Mapping[str, Document]]
"""By URN and attribute name, the characteristics that a setting changes."""

_SCHEMA = ".schema.json"
_RESOURCE_TYPES = "resource_types.json"
_PROVIDER_URN = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"
_DISCOVERY = frozenset(map(fold_name, (_PROVIDER_URN, RESOURCE_TYPE_URN, SCHEMA_URN)))
"""Schemas of what discovery answers, which no resource type has (RFC 7643 §5 to §7)."""


class BadSchemas(Exception):
    """The schema files cannot be used; ``faults`` are ``file: attribute: what is wrong``."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(self.faults))


@dataclass(frozen=True, slots=True)
class _Definition:
    """A file that says which schema it defines; None where the definition is faulty."""

    file: Path
    content: Document
    schema: Schema | None


@dataclass(slots=True)
class _Findings:
    """What the files held, schemas by folded URN, and what is wrong with them."""

    changes: Changes
    definitions: dict[str, _Definition] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def tell(self, file: Path, whats: Iterable[str]) -> None:
        """Note faults of a file."""
        self.faults += [Fault(file, what) for what in whats]


def registry(
    *folders: Path, changes: Changes | None = None, besides: Collection[Path] = ()
) -> Registry:
    """Read ``*.schema.json`` and ``*resource_types.json`` of each folder.

    An entry for a resource type that another file defines adds its extensions to it. ``changes``
    are made before a schema is published; ``besides`` are JSON files that somebody else reads.

    Raises: BadSchemas: with the faults of all files.
    """
    found = _Findings(changes or {})
    for folder in folders:
        for file in _json_files(folder, found):
            if file not in besides:
                _take(file, found)
    kinds = gather(found.entries)
    schemas = {urn: definition.schema for urn, definition in found.definitions.items()}
    found.faults += kind_faults(kinds, schemas)
    found.faults += _reference_faults(found, kinds)
    found.faults += _unused(found)
    if found.faults:
        raise BadSchemas(f"{fault.file}: {fault.what}" for fault in _by_file(found.faults))
    sound = {urn: schema for urn, schema in schemas.items() if schema}
    made = [make_kind(kind, sound) for kind in kinds]
    return Registry(
        schemas={schema.id: schema for schema in sound.values()},
        kinds={kind.name: kind for kind in made},
        files={each.schema.id: each.file for each in found.definitions.values() if each.schema},
    )


def _json_files(folder: Path, found: _Findings) -> list[Path]:
    """What a folder holds, in the order in which it is read: first what others add to."""
    try:
        files = [each for each in folder.iterdir() if each.name.lower().endswith(".json")]
    except OSError as error:
        found.tell(folder, [f"cannot be read: {error.strerror}"])
        return []
    return sorted(files, key=lambda file: (file.name != _RESOURCE_TYPES, file))


def _take(file: Path, found: _Findings) -> None:
    if not file.name.endswith((_SCHEMA, _RESOURCE_TYPES)):
        stem = _stem(file)
        found.tell(file, [f"is not read: call it {stem}{_SCHEMA} or {stem}.{_RESOURCE_TYPES}"])
        return
    try:
        content = _read(file, found)
    except json.JSONDecodeError as error:
        found.tell(file, [f"line {error.lineno}: is not JSON: {error.msg}"])
    except (OSError, UnicodeDecodeError) as error:
        found.tell(file, [f"top level: cannot be read: {error}"])
    else:
        take = _take_schema if file.name.endswith(_SCHEMA) else _take_entries
        take(file, content, found)


def _read(file: Path, found: _Findings) -> object:
    """The JSON value in a file. Raises JSONDecodeError, UnicodeDecodeError, OSError."""

    def once(pairs: list[tuple[str, Any]]) -> Document:
        content = dict(pairs)
        name = content.get("name", "top level")
        counted = Counter(key for key, _ in pairs)
        found.tell(file, [f"{name}: {key!r} is there twice" for key in counted if counted[key] > 1])
        return content

    return json.loads(file.read_bytes(), object_pairs_hook=once)


def _take_schema(file: Path, content: object, found: _Findings) -> None:
    faults = schema_faults(content)
    found.tell(file, faults)
    urn = content.get("id") if isinstance(content, dict) else None
    if not isinstance(content, dict) or not isinstance(urn, str) or not urn.strip():
        return
    if other := found.definitions.get(fold_name(urn)):
        found.tell(file, [f"id: {urn} is defined in {other.file} too"])
        return
    changes = found.changes.get(urn, {})
    schema = None if faults else make_schema(change(content, changes))
    found.definitions[fold_name(urn)] = _Definition(file, content, schema)


def _take_entries(file: Path, content: object, found: _Findings) -> None:
    if not isinstance(content, list):
        found.tell(file, ["top level: must be a list of resource types"])
        return
    for number, value in enumerate(content):
        entry, faults = read_entry(file, number, value)
        found.entries.append(entry)
        found.faults += faults


def _reference_faults(found: _Findings, kinds: Iterable[Gathered]) -> Iterator[Fault]:
    """References to resource types that nobody defines (RFC 7643 §7)."""
    names = {kind.name for kind in kinds if kind.is_defined} | NOT_KINDS
    for definition in found.definitions.values():
        for path, name in referenced(definition.content):
            if name not in names:
                what = f"{name!r} is no resource type, nor external or uri{nearest(name, names)}"
                yield Fault(definition.file, f"{path}: referenceTypes: {what}")


def _unused(found: _Findings) -> Iterator[Fault]:
    used = {fold_name(urn) for entry in found.entries for urn in entry.urns} | _DISCOVERY
    for urn, definition in found.definitions.items():
        if urn not in used:
            what = f"no resource type has the schema {definition.content['id']}: attach it to one"
            file = f"{_stem(definition.file)}.{_RESOURCE_TYPES}"
            yield Fault(definition.file, f"id: {what} in {file}")


def _stem(file: Path) -> str:
    return file.name.partition(".")[0]


def _by_file(faults: Sequence[Fault]) -> Iterator[Fault]:
    """Faults of one file together, whenever they were found."""
    files = dict.fromkeys(fault.file for fault in faults)
    return (fault for file in files for fault in faults if fault.file == file)
