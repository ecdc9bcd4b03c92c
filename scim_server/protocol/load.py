"""Directories of JSON to the Registry: schemas and resource types (RFC 7643 §6, §7).

A faulty file stops the start-up: every fault of every file is found first, then all are raised
together.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scim_server.protocol.define import change, make_schema, schema_faults, strings
from scim_server.protocol.schema import (
    Attribute,
    Document,
    Extension,
    Registry,
    ResourceType,
    Schema,
    Storage,
    Type,
    fold_name,
)

RESOURCE_TYPE_URN = "urn:ietf:params:scim:schemas:core:2.0:ResourceType"

_ENDPOINT = re.compile(r"/[A-Za-z0-9._~-]+")
Changes = Mapping[str, Mapping[str, Document]]
"""By URN and attribute name, the characteristics that a setting changes."""

_RESERVED = {"/me", "/bulk", "/schemas", "/resourcetypes", "/serviceproviderconfig", "/.search"}


class BadSchemas(Exception):
    """The schema files cannot be used; ``faults`` are ``file: attribute: what is wrong``."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(self.faults))


@dataclass(slots=True)
class _Entry:
    """A resource type as gathered from one or more files; ``file`` is the first of them."""

    file: str
    content: Document


@dataclass(slots=True)
class _Findings:
    """What the files held, by folded URN and by folded name, and what is wrong with them."""

    changes: Changes
    schemas: dict[str, Schema] = field(default_factory=dict)
    entries: dict[str, _Entry] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def registry(*directories: Path, changes: Changes | None = None) -> Registry:
    """Read ``*.schema.json`` and ``*resource_types.json`` of each directory.

    An entry for a resource type that another file defines adds its extensions to it. ``changes``
    are made before a schema is published.

    Raises: BadSchemas: with the faults of all files.
    """
    found = _Findings(changes or {})
    for directory in directories:
        if not directory.is_dir():
            found.faults.append(f"{directory}: is no directory")
        for file in sorted(directory.glob("*.schema.json")):
            _read_schema(file, found)
        for file in sorted(directory.glob("*resource_types.json"), key=_plain_first):
            _read_resource_types(file, found)
    if not found.faults:
        found.faults += _entries_faults(found)
    if found.faults:
        raise BadSchemas(found.faults)
    kinds = [_make_kind(entry.content, found.schemas) for entry in found.entries.values()]
    return Registry(
        schemas={schema.id: schema for schema in found.schemas.values()},
        kinds={kind.name: kind for kind in kinds},
    )


def _plain_first(file: Path) -> tuple[bool, str]:
    return file.name != "resource_types.json", file.name


def _read(file: Path, faults: list[str]) -> object:
    """The JSON value in a file; None, which no file may hold, when it cannot be read."""
    try:
        return json.loads(file.read_bytes())
    except json.JSONDecodeError as error:
        faults.append(f"{file.name}: line {error.lineno}: is not JSON: {error.msg}")
    except (OSError, UnicodeDecodeError) as error:
        faults.append(f"{file.name}: top level: cannot be read: {error}")
    return None


def _read_schema(file: Path, found: _Findings) -> None:
    before = len(found.faults)
    document = _read(file, found.faults)
    if len(found.faults) > before:
        return
    faults = schema_faults(document)
    found.faults += [f"{file.name}: {fault}" for fault in faults]
    if faults or not isinstance(document, dict):
        return
    schema = make_schema(change(document, found.changes.get(document["id"], {})))
    if fold_name(schema.id) in found.schemas:
        found.faults.append(f"{file.name}: id: {schema.id} is defined by another file too")
    found.schemas[fold_name(schema.id)] = schema


def _read_resource_types(file: Path, found: _Findings) -> None:
    before = len(found.faults)
    content = _read(file, found.faults)
    if len(found.faults) > before:
        return
    if not isinstance(content, list):
        found.faults.append(f"{file.name}: top level: must be a list of resource types")
        return
    for number, entry in enumerate(content):
        faults = list(_shape_faults(entry))
        found.faults += [f"{file.name}: [{number}]: {fault}" for fault in faults]
        if not faults:
            _merge(file.name, entry, found)


def _shape_faults(entry: object) -> Iterator[str]:
    """What keeps an entry from being merged with others of its name."""
    if not isinstance(entry, dict):
        yield "must be an object"
        return
    name = entry.get("name")
    if not isinstance(name, str) or not name.strip() or "/" in name:
        yield "name is missing, or not a text without '/'"
    for key in ("schema", "endpoint", "description"):
        if not isinstance(entry.get(key, ""), str):
            yield f"{key} must be a text"
    if not isinstance(entry.get("storage", {}), dict):
        yield "storage must be an object"
    extensions = entry.get("schemaExtensions", [])
    if not isinstance(extensions, list) or not all(map(_is_extension, extensions)):
        yield 'schemaExtensions must be a list of {"schema": …, "required": true or false}'


def _is_extension(value: object) -> bool:
    return (
        isinstance(value, dict)
        and isinstance(value.get("schema"), str)
        and isinstance(value.get("required", False), bool)
    )


