"""What a server publishes of its resource types, asked before a check relies on it."""

from collections.abc import Mapping
from typing import Any

from conformance.subject import Place, Subject, is_shown


def place_of(subject: Subject, kind: str, path: str) -> Place | None:
    """The top-level attribute that a path begins with: ``name.givenName``, ``urn:…:manager``."""
    if kind not in subject.types:
        return None
    for place in subject.attributes(kind):
        if path.lower() == place.path().lower() or path.lower().startswith(
            place.path().lower() + "."
        ):
            return place
    return None


def writable(subject: Subject, kind: str, *paths: str) -> bool:
    """Whether a client may write and read back every one of these."""
    return all(_writable(subject, kind, path) for path in paths)


def extension_text(subject: Subject, kind: str) -> Place | None:
    """An attribute of an extension that takes any text."""
    for place in subject.attributes(kind):
        each = place.definition
        if (
            place.urn is not None
            and each["type"] == "string"
            and not each.get("multiValued")
            and not each.get("canonicalValues")
            and each.get("uniqueness", "none") == "none"
            and _is_plain(each)
        ):
            return place
    return None


def immutable(subject: Subject, kind: str) -> Place | None:
    """A single-valued text that may be empty, and once written stays."""
    for place in subject.attributes(kind):
        each = place.definition
        if (
            each.get("mutability") == "immutable"
            and each["type"] == "string"
            and not each.get("multiValued")
            and not each.get("canonicalValues")
            and not each.get("required")
            and is_shown(each)
        ):
            return place
    return None


def _writable(subject: Subject, kind: str, path: str) -> bool:
    place = place_of(subject, kind, path)
    if place is None or not _is_plain(place.definition):
        return False
    name = path[len(place.path()) + 1 :].lower()
    subs = place.definition.get("subAttributes") or ()
    return not name or any(_is_sub(each, name) for each in subs)


def _is_plain(definition: Mapping[str, Any]) -> bool:
    return definition.get("mutability", "readWrite") == "readWrite" and is_shown(definition)


def _is_sub(definition: Mapping[str, Any], name: str) -> bool:
    """A sub-attribute is written with its element, so that an immutable one will do."""
    return str(definition["name"]).lower() == name and definition.get("mutability") != "readOnly"
