"""A PatchOp message, as clients send it, to standard operations.

The envelope is mended first, then parsed under the same limits as every message, then each
operation becomes the standard ones that it stands for.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import cast

from scim_server.protocol.errors import ScimError
from scim_server.protocol.finish import names_itself
from scim_server.protocol.messages import MAX_PATCH_OPERATIONS, PATCH_SCHEMA, Operation, parse_patch
from scim_server.protocol.patch.members import listed
from scim_server.protocol.patch.target import Location, locate
from scim_server.protocol.schema import (
    Attribute,
    Document,
    Mutability,
    Path,
    ResourceType,
    Type,
    fold_name,
)
from scim_server.protocol.tolerance.body import unknown_schemas
from scim_server.protocol.tolerance.names import resolved
from scim_server.protocol.tolerance.query import STRING
from scim_server.protocol.tolerance.removal import relax_removal
from scim_server.protocol.tolerance.value import Json, element, relaxed


def relax_patch(kind: ResourceType, body: Json, used: set[str]) -> tuple[Operation, ...]:
    """Return the standard operations of a PATCH body. Raises what parse_patch raises."""
    if not isinstance(body, dict):
        return parse_patch(body)
    message = missing_patch_schemas(extra_patch_keys(body, ("schemas", "Operations"), used), used)
    given = message.get("Operations")
    if not isinstance(given, list) or len(given) > MAX_PATCH_OPERATIONS:
        return parse_patch(message)
    mended = [_mended(kind, operation, used) for operation in given]
    parsed = parse_patch({**message, "Operations": mended})
    return tuple(
        standard
        for operation, spelled in zip(parsed, mended, strict=True)
        for standard in _relaxed(kind, _creating(operation, spelled["op"]), used)
    )


def extra_patch_keys(given: Document, names: tuple[str, ...], used: set[str]) -> Document:
    """P1: ``"name": "addMember"`` (conformance/clients/azure-postman/extra_patch_keys.json)."""
    standard = {fold_name(name): name for name in names}
    kept = {standard[fold_name(k)]: v for k, v in given.items() if fold_name(k) in standard}
    if len(kept) < len(given):
        used.add("extra_patch_keys")
    return kept


def missing_patch_schemas(message: Document, used: set[str]) -> Document:
    """P1: no ``schemas`` (conformance/clients/ory-polis/no_schemas.json)."""
    if message.get("schemas"):
        return message
    used.add("missing_patch_schemas")
    return {**message, "schemas": [PATCH_SCHEMA]}


def _mended(kind: ResourceType, given: Json, used: set[str]) -> Json:
    if not isinstance(given, dict):
        return given
    operation = extra_patch_keys(given, ("op", "path", "value"), used)
    return add_by_member_filter(kind, null_path(operation, used), used)


def null_path(operation: Document, used: set[str]) -> Document:
    """P1: ``"path": null`` (conformance/clients/azure-postman/null_path.json)."""
    if "path" not in operation or operation["path"] not in (None, ""):
        return operation
    used.add("null_path")
    return {key: value for key, value in operation.items() if key != "path"}


def add_by_member_filter(kind: ResourceType, operation: Document, used: set[str]) -> Document:
    """9: ``add`` to ``members[value eq "x"]`` (clients/bitwarden/add_by_filter.json)."""
    if str(operation.get("op")).lower() != "add":
        return operation
    location = _located(kind, operation.get("path"))
    if location is None or location.filter is None or location.path.sub is not None:
        return operation
    ids = listed(location.filter)
    if not _is_members(kind, location.path) or ids is None:
        return operation
    used.add("add_by_member_filter")
    return {"op": "add", "path": location.path.text, "value": [{"value": id} for id in ids]}


def _located(kind: ResourceType, path: object) -> Location | None:
    try:
        return locate(kind, path) if isinstance(path, str) else None
    except ScimError:
        return None


def _is_members(kind: ResourceType, path: Path) -> bool:
    return path.urn is None and path.attribute.name == kind.storage.members


def _creating(operation: Operation, spelled: str) -> Operation:
    """P4, P5: the element that an unmatched filter describes is made.

    conformance/clients/entra/add_absent_elements.json; with ``replace`` only for old Entra jobs,
    which spell it ``Replace`` (conformance/clients/entra/replace_creates.json).
    """
    creating = operation.op == "add" or spelled == "Replace"
    return replace(operation, create_missing=creating)


def _relaxed(kind: ResourceType, operation: Operation, used: set[str]) -> Iterator[Operation]:
    if operation.path is None:
        yield from _without_path(kind, operation, used)
        return
    path = _standard_path(kind, operation.path, used)
    operation = replace(operation, path=path)
    location = _located(kind, path)
    if operation.op == "remove" and operation.has_value:
        yield from relax_removal(location, operation, used)
    elif location is not None and operation.op != "remove":
        yield from _assignment(location, operation, used)
    else:
        yield replace(operation, value=_in_extension(kind, path, operation, used))


def _standard_path(kind: ResourceType, path: str, used: set[str]) -> str:
    """The path with a name that the schema knows, and W5 within its brackets."""
    if kind.extension(path):
        return path
    name, bracket, rest = path.partition("[")
    name = resolved(kind, name, used)
    found = kind.resolve(name)
    if not bracket or found is None:
        return name + bracket + rest
    return name + bracket + boolean_words(found.attribute, rest, used)


def boolean_words(attribute: Attribute, selection: str, used: set[str]) -> str:
    """W5: ``roles[primary eq "True"]`` (conformance/clients/entra/primary_role.json)."""

    def word(match: re.Match[str]) -> str:
        sub = attribute.sub(match["name"]) if match["name"] else None
        if sub is None or sub.type is not Type.BOOLEAN:
            return match[0]
        used.add("string_booleans")
        return match["left"] + match["word"].lower()

    return _BOOLEAN_WORD.sub(word, selection)


_BOOLEAN_WORD = re.compile(
    rf'(?P<left>(?<![\w$-])(?P<name>[\w$-]++)\s++(?:eq|ne)\s++)"(?P<word>true|false)"|{STRING}',
    re.IGNORECASE,
)


def _assignment(location: Location, operation: Operation, used: set[str]) -> Iterator[Operation]:
    path = location.path
    if sub_attribute_of_all(path, used):
        return
    if path.sub is not None:
        value = relaxed(path.sub, operation.value, used)
    elif location.filter is not None:
        value = element(path.attribute, operation.value, used)
    else:
        value = _value(path.attribute, operation, used)
    if operation.create_missing and location.described is not None:
        used.add("add_creates" if operation.op == "add" else "replace_creates")
    yield replace(operation, value=value)


def sub_attribute_of_all(path: Path, used: set[str]) -> bool:
    """P16: ``manager.displayName`` is dropped, being read-only; its parent is not."""
    if path.sub is None or path.attribute.mutability is Mutability.READ_ONLY:
        return False
    dropped = path.sub.mutability is Mutability.READ_ONLY
    if dropped:
        used.add("sub_attribute_of_all")
    return dropped


def _value(attribute: Attribute, operation: Operation, used: set[str]) -> Json:
    value = operation.value
    if attribute.multi_valued and isinstance(value, dict):
        value = single_member_object(value, operation, used)
    return read_only_in_value(attribute, relaxed(attribute, value, used), used)


def single_member_object(value: Document, operation: Operation, used: set[str]) -> list[Document]:
    """P7: one object to ``replace`` a list (clients/azure-postman/single_member_object.json).

    For ``add`` that is standard.
    """
    if operation.op == "replace":
        used.add("single_member_object")
    return [value]


def read_only_in_value(attribute: Attribute, value: Json, used: set[str]) -> Json:
    """P3: read-only parts of an object, such as a manager's name, are left out.

    In the elements of a list, such as a member's name, the standard ignores them too.
    """
    if attribute.multi_valued or not isinstance(value, dict) or not attribute.is_complex:
        return value
    kept = {}
    for key, item in value.items():
        sub = attribute.sub(key)
        if sub is not None and sub.mutability is Mutability.READ_ONLY:
            used.add("read_only_in_pathless")
        else:
            kept[key] = item
    return kept


def _in_extension(kind: ResourceType, urn: str, operation: Operation, used: set[str]) -> Json:
    schema = kind.extension(urn)
    if schema is None or not isinstance(operation.value, dict):
        return operation.value
    known = {key: v for key, v in operation.value.items() if schema.attribute(key)}
    if any(k not in known and not names_itself(urn, k, v) for k, v in operation.value.items()):
        used.add("unknown_attributes")
    return _attributes(schema.attribute, replace(operation, value=known), used)


def _attributes(
    find: Callable[[str], Attribute | None], operation: Operation, used: set[str]
) -> Document:
    """The known attributes of an object that a client may write, in their standard form."""
    return {
        key: _value(attribute, replace(operation, value=value), used)
        for key, value in cast(Document, operation.value).items()
        if (attribute := find(key)) and not read_only_in_pathless(attribute, used)
    }


def _without_path(kind: ResourceType, operation: Operation, used: set[str]) -> Iterator[Operation]:
    given = operation.value
    if operation.op == "remove" or not isinstance(given, dict):
        yield operation
        return
    plain = _attributes(kind.attribute, operation, used)
    for key, value in given.items():
        if kind.extension(key):
            plain[key] = _in_extension(kind, key, replace(operation, value=value), used)
    if plain:
        yield replace(operation, value=_known_schemas(kind, plain, used))
    for key, value in given.items():
        if not kind.attribute(key) and not kind.extension(key):
            yield from keys_as_paths(kind, key, replace(operation, value=value), used)


def read_only_in_pathless(attribute: Attribute, used: set[str]) -> bool:
    """P3: ``id`` in a group's renaming (conformance/clients/okta/rename_keeps_members.json)."""
    read_only = attribute.mutability is Mutability.READ_ONLY
    if read_only:
        used.add("read_only_in_pathless")
    return read_only


def _known_schemas(kind: ResourceType, value: Document, used: set[str]) -> Document:
    named = any(fold_name(key) == "schemas" for key in value)
    return unknown_schemas(kind, value, used) if named else value


def keys_as_paths(
    kind: ResourceType, key: str, operation: Operation, used: set[str]
) -> Iterator[Operation]:
    """P2: dotted and URN keys (conformance/clients/entra/dotted_keys.json, urn_keys.json)."""
    path = _standard_path(kind, key, used)
    if _located(kind, path) is None:
        used.add("unknown_attributes")
        return
    if ":" in key:
        used.add("urn_keys")
    elif "." in key or "[" in key:
        used.add("dotted_keys")
    yield from _relaxed(kind, replace(operation, path=path), used)
