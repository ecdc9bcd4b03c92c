"""A document as rows: the values that filters find, and the keys that must be unique.

Pure: the same document always gives the same rows, so that an update writes only the difference.
"""

import hashlib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from scim_server.protocol.schema import (
    Attribute,
    Document,
    Path,
    Registry,
    ResourceType,
    Uniqueness,
)
from scim_server.protocol.values import key as key_of

CUT = 200
"""Characters of a key that are indexed: a PostgreSQL index row must stay under 2.7 kB."""


class Value(NamedTuple):
    """A value row without tenant and resource; columns as in models/resources.py."""

    path: int
    key: str
    element: int
    lead: int
    whole: str | None


@lru_cache(maxsize=4096)
def path_code(kind: str, path: str) -> int:
    """A stable number for an attribute path of a kind: short rows, and no table to look it up in.

    32 bits of SHA-256 as a signed integer; the store refuses to start when two paths collide.
    """
    digest = hashlib.sha256(f"{kind} {path}".encode()).digest()
    return int.from_bytes(digest[:4], signed=True)


def collisions(registry: Registry) -> list[str]:
    """Attribute paths that share a path code, and so cannot be served together, by their files."""
    owners: dict[int, str] = {}
    found = []
    for kind, path in ((k, path) for k in registry.kinds.values() for path in k.leaves()):
        name = f"{kind.name} {path.text}"
        owner = owners.setdefault(path_code(kind.name, path.text), name)
        if owner != name:
            file = registry.files[path.urn or kind.schema.id]
            what = f"the code of {name} is that of {owner}"
            found.append(f"{file}: {path.attribute.name}: needs another name: {what}")
    return found


def cut(key: str) -> tuple[str, str | None]:
    """The indexed form of a key, and the whole where they differ.

    The digest keeps equality exact; the first CUT characters keep prefixes findable.
    """
    if len(key) <= CUT:
        return key, None
    return f"{key[:CUT]}\x1f{hashlib.sha256(key.encode()).hexdigest()}", key


def searchable(kind: ResourceType, path: Path) -> bool:
    """Whether the attribute has value rows: not what is kept elsewhere, and never a secret."""
    elsewhere = (kind.storage.members, kind.storage.member_of, "id", "meta")
    is_elsewhere = path.urn is None and path.attribute.name in elsewhere
    return not (path.is_secret or is_elsewhere or kind.column(path))


Codes = dict[str, tuple[int, Attribute]]
"""Sub-attribute name, or "" for a simple attribute, to its path code and definition."""


@lru_cache(maxsize=256)
def _plan(kind: ResourceType) -> tuple[tuple[str | None, Attribute, Codes], ...]:
    """Per searchable top-level attribute: its URN, itself, and the codes of its leaves."""
    plan: dict[tuple[str | None, str], tuple[str | None, Attribute, Codes]] = {}
    for path in kind.leaves():
        if searchable(kind, path):
            key = (path.urn, path.attribute.name)
            codes = plan.setdefault(key, (path.urn, path.attribute, {}))[2]
            codes[path.sub.name if path.sub else ""] = (path_code(kind.name, path.text), path.leaf)
    return tuple(plan.values())


def value_rows(kind: ResourceType, document: Document) -> set[Value]:
    """Every searchable value of a stored document."""
    rows: set[Value] = set()
    for urn, attribute, codes in _plan(kind):
        holder = document if urn is None else document.get(urn)
        value = holder.get(attribute.name) if holder else None
        if value is None:
            continue
        if not attribute.multi_valued:
            _add_rows(rows, codes, value, 0, 1)
            continue
        lead = _leading(value)
        for position, element in enumerate(value):
            _add_rows(rows, codes, element, position, int(position == lead))
    return rows


def _leading(elements: list[object]) -> int:
    """The element that sorting goes by: the primary one, else the first (§3.4.2.3)."""
    for position, element in enumerate(elements):
        if isinstance(element, dict) and element.get("primary") is True:
            return position
    return 0


def _add_rows(rows: set[Value], codes: Codes, element: object, position: int, lead: int) -> None:
    parts = element.items() if isinstance(element, dict) else (("", element),)
    for name, part in parts:
        if name not in codes:
            continue
        code, leaf = codes[name]
        if not isinstance(part, list):
            rows.add(_value(code, key_of(leaf, part), position, lead))
            continue
        for index, key in enumerate(dict.fromkeys(key_of(leaf, single) for single in part)):
            rows.add(_value(code, key, position, 0 if index else lead))


def _value(path: int, key: str, element: int, lead: int) -> Value:
    indexed, whole = (key, None) if len(key) <= CUT else cut(key)
    # Of the tuple: the constructor that NamedTuple makes takes four times as long.
    return tuple.__new__(Value, (path, indexed, element, lead, whole))


def unique_keys(kind: ResourceType, rows: Iterable[Value]) -> set[tuple[int, str]]:
    """(path code, key) of every value that no other resource of the tenant may have."""
    unique = _unique_codes(kind)
    return {(row.path, row.key) for row in rows if row.path in unique}


@lru_cache(maxsize=256)
def _unique_codes(kind: ResourceType) -> Mapping[int, Path]:
    return {
        path_code(kind.name, path.text): path
        for path in kind.leaves()
        if path.leaf.uniqueness is not Uniqueness.NONE and searchable(kind, path)
    }


def unique_path(kind: ResourceType, code: int) -> Path:
    """The attribute behind a unique key's path code."""
    return _unique_codes(kind)[code]


def display_of(kind: ResourceType, document: Document) -> str | None:
    """What is shown where another resource refers to this one."""
    for name in kind.storage.display:
        value = document.get(name)
        if isinstance(value, str) and value:
            return value
    return None