def _merge(file: str, entry: Mapping[str, Any], found: _Findings) -> None:
    first = found.entries.setdefault(fold_name(entry["name"]), _Entry(file, {}))
    for key, value in entry.items():
        match key:
            case "schemaExtensions":
                first.content.setdefault(key, []).extend(value)
            case "storage":
                first.content[key] = first.content.get(key, {}) | value
            case "schema" | "endpoint" if first.content.get(key, value) != value:
                found.faults.append(f"{file}: {entry['name']}: {key} is defined twice")
            case _:
                first.content.setdefault(key, value)


def _entries_faults(found: _Findings) -> Iterator[str]:
    endpoints: set[str] = set()
    for entry in found.entries.values():
        place = f"{entry.file}: {entry.content['name']}"
        endpoint = entry.content.get("endpoint", "")
        if not _ENDPOINT.fullmatch(endpoint) or endpoint.lower() in _RESERVED:
            yield f"{place}: endpoint must be '/' and one segment, and none of SCIM's own"
        elif endpoint.lower() in endpoints:
            yield f"{place}: endpoint {endpoint} is taken"
        endpoints.add(endpoint.lower())
        yield from (f"{place}: {what}" for what in _urn_faults(entry.content, found.schemas))
        schema = found.schemas.get(fold_name(entry.content.get("schema", "")))
        if schema:
            storage = entry.content.get("storage", {})
            yield from (f"{place}: storage {what}" for what in _storage_faults(storage, schema))
    yield from _status_faults(found.entries.values())


def _status_faults(entries: Iterable[_Entry]) -> Iterator[str]:
    """Only one type can be what ``/Me`` and the credentials mean."""
    owners = [each for each in entries if "status" in each.content.get("storage", {})]
    for each in owners[1:]:
        place = f"{each.file}: {each.content['name']}"
        yield f"{place}: storage status: {owners[0].content['name']} has one already"


def _urn_faults(content: Document, schemas: Mapping[str, Schema]) -> Iterator[str]:
    extensions = [extension["schema"] for extension in content.get("schemaExtensions", [])]
    urns = [content.get("schema", ""), *extensions]
    for urn in urns:
        if fold_name(urn) not in schemas:
            yield f"no file defines the schema {urn!r}"
    if len({fold_name(urn) for urn in urns}) < len(urns):
        yield "lists a schema twice"


def _is_text(attribute: Attribute) -> bool:
    return attribute.type is Type.STRING and not attribute.multi_valued


def _is_list(attribute: Attribute) -> bool:
    return attribute.is_complex and attribute.multi_valued and attribute.sub("value") is not None


def _is_flag(attribute: Attribute) -> bool:
    return attribute.type is Type.BOOLEAN and not attribute.multi_valued


@dataclass(frozen=True, slots=True)
class _Use:
    """A key of ``storage``: the field of Storage, and what its attributes must be."""

    field: str
    fits: Callable[[Attribute], bool]
    wanted: str
    many: bool = False


_USES = {
    "display": _Use("display", _is_text, "single texts", many=True),
    "identifier": _Use("identifier", _is_text, "single texts", many=True),
    "members": _Use("members", _is_list, "a list of complex values with a value"),
    "memberOf": _Use("member_of", _is_list, "a list of complex values with a value"),
    "status": _Use("status", _is_flag, "a single boolean"),
}


def _storage_faults(storage: Mapping[str, Any], schema: Schema) -> Iterator[str]:
    for key, value in storage.items():
        use = _USES.get(key)
        if use is None:
            yield f"has an unknown key {key!r}"
            continue
        names = value if use.many else [value]
        what = strings(names)
        if what:
            yield f"{key} {what if use.many else 'must be a text'}"
            continue
        for name in names:
            attribute = schema.attribute(name)
            if attribute is None or not use.fits(attribute):
                yield f"{key}: {name!r} is unknown, or not {use.wanted}"


def _make_kind(content: Document, schemas: Mapping[str, Schema]) -> ResourceType:
    schema = schemas[fold_name(content["schema"])]
    extensions = tuple(
        Extension(schemas[fold_name(entry["schema"])], entry.get("required", False))
        for entry in content.get("schemaExtensions", [])
    )
    document: Document = {
        "schemas": [RESOURCE_TYPE_URN],
        "id": content["name"],
        **{key: content[key] for key in ("name", "description", "endpoint") if key in content},
        "schema": schema.id,
        "schemaExtensions": [{"schema": e.schema.id, "required": e.required} for e in extensions],
    }
    storage = _make_storage(content.get("storage", {}), schema)
    name, endpoint = content["name"], content["endpoint"]
    return ResourceType(name, endpoint, schema, extensions, storage, document)


def _make_storage(storage: Mapping[str, Any], schema: Schema) -> Storage:
    fields: dict[str, Any] = {}
    for key, value in storage.items():
        names = [schema.by_name[fold_name(name)].name for name in _as_list(value)]
        fields[_USES[key].field] = tuple(names) if _USES[key].many else names[0]
    return Storage(**fields)


def _as_list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
