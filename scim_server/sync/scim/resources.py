"""One resource of the other server as an entry."""

from collections import Counter
from collections.abc import Iterator
from typing import Any, TypeGuard

from scim_server.protocol.schema import Document, fold_name
from scim_server.protocol.values import UNSTORABLE
from scim_server.sync.entries import Entry, Unreadable
from scim_server.sync.mapping.expressions import Values
from scim_server.sync.scim.remote import folded

LONGEST_ID = 1_000
MOST_LEVELS = 10
"""Of objects and arrays within each other; an extension's have five at most."""

APART = frozenset({"id", "meta", "groups", "members"})
"""What this directory has of its own, or keeps elsewhere than in a document."""
ACTIVE = {"true": True, "false": False}


def identify(resource: object) -> str | None:
    """Its id, None where that is missing or none that can be kept."""
    id = folded(resource).get("id") if isinstance(resource, dict) else None
    return id if _is_id(id) else None


def _is_id(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and 0 < len(value) <= LONGEST_ID and not UNSTORABLE.search(value)


def entry(kind: str, url: str, resource: Any) -> Entry | Unreadable:
    """What it says.

    Args: url: of the endpoint
    """
    id = identify(resource)
    if id is None:
        return Unreadable(kind, url, "has no id")
    place = f"{url}/{id}"
    if _is_deep(resource, MOST_LEVELS):
        return Unreadable(kind, place, f"is nested deeper than {MOST_LEVELS} levels", id)
    told, active = folded(resource), None
    try:
        active = _active(told.get("active"))
        return Entry(
            kind,
            id,
            id,
            place,
            values(told),
            active,
            _members(told.get("members")) if kind == "Group" else None,
            {name: value for name, value in resource.items() if fold_name(name) not in APART},
        )
    except ValueError as fault:
        return Unreadable(kind, place, str(fault), id, active)


def _is_deep(value: object, levels: int) -> bool:
    if not isinstance(value, dict | list):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(_is_deep(each, levels - 1) for each in inner)


def _active(told: object) -> bool | None:
    """Some servers write it as text."""
    if told is None or isinstance(told, bool):
        return told
    if isinstance(told, str) and told.lower() in ACTIVE:
        return ACTIVE[told.lower()]
    raise ValueError('"active" is neither true nor false')


def _members(told: object) -> tuple[str, ...]:
    """Their ids, whether users or groups; no attribute is an empty one (RFC 7643 §2.5)."""
    if told is None:
        return ()
    if not isinstance(told, list):
        raise ValueError('"members" is no array')
    values = [folded(each).get("value") if isinstance(each, dict) else None for each in told]
    ids = [value for value in values if _is_id(value)]
    if len(ids) < len(values):
        raise ValueError('"members" holds something without an id in its "value"')
    return tuple(dict.fromkeys(ids))


def values(told: Document) -> Values:
    """Its texts by the names that expressions know them by; all names are folded.

    name.familyname                 of an object
    emails.value, emails.work.value all of an array; of its first element of the type "work"
    urn:…:user:department           of an extension
    department                      likewise, where nothing else has the name
    """
    extensions = {
        name: folded(value)
        for name, value in told.items()
        if ":" in name and isinstance(value, dict)
    }
    core = {name: value for name, value in told.items() if name not in extensions}
    of_extensions = Counter(name for extension in extensions.values() for name in extension)
    found: dict[str, list[str]] = {}
    for name, value in core.items():
        if name == "id" or name not in APART:
            _flatten(name, value, found)
    for urn, extension in extensions.items():
        for name, value in extension.items():
            _flatten(f"{urn}:{name}", value, found)
            if of_extensions[name] == 1 and name not in core:
                _flatten(name, value, found)
    return found


def _flatten(name: str, value: object, found: dict[str, list[str]]) -> None:
    match value:
        case dict():
            for sub, inner in value.items():
                _flatten(f"{name}.{fold_name(sub)}", inner, found)
        case list():
            for element in value:
                _flatten(name, element, found)
            for kind, element in _typed(value):
                _flatten(f"{name}.{fold_name(kind)}", element, found)
        case _ if value not in (None, ""):
            text = str(value).lower() if isinstance(value, bool) else str(value)
            found.setdefault(name, []).append(text)


def _typed(elements: list[object]) -> Iterator[tuple[str, object]]:
    """The first element of each type."""
    seen: set[str] = set()
    for element in elements:
        kind = folded(element).get("type") if isinstance(element, dict) else None
        if isinstance(kind, str) and kind not in seen:
            seen.add(kind)
            yield kind, element
