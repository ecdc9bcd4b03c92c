"""RFC 7644 §3.5.2: the message, the answer, and elements."""

import re
from dataclasses import replace

from calibration.mutants.exchange import Call, Reply, Server
from calibration.mutants.mutant import mutant
from calibration.mutants.surgery import (
    MANY,
    NOTHING,
    VALUED,
    listed,
    op,
    operating,
    operations,
    page,
    path_of,
    refusal,
    rewritten,
    stored,
)
from calibration.mutants.twins import insist, insisted


@mutant("PAT-001")
def a_patch_needs_no_schemas(call: Call, server: Server) -> Reply:
    """A PATCH without the schema of PatchOp is carried out."""
    if call.is_write("PATCH"):
        urn = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
        return server(call.saying({**call.document, "schemas": [urn]}))
    return server(call)


@mutant("PAT-002")
def a_patch_of_no_operations_succeeds(call: Call, server: Server) -> Reply:
    """PATCH without operations is 204."""
    reply = server(call)
    is_empty = call.is_write("PATCH") and not call.document.get("Operations")
    return NOTHING if is_empty and reply.status == 400 else reply


@mutant("PAT-004")
def operations_run_backwards(call: Call, server: Server) -> Reply:
    """The operations are carried out from the last to the first."""
    found = operations(call)
    return server(operating(call, found[::-1])) if len(found) > 1 else server(call)


@mutant("PAT-005")
def a_failed_patch_is_half_done(call: Call, server: Server) -> Reply:
    """The operations before the one that fails are kept."""
    reply, found = server(call), operations(call)
    if reply.status == 400 and len(found) > 1:
        for one in found:
            if not server(operating(call, [one])).is_good:
                break
    return reply


@mutant("PAT-005")
def a_failed_patch_moves_the_version(call: Call, server: Server) -> Reply:
    """A PATCH that fails makes another version of the same."""
    reply = server(call)
    if reply.status == 400 and operations(call) and call.is_at("Users"):
        kept = stored(call, server)
        if "id" in kept:
            rewritten(call, server, {**kept, "nickName": "touched"})
            rewritten(call, server, kept)
    return reply


@mutant("PAT-006", "PRJ-001")
def a_projected_patch_has_no_body(call: Call, server: Server) -> Reply:
    """PATCH with attributes is 204."""
    reply = server(call)
    if call.method == "PATCH" and "attributes" in call.query and reply.is_good:
        return NOTHING
    return reply


@mutant("PAT-006")
def a_patch_answers_what_was(call: Call, server: Server) -> Reply:
    """PATCH answers the resource as it was before."""
    before = server(call.reading()) if operations(call) else None
    reply = server(call)
    if before and reply.status == 200 and "attributes" not in call.asked.lower():
        return replace(reply, raw=before.raw)
    return reply


@mutant("PAT-007")
def wrong_paths_are_ignored(call: Call, server: Server) -> Reply:
    """An operation with a path that cannot be parsed does nothing."""
    reply = server(call)
    if reply.document.get("scimType") == "invalidPath":
        return server(call.reading())
    return reply


@mutant("PAT-008", "PAT-007")
def a_wrong_filter_in_a_path_breaks_the_server(call: Call, server: Server) -> Reply:
    """A path with a wrong filter is 500."""
    reply = server(call)
    if reply.status == 400 and any("[" in path_of(one) for one in operations(call)):
        return page(500, "Internal Server Error")
    return reply


@mutant("PAT-040")
def a_part_that_is_not_there_breaks_the_server(call: Call, server: Server) -> Reply:
    """A part that no member has, in a path, is 500."""
    reply = server(call)
    if reply.status == 400 and any("].displayName" in path_of(one) for one in operations(call)):
        return page(500, "Internal Server Error")
    return reply


@mutant("PAT-012")
def the_core_schema_can_be_removed(call: Call, server: Server) -> Reply:
    """remove of schemas is taken, and nothing happens."""
    reply = server(call)
    named = [one for one in operations(call) if path_of(one) == "schemas"]
    if named and reply.status == 400:
        return insist(server(call.reading()), server, {"schemas": []})
    return insisted(reply, server)


@mutant("PAT-018")
def a_new_primary_leaves_the_old(call: Call, server: Server) -> Reply:
    """A new primary element leaves the one before primary."""
    before = stored(call, server) if operations(call) and call.is_at("Users") else {}
    reply = server(call)
    shown = reply.document.get("emails")
    was = [one.get("value") for one in before.get("emails", ()) if one.get("primary")]
    if not was or not isinstance(shown, list) or not reply.is_good:
        return insisted(reply, server)
    both = [{**one, "primary": True} if one.get("value") in was else one for one in shown]
    return insist(reply, server, {"emails": both})


@mutant("PAT-023", "ATT-021")
def add_of_what_is_there_doubles_it(call: Call, server: Server) -> Reply:
    """add of an element that is there adds it once more."""
    reply = server(call)
    for one in operations(call):
        name, value = path_of(one), one.get("value")
        shown = reply.document.get(name) if reply.is_good else None
        if op(one) == "add" and name in MANY and isinstance(shown, list) and value:
            values = [each.get("value") for each in listed(value) if isinstance(each, dict)]
            again = [each for each in shown if each.get("value") in values]
            had = server.memory.setdefault("had", set())
            double = [each for each in again if (call.path, name, str(each)) in had]
            had |= {(call.path, name, str(each)) for each in shown}
            if double:
                return insist(reply, server, {name: [*shown, *double]})
    return insisted(reply, server)


@mutant("PAT-029")
def remove_of_nothing_is_refused(call: Call, server: Server) -> Reply:
    """remove of what is not there is 400 noTarget."""
    kept = stored(call, server) if operations(call) else {}
    for one in operations(call):
        match = VALUED.fullmatch(path_of(one))
        if op(one) == "remove" and match:
            found = re.search(r'"([^"]*)"', match[2])
            held = [str(each) for each in kept.get(match[1], ())]
            if found and not any(found[1] in each for each in held):
                return refusal(400, "noTarget")
    return server(call)


@mutant("PAT-038")
def wrong_values_are_ignored(call: Call, server: Server) -> Reply:
    """A value of a wrong type in PATCH changes nothing, and is 200."""
    reply = server(call)
    if call.method == "PATCH" and reply.document.get("scimType") == "invalidValue":
        return server(call.reading())
    return reply


@mutant("PAT-039")
def a_patch_of_an_unknown_id_is_a_wrong_value(call: Call, server: Server) -> Reply:
    """PATCH of an unknown id is 400."""
    reply = server(call)
    return refusal(400, "noTarget") if call.method == "PATCH" and reply.status == 404 else reply


@mutant("PAT-016", "PAT-015")
def read_only_values_without_a_path_are_written(call: Call, server: Server) -> Reply:
    """replace without a path writes a readOnly attribute."""
    reply = server(call)
    for one in operations(call):
        value = one.get("value")
        if not path_of(one) and isinstance(value, dict) and "groups" in value:
            return insist(server(call.reading()), server, {"groups": value["groups"]})
    return insisted(reply, server)


@mutant("PAT-009", "PAT-011", "IOP-004")
def keys_with_a_uri_are_stored_as_they_are(call: Call, server: Server) -> Reply:
    """Without a path, a key such as name.givenName is stored as a name of its own."""
    found = {
        key: value
        for one in operations(call)
        if not path_of(one) and isinstance(one.get("value"), dict)
        for key, value in one["value"].items()
        if "." in key and not key.startswith("urn:")
    }
    reply = server(call)
    return insist(server(call.reading()), server, found) if found else insisted(reply, server)
