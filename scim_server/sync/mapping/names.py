"""Names in a document: where it refers to other entries of its source, and no id is known yet."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scim_server.protocol.schema import Document


@dataclass(frozen=True, slots=True)
class Name:
    """Stands for the id of the resource that an entry became: what the source calls the entry."""

    text: str


def referred(document: Document) -> list[str]:
    """The names in it."""
    return list(_names(document))


def resolved(document: Document, ids: Mapping[str, str]) -> Document:
    """With ids in the place of names; what refers to a name without an id is left out."""
    made: Document = _resolved(document, ids)
    return made


# Of every entry of every run: by the exact types of JSON, which costs a third of matching.
_HOLDERS = (dict, list)


def _names(value: Any) -> Iterator[str]:
    for part in value.values() if type(value) is dict else value:
        if type(part) is Name:
            yield part.text
        elif type(part) in _HOLDERS:
            yield from _names(part)


def _resolved(value: Any, ids: Mapping[str, str]) -> Any:
    if type(value) is Name:
        return ids[value.text]
    if type(value) is dict:
        return {
            name: part if type(part) is str else _resolved(part, ids)
            for name, part in value.items()
            if type(part) is not dict or not _is_unknown(part, ids)
        }
    if type(value) is list:
        return [
            _resolved(each, ids)
            for each in value
            if type(each) is not dict or not _is_unknown(each, ids)
        ]
    return value


def _is_unknown(value: Document, ids: Mapping[str, str]) -> bool:
    """Whether it is an object that names who is not known: it would say nothing without."""
    return any(type(part) is Name and part.text not in ids for part in value.values())
