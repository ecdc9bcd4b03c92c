"""RFC 7644 §3.5.2: what an operation of a PATCH does."""

import re
from collections.abc import Callable
from functools import partial

from calibration.mutants.exchange import Call, Json, Reply, Server
from calibration.mutants.mutant import add
from calibration.mutants.surgery import (
    ENTERPRISE,
    MANY,
    VALUED,
    listed,
    op,
    operating,
    operations,
    path_of,
    stored,
)

PARTED = frozenset({"name"})


OPS = frozenset({"add", "remove", "replace"})


Turn = Callable[[Json, Json], Json | None]
"""An operation and what is stored, to what is carried out in its place; None drops it."""


def _turned(turn: Turn, call: Call, server: Server) -> Reply:
    before = operations(call)
    if not before:
        return server(call)
    kept = stored(call, server)
    changed = [turn(one, kept) for one in before]
    after = [one for one in changed if one is not None]
    if after == before:
        return server(call)
    if after:
        return server(operating(call, after))
    return server(call.reading()) if "id" in kept else server(call)


def turning(*expected: str) -> Callable[[Turn], Turn]:
    """Register a mutant that carries out another operation than it is asked for."""

    def register(turn: Turn) -> Turn:
        broken = (turn.__doc__ or "").partition("\n")[0]
        add(turn.__name__, "operations", broken, expected, partial(_turned, turn))
        return turn

    return register


@turning("PAT-021")
def add_replaces_lists(operation: Json, kept: Json) -> Json:
    """add to a multi-valued attribute replaces its elements."""
    if op(operation) == "add" and path_of(operation) in MANY:
        return {**operation, "op": "replace", "value": listed(operation.get("value"))}
    return operation


@turning("PAT-021")
def add_of_one_value_is_dropped(operation: Json, kept: Json) -> Json | None:
    """add of an object, not an array, to a multi-valued attribute does nothing."""
    single = isinstance(operation.get("value"), dict)
    return None if op(operation) == "add" and path_of(operation) in MANY and single else operation


@turning("PAT-022")
def add_replaces_complex_values(operation: Json, kept: Json) -> Json:
    """add to name takes away the parts that it does not name."""
    value = operation.get("value")
    if op(operation) == "add" and path_of(operation) in PARTED and isinstance(value, dict):
        nothing = {each: None for each in kept.get("name", {})}
        return {**operation, "value": {**nothing, **value}}
    return operation


@turning("PAT-033")
def replace_clears_complex_values(operation: Json, kept: Json) -> Json:
    """replace of name takes away the parts that it does not name."""
    value = operation.get("value")
    if op(operation) == "replace" and path_of(operation) in PARTED and isinstance(value, dict):
        nothing = {each: None for each in kept.get("name", {})}
        return {**operation, "value": {**nothing, **value}}
    return operation


@turning("PAT-032")
def replace_adds_to_lists(operation: Json, kept: Json) -> Json:
    """replace of a multi-valued attribute adds to it."""
    if op(operation) == "replace" and path_of(operation) in MANY and operation.get("value"):
        return {**operation, "op": "add"}
    return operation


@turning("PAT-028", "GRP-006")
def remove_of_one_removes_all(operation: Json, kept: Json) -> Json:
    """remove with a filter removes every element."""
    match = VALUED.fullmatch(path_of(operation))
    if op(operation) == "remove" and match and not match[3]:
        return {**operation, "path": match[1]}
    return operation


@turning("PAT-028")
def remove_of_a_part_removes_the_element(operation: Json, kept: Json) -> Json:
    """remove of emails[…].display removes the whole element."""
    match = VALUED.fullmatch(path_of(operation))
    if op(operation) == "remove" and match and match[3]:
        return {**operation, "path": f"{match[1]}[{match[2]}]"}
    return operation


@turning("PAT-027")
def remove_of_a_list_removes_the_first(operation: Json, kept: Json) -> Json:
    """remove of a multi-valued attribute removes its first element."""
    held = kept.get(path_of(operation))
    if op(operation) == "remove" and isinstance(held, list) and held and "value" in held[0]:
        return {**operation, "path": f'{path_of(operation)}[value eq "{held[0]["value"]}"]'}
    return operation


@turning("PAT-027")
def remove_of_a_text_is_ignored(operation: Json, kept: Json) -> Json | None:
    """remove of a single-valued attribute does nothing."""
    simple = isinstance(kept.get(path_of(operation)), str) and path_of(operation) != "userName"
    return None if op(operation) == "remove" and simple else operation


@turning("PAT-027", "PAT-028")
def remove_of_a_part_is_ignored(operation: Json, kept: Json) -> Json | None:
    """remove of name.givenName does nothing."""
    return (
        None if op(operation) == "remove" and path_of(operation).startswith("name.") else operation
    )


@turning("PAT-026")
def remove_without_a_path_is_ignored(operation: Json, kept: Json) -> Json | None:
    """remove without a path does nothing."""
    return None if op(operation) == "remove" and not path_of(operation) else operation


