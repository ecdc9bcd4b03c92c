"""Names in a document: where it refers to other entries of its source, and no id is known yet."""

from collections.abc import Iterator, Mapping
from typing import Any

from scim_server.protocol.errors import InvalidValue
from scim_server.protocol.finish import finish
from scim_server.protocol.schema import Document, ResourceType


class Name(str):
    """Stands for the id of the resource that an entry became: what the source calls the entry.

    A text, so that a document can be checked before the id is known.
    """

    __slots__ = ()


def referred(document: Document) -> tuple[str, ...]:
    """The names in it."""
    return tuple(map(str, _names(document)))


def settled(kind: ResourceType, checked: Document, ids: Mapping[str, str]) -> Document:
    """A checked document with ids in the place of names, as it is stored.

    Raises: InvalidValue: what is required would refer to nobody
    """
    names = referred(checked)
    if not names:
        return checked
    document = resolved(checked, ids)
    is_whole = all(name in ids for name in names)
    return document if is_whole else finish(kind, document, InvalidValue)


def resolved(document: Document, ids: Mapping[str, str]) -> Document:
    """With ids in the place of names; what refers to a name without an id is left out."""
    made: Document = _resolved(document, ids)
    return made


# Of every entry of every run: by the exact types of JSON, which costs a third of matching.
_HOLDERS = (dict, list)


def _names(value: Any) -> Iterator[Name]:
    for part in value.values() if type(value) is dict else value:
        if type(part) is Name:
            yield part
        elif type(part) in _HOLDERS:
            yield from _names(part)


def _resolved(value: Any, ids: Mapping[str, str]) -> Any:
    if type(value) is Name:
        return ids[value]
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
    return any(type(part) is Name and part not in ids for part in value.values())
