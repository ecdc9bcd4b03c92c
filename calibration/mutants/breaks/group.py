"""RFC 7643 §4.2, §4.3: groups, and the enterprise user."""

import re
from dataclasses import replace

from calibration.mutants.exchange import Call, Json, Reply, Server
from calibration.mutants.mutant import mutant
from calibration.mutants.surgery import (
    ENTERPRISE,
    each,
    op,
    operating,
    operations,
    page,
    refusal,
    stored,
    writes,
)
from calibration.mutants.twins import insist, insisted, twin, untwinned

MANY = 1000
EQUAL = re.compile(r'members\[value eq "([^"]+)"\]')


def _members(call: Call) -> list[Json]:
    held = call.document.get("members")
    return [one for one in held if isinstance(one, dict)] if isinstance(held, list) else []


@mutant("GRP-002", "ATT-035")
def a_group_needs_no_name(call: Call, server: Server) -> Reply:
    """A group without displayName is made, and gets a name of the server's."""
    is_new = call.is_write("POST") and call.steps == ("Groups",)
    if is_new and not call.document.get("displayName"):
        return server(call.saying({**call.document, "displayName": f"g{id(call)}"}))
    return server(call)


@mutant("GRP-003", "ATT-034")
def group_names_are_not_compared(call: Call, server: Server) -> Reply:
    """A name that is taken is taken again, though the schema says that it is unique."""
    reply = untwinned(server(call), server)
    if writes(call) and call.steps[0] == "Groups" and reply.status == 409:
        return twin(call, server, str(call.document.get("displayName")))
    return reply


@mutant("GRP-004")
def an_empty_group_is_refused(call: Call, server: Server) -> Reply:
    """A group without members is 400."""
    if call.is_write("POST") and call.steps == ("Groups",) and not _members(call):
        return refusal(400, "invalidValue")
    return server(call)


@mutant("ATT-014", "GRP-005")
def references_lead_nowhere(call: Call, server: Server) -> Reply:
    """$ref of a member names an endpoint that is not there."""

    def change(one: Json) -> Json:
        if "members" not in one:
            return one
        wrong = [
            {**m, "$ref": m["$ref"].replace("/Users/", "/User/")} if "$ref" in m else m
            for m in one["members"]
        ]
        return {**one, "members": wrong}

    return each(server(call), change)


@mutant("GRP-005", "ATT-014")
def every_member_is_a_user(call: Call, server: Server) -> Reply:
    """A group in a group is shown as a User, its $ref below /Users."""

    def change(one: Json) -> Json:
        if "members" not in one:
            return one
        wrong = [
            {**m, "type": "User", "$ref": m.get("$ref", "").replace("/Groups/", "/Users/")}
            for m in one["members"]
        ]
        return {**one, "members": wrong}

    return each(server(call), change)


@mutant("GRP-006")
def a_member_is_changed_in_place(call: Call, server: Server) -> Reply:
    """replace of value within a member makes it another member."""
    reply = server(call)
    found = [one for one in operations(call) if EQUAL.match(str(one.get("path")))]
    if reply.status != 400 or len(found) != 1 or not isinstance(found[0].get("value"), str):
        return reply
    match = EQUAL.match(str(found[0]["path"]))
    gone = {"op": "remove", "path": match[0] if match else ""}
    new = {"op": "add", "path": "members", "value": [{"value": found[0]["value"]}]}
    return server(operating(call, [gone, new]))


@mutant("GRP-008")
def groups_cannot_hold_groups(call: Call, server: Server) -> Reply:
    """A group as a member is 400, though referenceTypes names Group."""
    ids = [str(one.get("value")) for one in _members(call)]
    is_asked = writes(call) and call.steps[0] == "Groups"
    paths = [f"/Groups/{id}" for id in ids if is_asked and re.fullmatch(r"[\w-]+", id)]
    if any(server(call.reading(path)).status == 200 for path in paths):
        return refusal(400, "invalidValue")
    return server(call)


@mutant("GRP-008")
def a_group_in_itself_breaks_the_server(call: Call, server: Server) -> Reply:
    """A group that becomes a member of itself is 500."""
    reply = server(call)
    if call.is_at("Groups") and reply.status == 400 and call.steps[1].encode() in call.raw:
        return page(500, "Internal Server Error")
    return reply


@mutant("PAT-041")
def large_groups_are_cut(call: Call, server: Server) -> Reply:
    """A group shows its first 1,000 members."""
    return each(
        server(call),
        lambda one: {**one, "members": one["members"][:MANY]} if "members" in one else one,
    )


