"""One schema document: what is wrong with it, and the Schema that it defines (RFC 7643 §2, §7).

A document is completed with the defaults of §2.2 first; the published document and the attributes
are both made from the completed form, so that they cannot disagree.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from typing import Any

from scim_server.protocol.schema import (
    Attribute,
    Document,
    Mutability,
    Returned,
    Schema,
    Type,
    Uniqueness,
    fold_name,
)

SCHEMA_URN = "urn:ietf:params:scim:schemas:core:2.0:Schema"

# ATTRNAME = ALPHA *(nameChar), nameChar = "$" / "-" / "_" / DIGIT / ALPHA (RFC 7643 §2.1).
# ``$ref`` breaks that rule in the RFC itself (erratum 8924).
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9$_-]*|\$ref")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")


def strings(value: object) -> str | None:
    """Say what is wrong with a list of strings."""
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return None
    return "must be a list of strings"


def text(value: object) -> str | None:
    """Say what is wrong with a text."""
    return None if isinstance(value, str) else "must be a text"


def unknown(what: str, keys: Iterable[str], known: Iterable[str]) -> list[str]:
    """Say which keys nobody reads."""
    known = list(known)
    return [f"unknown {what} {key!r}{nearest(key, known)}" for key in keys if key not in known]


def nearest(name: str, known: Iterable[str]) -> str:
    """What may have been meant by a misspelt name, as the end of a message."""
    close = get_close_matches(name, known, 1)
    return f" (did you mean {close[0]!r}?)" if close else ""


def _boolean(value: object) -> str | None:
    return None if isinstance(value, bool) else "must be true or false"


def _one_of(keywords: type[StrEnum]) -> Callable[[object], str | None]:
    known = [keyword.value for keyword in keywords]

    def wrong(value: object) -> str | None:
        return None if value in known else f"must be one of {', '.join(known)}, not {value!r}"

    return wrong


@dataclass(frozen=True, slots=True)
class _Characteristic:
    """A keyword of §7: its default (§2.2), its check, and the types that it means something for."""

    keyword: str
    field: str
    default: object
    wrong: Callable[[object], str | None]
    make: Callable[[Any], object]
    types: frozenset[Type] = frozenset(Type)


_SIMPLE = frozenset(Type) - {Type.COMPLEX}
_UNIQUE = _SIMPLE - {Type.BOOLEAN, Type.DATE_TIME}
_TEXT = frozenset({Type.STRING, Type.REFERENCE, Type.BINARY})

_CHARACTERISTICS = (
    _Characteristic("type", "type", "string", _one_of(Type), Type),
    _Characteristic("multiValued", "multi_valued", False, _boolean, bool),
    _Characteristic("required", "required", False, _boolean, bool),
    _Characteristic("canonicalValues", "canonical_values", [], strings, tuple, _SIMPLE),
    _Characteristic("caseExact", "case_exact", False, _boolean, bool, _TEXT),
    _Characteristic("mutability", "mutability", "readWrite", _one_of(Mutability), Mutability),
    _Characteristic("returned", "returned", "default", _one_of(Returned), Returned),
    _Characteristic("uniqueness", "uniqueness", "none", _one_of(Uniqueness), Uniqueness, _UNIQUE),
    _Characteristic(
        "referenceTypes", "reference_types", [], strings, tuple, frozenset({Type.REFERENCE})
    ),
)
_KEYWORDS = ("name", "description", "subAttributes", *(c.keyword for c in _CHARACTERISTICS))
_SCHEMA_KEYS = ("schemas", "id", "meta", "name", "description", "attributes")


def schema_faults(document: object) -> list[str]:
    """Say everything that is wrong with a schema document, each as ``attribute: what``."""
    if not isinstance(document, dict):
        return ["top level: must be an object"]
    faults = [
        f"{key}: is missing, or not a text"
        for key in ("id", "name")
        if not isinstance(document.get(key), str) or not document[key].strip()
    ]
    if not faults and not _URI.fullmatch(document["id"]):
        faults.append("id: must be a URI")
    if what := text(document.get("description", "")):
        faults.append(f"description: {what}")
    faults += [f"top level: {what}" for what in unknown("key", document, _SCHEMA_KEYS)]
    # The schema of schemas describes sub-attributes, so it alone goes one level deeper.
    depth = 2 if document.get("id") == SCHEMA_URN else 1
    return faults + _list_faults(document.get("attributes"), "attributes", "", depth)


def _list_faults(definitions: object, key: str, parent: str, depth: int) -> list[str]:
    """Faults of a list of definitions that may hold complex ones down to ``depth`` levels."""
    if not isinstance(definitions, list) or not definitions:
        return [f"{parent or key}: needs a list of {key}"]
    faults = []
    seen: set[str] = set()
    for number, definition in enumerate(definitions):
        name = definition.get("name") if isinstance(definition, dict) else None
        if not isinstance(definition, dict) or not isinstance(name, str):
            faults.append(f"{parent or key}[{number}]: must be an object with a name")
            continue
        path = f"{parent}.{name}" if parent else name
        faults += [f"{path}: {what}" for what in _own_faults(definition)]
        faults += _sub_faults(definition, path, depth)
        if fold_name(name) in seen:
            faults.append(f"{path}: is defined twice")
        seen.add(fold_name(name))
    return faults


def _own_faults(definition: Mapping[str, Any]) -> Iterable[str]:
    if not _NAME.fullmatch(definition["name"]):
        yield "the name must be a letter followed by letters, digits, '-', '_' or '$'"
    yield from unknown("characteristic", definition, _KEYWORDS)
    if what := text(definition.get("description", "")):
        yield f"description {what}"
    for characteristic in _CHARACTERISTICS:
        if characteristic.keyword in definition:
            value = definition[characteristic.keyword]
            what = characteristic.wrong(value) or _idle(characteristic, value, definition)
            if what:
                yield f"{characteristic.keyword} {what}"


def _idle(characteristic: _Characteristic, value: object, definition: Mapping[str, Any]) -> str:
    """Say that a characteristic would have no effect; "none" and the like may be written out."""
    type_ = definition.get("type", Type.STRING)
    # The RFC's own complex attributes have a caseExact (§8.7.1).
    if (
        type_ not in list(Type)
        or value == characteristic.default
        or characteristic.keyword == "caseExact"
    ):
        return ""
    return "" if type_ in characteristic.types else f"has no meaning for the type {type_}"


def _sub_faults(definition: Mapping[str, Any], path: str, depth: int) -> list[str]:
    if definition.get("type") != Type.COMPLEX:
        has_subs = "subAttributes" in definition
        return [f"{path}: only a complex attribute has subAttributes"] if has_subs else []
    if not depth:
        return [f"{path}: a sub-attribute cannot be complex"]
    return _list_faults(definition.get("subAttributes"), "subAttributes", path, depth - 1)


def referenced(document: object) -> Iterator[tuple[str, str]]:
    """The attributes and names of all referenceTypes, as far as the document can be understood."""
    for path, definition in _definitions(document, "attributes"):
        names = definition.get("referenceTypes", [])
        if strings(names) is None:
            yield from ((path, name) for name in names)


def _definitions(holder: object, key: str, parent: str = "") -> Iterator[tuple[str, Document]]:
    held = holder.get(key) if isinstance(holder, dict) else None
    for definition in held if isinstance(held, list) else []:
        if isinstance(definition, dict):
            path = f"{parent}{definition.get('name')}"
            yield path, definition
            yield from _definitions(definition, "subAttributes", f"{path}.")


def change(document: Mapping[str, Any], changes: Mapping[str, Document]) -> Document:
    """Return a document with other characteristics of some top-level attributes."""
    attributes = [d | changes.get(d["name"], {}) for d in document["attributes"]]
    return {**document, "attributes": attributes}


def make_schema(document: Mapping[str, Any]) -> Schema:
    """Make the Schema of a document without faults."""
    completed: Document = {
        "schemas": [SCHEMA_URN],
        **{key: document[key] for key in ("id", "name", "description") if key in document},
        "attributes": [_complete(definition) for definition in document["attributes"]],
    }
    attributes = tuple(_attribute(definition) for definition in completed["attributes"])
    return Schema(completed["id"], attributes, completed)


def _complete(definition: Mapping[str, Any]) -> Document:
    type_ = Type(definition.get("type", Type.STRING))
    completed: Document = {
        key: definition[key] for key in ("name", "description") if key in definition
    }
    for characteristic in _CHARACTERISTICS:
        value = definition.get(characteristic.keyword, characteristic.default)
        if type_ in characteristic.types and value != []:
            completed[characteristic.keyword] = value
    if type_ in (Type.REFERENCE, Type.BINARY):
        # "A reference is case exact", and so is binary, whatever is said (§2.3.6, §2.3.7).
        completed["caseExact"] = True
    if type_ is Type.COMPLEX:
        completed["subAttributes"] = [_complete(sub) for sub in definition["subAttributes"]]
    return completed


def _attribute(completed: Mapping[str, Any]) -> Attribute:
    fields: dict[str, Any] = {
        c.field: c.make(completed[c.keyword]) for c in _CHARACTERISTICS if c.keyword in completed
    }
    subs = tuple(_attribute(sub) for sub in completed.get("subAttributes", ()))
    return Attribute(completed["name"], sub_attributes=subs, **fields)
