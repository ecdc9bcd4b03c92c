"""RFC 7644 §3.3, §3.4.1: creating and reading one resource."""

import time
from dataclasses import replace

from calibration.mutants.exchange import Call, Reply, Server
from calibration.mutants.mutant import mutant
from calibration.mutants.surgery import LIST, nobody, refusal, stored
from calibration.mutants.twins import twin, untwinned

WINDOW = 0.02
"""Seconds between the look-up and the insert."""
LAG = 0.5
"""Seconds."""


def _creates(call: Call, reply: Reply) -> bool:
    return call.method == "POST" and reply.status == 201


@mutant("CRE-001")
def a_create_is_200(call: Call, server: Server) -> Reply:
    """POST of a resource answers 200."""
    reply = server(call)
    return replace(reply, status=200) if _creates(call, reply) else reply


@mutant("CRE-002")
def a_create_has_no_location(call: Call, server: Server) -> Reply:
    """201 has no Location."""
    return server(call).with_header("location", None)


@mutant("CRE-002", "RES-024")
def a_create_leads_to_the_list(call: Call, server: Server) -> Reply:
    """Location of 201 is the endpoint, without the id."""
    reply = server(call)
    place = reply.headers.get("location")
    return reply.with_header("location", place.rpartition("/")[0]) if place else reply


@mutant("ATT-032", "CRE-004")
def a_create_answers_what_came(call: Call, server: Server) -> Reply:
    """The body of 201 is what the client sent, with an id; defaults are missing."""
    reply = server(call)
    if not _creates(call, reply):
        return reply
    meta = reply.document.get("meta", {})
    return reply.saying({**call.document, "id": reply.document["id"], "meta": meta})


@mutant("CRE-003")
def what_is_read_only_is_refused(call: Call, server: Server) -> Reply:
    """A new resource with an id or meta is 400 mutability."""
    if call.is_write("POST") and len(call.steps) == 1 and {"id", "meta"} & call.document.keys():
        return refusal(400, "mutability")
    return server(call)


@mutant("CRE-005")
def a_conflict_is_400(call: Call, server: Server) -> Reply:
    """A userName that is taken is 400 uniqueness."""
    reply = server(call)
    if reply.status == 409 and call.method == "POST":
        return replace(reply.saying({**reply.document, "status": "400"}), status=400)
    return reply


@mutant("CRE-005")
def a_conflict_has_no_type(call: Call, server: Server) -> Reply:
    """409 has no scimType."""
    reply = server(call)
    kept = {name: said for name, said in reply.document.items() if name != "scimType"}
    return reply.saying(kept) if reply.status == 409 else reply


@mutant("CRE-007", "RES-022")
def the_resource_type_is_the_clients(call: Call, server: Server) -> Reply:
    """The answer to POST has the meta.resourceType that the client sent."""
    reply, meta = server(call), call.document.get("meta")
    if _creates(call, reply) and isinstance(meta, dict) and "resourceType" in meta:
        own = reply.document["meta"] | {"resourceType": meta["resourceType"]}
        return reply.saying({**reply.document, "meta": own})
    return reply


@mutant("CRE-008", "HTP-014")
def malformed_json_is_a_wrong_value(call: Call, server: Server) -> Reply:
    """What is no JSON is invalidValue."""
    reply = server(call)
    if reply.document.get("scimType") == "invalidSyntax" and not call.document:
        return reply.saying({**reply.document, "scimType": "invalidValue"})
    return reply


@mutant("CRE-009")
def a_create_has_no_tag(call: Call, server: Server) -> Reply:
    """201 has no ETag."""
    reply = server(call)
    return reply.with_header("etag", None) if _creates(call, reply) else reply


@mutant("CRE-010")
def some_unknown_attributes_are_ignored(call: Call, server: Server) -> Reply:
    """An unknown attribute is refused, unless its name has an underscore."""
    if not call.is_write("POST", "PUT"):
        return server(call)
    kept = {name: said for name, said in call.document.items() if "_" not in name}
    return server(call.saying(kept))


@mutant("CRE-011")
def a_user_becomes_a_group(call: Call, server: Server) -> Reply:
    """A user that is posted to /Groups makes a group of its userName."""
    name = call.document.get("userName")
    if call.is_write("POST") and call.steps == ("Groups",) and name:
        group = "urn:ietf:params:scim:schemas:core:2.0:Group"
        return server(call.saying({"schemas": [group], "displayName": name}))
    return server(call)


