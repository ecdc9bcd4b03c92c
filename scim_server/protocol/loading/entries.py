"""One entry of ``resource_types.json``: its form, and what is wrong with it (RFC 7643 §6).

An entry defines a resource type, or attaches extensions to one that another entry defines. It
remembers its file, so that a fault is told of the file that it is in.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from scim_server.protocol.loading.define import text, unknown
from scim_server.protocol.schema import Document

_ENDPOINT = re.compile(r"/[A-Za-z0-9._~-]+")
_RESERVED = {"/me", "/bulk", "/schemas", "/resourcetypes", "/serviceproviderconfig", "/.search"}


class Fault(NamedTuple):
    """What is wrong in a file or a folder."""

    file: Path
    what: str


@dataclass(frozen=True, slots=True)
class Entry:
    """What a file says of a resource type.

    name:     as given, or the entry's number where it has no name
    content:  the fields that are sound
    urns:     every schema that it speaks of, also in a field that is not sound
    is_sound: whether the entry as a whole has no fault of form
    """

    file: Path
    name: str
    content: Document
    urns: tuple[str, ...]
    is_sound: bool

    @property
    def attached(self) -> list[str]:
        """The URNs of its extensions."""
        return [each["schema"] for each in self.content.get("schemaExtensions", [])]

    @property
    def statements(self) -> Document:
        """What no two entries may say differently."""
        single = {key: self.content[key] for key in _SINGLE if key in self.content}
        stored = self.content.get("storage", {})
        return single | {f"storage {key}": value for key, value in stored.items()}

    def fault(self, what: str) -> Fault:
        """A fault of this entry."""
        return Fault(self.file, f"{self.name}: {what}")


_SINGLE = ("schema", "endpoint", "description")


def _name(value: object) -> str | None:
    is_name = isinstance(value, str) and value.strip() and "/" not in value
    return None if is_name else "is missing, or not a text without '/'"


def _endpoint(value: object) -> str | None:
    fits = isinstance(value, str) and _ENDPOINT.fullmatch(value) and value.lower() not in _RESERVED
    return None if fits else "must be '/' and one segment, and none of SCIM's own"


def _extensions(value: object) -> str | None:
    if isinstance(value, list) and all(map(_is_extension, value)):
        return None
    return 'must be a list of {"schema": …, "required": true or false}'


def _is_extension(value: object) -> bool:
    return (
        isinstance(value, dict)
        and isinstance(value.get("schema"), str)
        and isinstance(value.get("required", False), bool)
        and value.keys() <= {"schema", "required"}
    )


def _object(value: object) -> str | None:
    return None if isinstance(value, dict) else "must be an object"


def _anything(_: object) -> None:
    """``schemas`` and ``meta`` are in an entry copied from ``/ResourceTypes``, and say nothing."""


_FIELDS: dict[str, Callable[[object], str | None]] = {
    "schemas": _anything,
    "id": text,
    "meta": _anything,
    "name": _name,
    "description": text,
    "endpoint": _endpoint,
    "schema": text,
    "schemaExtensions": _extensions,
    "storage": _object,
}


def read_entry(file: Path, number: int, value: object) -> tuple[Entry, list[Fault]]:
    """The entry at this place of a file, and the faults of its form."""
    if not isinstance(value, dict):
        entry = Entry(file, f"[{number}]", {}, (), is_sound=False)
        return entry, [entry.fault("must be an object")]
    checked = {"name": None} | {key: item for key, item in value.items() if key in _FIELDS}
    wrong = {key: what for key, item in checked.items() if (what := _FIELDS[key](item))}
    sound = {key: item for key, item in checked.items() if key not in wrong}
    name = sound.get("name", f"[{number}]")
    whats = [f"{key} {what}" for key, what in wrong.items()] + unknown("key", value, _FIELDS)
    if "id" in sound and "name" in sound and sound["id"] != name:
        whats.append("id must be the name, or left out")
    entry = Entry(file, name, sound, tuple(_urns(value)), is_sound=not whats)
    return entry, [entry.fault(what) for what in whats]


def _urns(content: Document) -> Iterator[str]:
    extensions = content.get("schemaExtensions")
    for each in (content, *(extensions if isinstance(extensions, list) else [])):
        if isinstance(each, dict) and isinstance(each.get("schema"), str):
            yield each["schema"]
