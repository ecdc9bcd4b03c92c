"""RFC 7644 §3.6: DELETE."""

import re

from calibration.mutants.exchange import Call, Json, Reply, Server
from calibration.mutants.mutant import mutant
from calibration.mutants.surgery import (
    NOTHING,
    refusal,
    stored,
)


@mutant("DEL-001")
def a_deletion_has_a_body(call: Call, server: Server) -> Reply:
    """DELETE answers 200 with the resource."""
    before = server(call.reading()) if call.method == "DELETE" else None
    reply = server(call)
    return before if before and reply.status == 204 else reply


@mutant("DEL-002")
def the_deleted_can_be_read(call: Call, server: Server) -> Reply:
    """GET of a deleted resource answers it, active false."""
    if call.method == "DELETE":
        before = server(call.reading())
        server.memory[call.path] = before
    reply = server(call)
    kept = server.memory.get(call.path)
    if call.method == "GET" and reply.status == 404 and kept is not None and kept.is_good:
        shown: Reply = kept.saying({**kept.document, "active": False})
        return shown
    return reply


@mutant("DEL-002")
def the_deleted_stay_in_lists(call: Call, server: Server) -> Reply:
    """Lists show users who were deleted."""
    gone: list[Json] = server.memory.setdefault(call.credential, [])
    if call.method == "DELETE" and call.is_at("Users"):
        before = server(call.reading())
        gone += before.resources()
    reply = server(call)
    if call.path == "/Users" and call.method == "GET" and "Resources" in reply.document:
        names = re.findall(r'"([^"]+)"', call.query.get("filter", ""))
        found = [one for one in gone if {one["id"], one["userName"]} & set(names)]
        rows = [*reply.resources(), *found]
        return reply.listing(rows, totalResults=reply.document["totalResults"] + len(found))
    return reply


@mutant("DEL-002")
def totals_count_the_deleted(call: Call, server: Server) -> Reply:
    """totalResults of all users counts those who were deleted."""
    reply = server(call)
    who = call.credential
    if call.method == "DELETE" and call.is_at("Users") and reply.is_good:
        server.memory[who] = server.memory.get(who, 0) + 1
    if call.path == "/Users" and "filter" not in call.query and call.is_list() and reply.is_good:
        total = reply.document.get("totalResults", 0) + server.memory.get(who, 0)
        return reply.listing(reply.resources(), totalResults=total)
    return reply


@mutant("DEL-003")
def names_of_the_deleted_stay_taken(call: Call, server: Server) -> Reply:
    """The userName of a deleted user is 409."""
    gone: set[str] = server.memory.setdefault("gone", set())
    if call.method == "DELETE" and call.is_at("Users"):
        gone.add(stored(call, server).get("userName", ""))
    if call.is_write("POST") and call.steps == ("Users",) and call.document.get("userName") in gone:
        return refusal(409, "uniqueness")
    return server(call)


@mutant("DEL-004", "DEL-002")
def a_deletion_always_succeeds(call: Call, server: Server) -> Reply:
    """DELETE of an unknown id is 204."""
    reply = server(call)
    return NOTHING if call.method == "DELETE" and reply.status == 404 else reply


@mutant("DEL-002")
def a_patch_of_the_deleted_succeeds(call: Call, server: Server) -> Reply:
    """PATCH of a deleted user is 204."""
    reply = server(call)
    if call.method == "DELETE" and reply.is_good:
        server.memory[call.path] = True
    if call.method == "PATCH" and reply.status == 404 and call.path in server.memory:
        return NOTHING
    return reply