@turning("PAT-036")
def replace_of_nothing_is_ignored(operation: Json, kept: Json) -> Json | None:
    """replace whose filter matches nothing does nothing."""
    match = VALUED.fullmatch(path_of(operation))
    if op(operation) != "replace" or not match:
        return operation
    found = re.search(r'"([^"]*)"', match[2])
    held = [str(one) for one in kept.get(match[1], ())]
    return operation if found and any(found[1] in one for one in held) else None


@turning("PAT-035")
def replace_is_of_the_first_match(operation: Json, kept: Json) -> Json:
    """replace with a filter that matches several changes the first."""
    match = VALUED.fullmatch(path_of(operation))
    if op(operation) != "replace" or not match:
        return operation
    found = re.fullmatch(r'(\w+) eq "([^"]*)"', match[2])
    same = [one for one in kept.get(match[1], ()) if found and one.get(found[1]) == found[2]]
    if len(same) < 2 or "value" not in same[0]:
        return operation
    rest = f".{match[3]}" if match[3] else ""
    narrow = f'{match[2]} and value eq "{same[0]["value"]}"'
    return {**operation, "path": f"{match[1]}[{narrow}]{rest}"}


@turning("PAT-034")
def replace_needs_a_value_before(operation: Json, kept: Json) -> Json:
    """replace of what has no value is 400."""
    path = path_of(operation)
    if op(operation) == "replace" and re.fullmatch(r"\w+", path) and path not in kept:
        return {**operation, "path": "nothing here"}
    return operation


@turning("PAT-031")
def replace_without_a_path_changes_one(operation: Json, kept: Json) -> Json:
    """replace without a path changes the first attribute of several."""
    value = operation.get("value")
    if op(operation) == "replace" and not path_of(operation) and isinstance(value, dict) and value:
        name = next(iter(value))
        return {**operation, "value": {name: value[name]}}
    return operation


@turning("PAT-020", "PAT-031")
def add_without_a_path_is_ignored(operation: Json, kept: Json) -> Json | None:
    """add without a path does nothing."""
    return None if op(operation) == "add" and not path_of(operation) else operation


@turning("PAT-020")
def add_needs_no_value(operation: Json, kept: Json) -> Json | None:
    """add without a value does nothing."""
    return None if op(operation) == "add" and "value" not in operation else operation


@turning("PAT-015", "ATT-027")
def patch_of_what_is_read_only_is_ignored(operation: Json, kept: Json) -> Json | None:
    """PATCH of id, meta or another readOnly attribute does nothing."""
    name = path_of(operation).partition(".")[0].lower()
    return None if name in {"id", "meta", "groups", "registrationstate"} else operation


@turning("PAT-017", "ATT-028")
def remove_of_what_is_immutable_is_ignored(operation: Json, kept: Json) -> Json | None:
    """remove of an immutable value answers 200 and does nothing."""
    named = path_of(operation) in {"serialNumber", "purchaseOrder"}
    return None if op(operation) == "remove" and named else operation


@turning("PAT-014", "PAT-007")
def indexes_are_understood(operation: Json, kept: Json) -> Json:
    """emails[0] is the first element."""
    match = re.fullmatch(r"(\w+)\[0\](\.\w+)?", path_of(operation))
    held = kept.get(match[1]) if match else None
    if match and isinstance(held, list) and held and "value" in held[0]:
        chosen = f'{match[1]}[value eq "{held[0]["value"]}"]{match[2] or ""}'
        return {**operation, "path": chosen}
    return operation


@turning("PAT-009")
def uris_in_paths_are_not_understood(operation: Json, kept: Json) -> Json:
    """A path with the URI of the core schema is 400."""
    if path_of(operation).lower().startswith("urn:ietf:params:scim:schemas:core:2.0:user:"):
        return {**operation, "path": "nothing here"}
    return operation


@turning("PAT-010")
def the_uri_of_an_extension_is_no_path(operation: Json, kept: Json) -> Json | None:
    """A path that is the URI of an extension is ignored."""
    return None if path_of(operation) == ENTERPRISE else operation


@turning("PAT-011", "RES-005", "PAT-009")
def extensions_cannot_be_added_by_patch(operation: Json, kept: Json) -> Json | None:
    """PATCH of an extension attribute of who has none is ignored."""
    return (
        None if path_of(operation).startswith(ENTERPRISE) and ENTERPRISE not in kept else operation
    )


@turning("IOP-001")
def ops_have_case(operation: Json, kept: Json) -> Json:
    """Replace is no op, replace is."""
    known = op(operation) in OPS and operation.get("op") != op(operation)
    return {**operation, "op": "nothing"} if known else operation


@turning("PAT-003")
def unknown_ops_are_ignored(operation: Json, kept: Json) -> Json | None:
    """An operation with an unknown op does nothing."""
    return operation if op(operation) in OPS else None


@turning("PAT-002", "PAT-003")
def an_operation_without_op_is_a_replace(operation: Json, kept: Json) -> Json:
    """An operation without op is a replace."""
    return operation if "op" in operation else {**operation, "op": "replace"}


@turning("IOP-002")
def remove_with_values_removes_all(operation: Json, kept: Json) -> Json:
    """remove of members with a value array removes every member."""
    if op(operation) == "remove" and path_of(operation) == "members":
        return {key: operation[key] for key in operation if key != "value"}
    return operation