@mutant("CRE-012")
def creates_at_once_both_succeed(call: Call, server: Server) -> Reply:
    """Uniqueness is looked up before the insert: of equal creates at once, several succeed."""
    name = call.document.get("userName")
    if not call.is_write("POST") or call.steps != ("Users",) or not isinstance(name, str):
        return untwinned(server(call), server)
    flying: list[str] = server.memory.setdefault("flying", [])
    flying.append(name)
    try:
        time.sleep(WINDOW)
        at_once = flying.count(name) > 1
        reply = untwinned(server(call), server)
        return twin(call, server, name) if reply.status == 409 and at_once else reply
    finally:
        flying.remove(name)


@mutant("GET-001")
def one_resource_is_a_list(call: Call, server: Server) -> Reply:
    """GET of a resource answers a ListResponse of one."""
    reply = server(call)
    if call.method != "GET" or len(call.steps) != 2 or call.is_discovery or not reply.is_good:
        return reply
    return reply.saying(
        {"schemas": [LIST], "totalResults": 1, "itemsPerPage": 1, "Resources": [reply.document]}
    )


@mutant("GET-001", "DEL-002")
def an_unknown_id_is_an_empty_list(call: Call, server: Server) -> Reply:
    """GET of an unknown id is 200 with an empty list."""
    reply = server(call)
    return nobody() if call.method == "GET" and reply.status == 404 else reply


@mutant("GET-001")
def an_unknown_id_is_a_wrong_value(call: Call, server: Server) -> Reply:
    """GET of an unknown id is 400."""
    reply = server(call)
    if call.method == "GET" and reply.status == 404 and len(call.steps) == 2:
        return refusal(400, "invalidValue")
    return reply


@mutant("GET-002")
def any_endpoint_has_every_id(call: Call, server: Server) -> Reply:
    """GET /Groups/{id of a user} answers the user."""
    reply = server(call)
    if call.method == "GET" and call.is_at("Groups") and reply.status == 404:
        return server(call.reading(f"/Users/{call.steps[1]}"))
    return reply


@mutant("GET-003")
def an_odd_id_breaks_the_server(call: Call, server: Server) -> Reply:
    """An id that is no UUID is 500."""
    reply = server(call)
    odd = len(call.steps) == 2 and len(call.steps[1]) != 36
    return refusal(500) if odd and reply.status == 404 else reply


@mutant("GET-003")
def a_long_id_breaks_the_server(call: Call, server: Server) -> Reply:
    """An id of more than 1,000 characters is 500."""
    return refusal(500) if len(call.path) > 1000 else server(call)


@mutant("CRE-004", "RES-024")
def a_create_shows_no_location_in_meta(call: Call, server: Server) -> Reply:
    """The body of 201 has no meta.location."""
    reply = server(call)
    if not _creates(call, reply):
        return reply
    meta = {key: said for key, said in reply.document["meta"].items() if key != "location"}
    return reply.saying({**reply.document, "meta": meta})


@mutant("ATT-032", "CRE-004")
def a_new_group_shows_no_members(call: Call, server: Server) -> Reply:
    """The body of 201 of a group leaves out members."""
    reply = server(call)
    if not _creates(call, reply):
        return reply
    return reply.saying({key: reply.document[key] for key in reply.document if key != "members"})


@mutant("GET-001", "CRE-004")
def what_is_made_is_shown_late(call: Call, server: Server) -> Reply:
    """A new resource can be read half a second later, as from a replica that lags."""
    reply = server(call)
    if _creates(call, reply) and "id" in reply.document:
        server.memory[reply.document["id"]] = time.monotonic()
    if call.method == "GET" and len(call.steps) == 2:
        made = server.memory.get(call.steps[1])
        if made is not None and time.monotonic() - made < LAG:
            return refusal(404)
    return reply


@mutant("CRE-003", "PUT-006")
def put_takes_its_id_from_the_body(call: Call, server: Server) -> Reply:
    """PUT whose body names another resource changes that one."""
    other = call.document.get("id")
    is_asked = call.is_write("PUT") and isinstance(other, str) and other not in call.steps
    if is_asked and "id" in stored(call, server, f"/{call.steps[0]}/{other}"):
        return server(replace(call, path=f"/{call.steps[0]}/{other}"))
    return server(call)
