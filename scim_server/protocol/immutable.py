"""What a PUT cannot change (RFC 7644 §3.5.1, RFC 7643 §7)."""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from scim_server.protocol.errors import NotMutable
from scim_server.protocol.finish import declare
from scim_server.protocol.schema import (
    Attribute,
    Document,
    Mutability,
    Path,
    ResourceType,
    fold_name,
)
from scim_server.protocol.values import key

_FIXED = frozenset({Mutability.IMMUTABLE, Mutability.READ_ONLY})


def keep_immutable(kind: ResourceType, before: Document, after: Document) -> Document:
    """Return ``after`` with the stored values that a client cannot change once they are set.

    The elements of a multi-valued attribute come and go as a whole.

    Raises: NotMutable: when ``after`` holds another value.
    """
    for path in _fixed(kind):
        keys = [part for part in (path.urn, path.attribute.name) if part is not None]
        if path.sub is not None:
            keys.append(path.sub.name)
        stored, given = _get(before, keys), _get(after, keys)
        if stored is None:
            continue
        if given is not None and _comparable(path.leaf, given) != _comparable(path.leaf, stored):
            raise NotMutable(f'"{path.text}" cannot change once it is set.')
        after = _put(after, keys, stored)
    return declare(kind, after)


@cache
def _fixed(kind: ResourceType) -> tuple[Path, ...]:
    return tuple(_fixed_paths(kind))


def _fixed_paths(kind: ResourceType) -> Iterator[Path]:
    for path in kind.paths():
        if path.attribute.mutability in _FIXED:
            yield path
        elif not path.attribute.multi_valued:
            subs = path.attribute.sub_attributes
            yield from (path.to(sub) for sub in subs if sub.mutability in _FIXED)


def _get(document: Document, keys: Sequence[str]) -> Any:
    value: Any = document
    for part in keys:
        value = value.get(part)
        if value is None:
            return None
    return value


def _put(document: Document, keys: Sequence[str], value: object) -> Document:
    first, *rest = keys
    return document | {first: _put(document.get(first, {}), rest, value) if rest else value}


def _comparable(attribute: Attribute, value: object) -> str:
    """A text that is equal for values that are (RFC 7644 §3.4.2.2); elements have no order."""
    match value:
        case list():
            return repr(sorted(_comparable(attribute, element) for element in value))
        case dict():
            subs = attribute.by_name
            return repr(sorted((n, _comparable(subs[fold_name(n)], v)) for n, v in value.items()))
        case _:
            return key(attribute, value)