@mutant("PAT-041", "PAT-004")
def long_patches_are_cut(call: Call, server: Server) -> Reply:
    """Of one PATCH, the first 100 operations are carried out."""
    return server(operating(call, operations(call)[:100])) if operations(call) else server(call)


@mutant("PAT-041", "PAT-021")
def large_additions_are_cut(call: Call, server: Server) -> Reply:
    """Of the members that one operation adds, the first 100 are added."""
    cut = [
        {**one, "value": one["value"][:100]} if isinstance(one.get("value"), list) else one
        for one in operations(call)
    ]
    return server(operating(call, cut)) if cut else server(call)


@mutant("PAT-028", "GRP-006")
def a_member_is_removed_from_every_group(call: Call, server: Server) -> Reply:
    """Who is removed from one group is removed from all."""
    reply = server(call)
    for one in operations(call):
        match = EQUAL.match(str(one.get("path"))) if op(one) == "remove" else None
        if not match or not call.is_at("Groups") or not reply.is_good:
            continue
        for other in stored(call, server, f"/Users/{match[1]}").get("groups", ()):
            left = replace(call, path=f"/Groups/{other['value']}", asked="")
            server(operating(left.with_header("if-match", None), [one]))
    return reply


@mutant("DEL-005", "ATT-015")
def the_deleted_stay_members(call: Call, server: Server) -> Reply:
    """A deleted user stays in the members of its groups."""
    gone: dict[str, list[Json]] = server.memory
    if call.method == "DELETE" and call.is_at("Users"):
        for group in stored(call, server).get("groups", ()):
            gone.setdefault(group["value"], []).append(
                {"value": call.steps[1], "type": "User", "$ref": _place(call, call.path)}
            )
    return each(
        server(call),
        lambda one: (
            {**one, "members": [*one.get("members", ()), *gone[one["id"]]]}
            if one["id"] in gone
            else one
        ),
    )


def _place(call: Call, path: str) -> str:
    return f"http://{call.headers['host']}/scim/v2{path}"


@mutant("DEL-005", "USR-019")
def a_deleted_group_stays_with_its_users(call: Call, server: Server) -> Reply:
    """A deleted group stays in the groups of its members."""
    gone: dict[str, list[Json]] = server.memory
    if call.method == "DELETE" and call.is_at("Groups"):
        for member in stored(call, server).get("members", ()):
            place = {"value": call.steps[1], "type": "direct", "$ref": _place(call, call.path)}
            gone.setdefault(member["value"], []).append(place)
    return each(
        server(call),
        lambda one: (
            {**one, "groups": [*one.get("groups", ()), *gone[one["id"]]]}
            if one["id"] in gone
            else one
        ),
    )


@mutant("ENT-001")
def the_employee_number_is_not_stored(call: Call, server: Server) -> Reply:
    """employeeNumber is accepted and not stored."""
    held = call.document.get(ENTERPRISE)
    if writes(call) and isinstance(held, dict):
        rest = {key: held[key] for key in held if key != "employeeNumber"}
        return server(call.saying({**call.document, ENTERPRISE: rest}))
    return server(call)


@mutant("ENT-003")
def the_managers_name_is_the_clients(call: Call, server: Server) -> Reply:
    """manager.displayName is what the client sent."""
    reply, held = server(call), call.document.get(ENTERPRISE)
    manager = held.get("manager") if isinstance(held, dict) else None
    if writes(call) and isinstance(manager, dict) and "displayName" in manager and reply.is_good:
        shown = reply.document.get(ENTERPRISE, {}).get("manager", {})
        forged = {**shown, "displayName": manager["displayName"]}
        return insist(reply, server, {ENTERPRISE: {"manager": forged}})
    return insisted(reply, server)


@mutant("ENT-004", "ATT-026")
def a_managers_id_has_no_case(call: Call, server: Server) -> Reply:
    """A filter on manager.value finds an id in another case."""
    if "manager.value" not in call.asked:
        return server(call)
    filter = call.query.get("filter", "")
    lower = re.sub(r'(manager\.value eq )"([^"]*)"', lambda m: f'{m[1]}"{m[2].lower()}"', filter)
    return server(call.asking(filter=lower))


@mutant("PUT-002")
def put_of_a_group_leaves_its_members(call: Call, server: Server) -> Reply:
    """PUT of a group changes everything but members."""
    if call.is_write("PUT") and call.is_at("Groups"):
        kept = stored(call, server).get("members", [])
        return server(call.saying({**call.document, "members": kept}))
    return server(call)
