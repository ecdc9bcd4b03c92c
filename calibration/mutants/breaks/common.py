"""RFC 7643 §3: schemas, extensions, id, externalId and meta."""

import json
from dataclasses import replace
from typing import Any

from calibration.mutants.exchange import Call, Json, Reply, Server
from calibration.mutants.mutant import mutant
from calibration.mutants.surgery import ENTERPRISE, each, refusal, told, writes
from calibration.mutants.twins import insist, insisted


def _meta(one: Json, **members: Any) -> Json:
    return {**one, "meta": {**one["meta"], **members}} if "meta" in one else one


@mutant("RES-003")
def schemas_are_shown_as_they_came(call: Call, server: Server) -> Reply:
    """A URI that comes twice in schemas is shown twice."""
    reply = server(call)
    sent = call.document.get("schemas")
    if writes(call) and isinstance(sent, list) and len(set(map(str, sent))) < len(sent):
        return insist(reply, server, {"schemas": sent})
    return insisted(reply, server)


@mutant("RES-005")
def schemas_leave_out_the_extension(call: Call, server: Server) -> Reply:
    """schemas names the core schema alone, though there is extension data."""
    return each(
        server(call),
        lambda one: one | ({"schemas": one["schemas"][:1]} if "schemas" in one else {}),
    )


@mutant("RES-006")
def extensions_are_flattened(call: Call, server: Server) -> Reply:
    """Extension attributes are shown at the top level."""

    def change(one: Json) -> Json:
        kept = {name: one[name] for name in one if name != ENTERPRISE}
        return {**kept, **one.get(ENTERPRISE, {})}

    return each(server(call), change)


@mutant("RES-007")
def the_key_of_an_extension_has_case(call: Call, server: Server) -> Reply:
    """An extension in a body counts only when its URI is spelled as published."""
    if not writes(call):
        return server(call)
    kept = {
        name: value
        for name, value in call.document.items()
        if name == ENTERPRISE or name.lower() != ENTERPRISE.lower()
    }
    return server(call.saying(kept))


@mutant("RES-008", "RES-002")
def unknown_schemas_are_taken(call: Call, server: Server) -> Reply:
    """A URI in schemas that the type does not have is taken, and shown."""
    sent, reply = call.document.get("schemas"), insisted(server(call), server)
    if not writes(call) or not isinstance(sent, list) or reply.status != 400:
        return reply
    known = [
        urn
        for urn in sent
        if str(urn).startswith(("urn:ietf:params:scim:schemas:", "urn:example:params:"))
    ]
    taken = server(call.saying({**call.document, "schemas": known}))
    return insist(taken, server, {"schemas": sent}) if len(known) < len(sent) else reply


@mutant("RES-013")
def an_id_is_given_again(call: Call, server: Server) -> Reply:
    """A user of a name that was deleted gets the id of the one before."""
    old: dict[str, str] = server.memory.setdefault("old", {})
    real: dict[str, str] = server.memory.setdefault("real", {})
    sent = call
    for shown, id in real.items():
        sent = replace(sent, path=sent.path.replace(shown, id))
    reply = server(sent)
    for one in reply.resources():
        name = one.get("userName")
        if call.is_write("POST") and name in old and one["id"] != old[name]:
            real[old[str(name)]] = str(one["id"])
        old.setdefault(str(name), str(one["id"]))
    for shown, id in real.items():
        reply = told(reply, id, shown)
    return reply


@mutant("RES-014", "CRE-003")
def the_clients_id_is_echoed(call: Call, server: Server) -> Reply:
    """The answer to POST shows the id that the client sent."""
    reply = server(call)
    if call.is_write("POST") and "id" in call.document and reply.is_good:
        return reply.saying({**reply.document, "id": call.document["id"]})
    return reply


@mutant("RES-016")
def ids_have_no_case(call: Call, server: Server) -> Reply:
    """An id in another case finds the resource."""
    if len(call.steps) == 2:
        return server(replace(call, path=f"/{call.steps[0]}/{call.steps[1].lower()}"))
    return server(call)


@mutant("RES-018")
def external_ids_are_made_up(call: Call, server: Server) -> Reply:
    """A resource without an externalId shows its id as one."""
    if "attributes" in call.asked.lower():
        return server(call)
    return each(server(call), lambda one: {"externalId": one["id"], **one})


@mutant("RES-020")
def external_ids_must_be_unique(call: Call, server: Server) -> Reply:
    """A second user of the same externalId is 409."""
    taken = server.memory.setdefault(call.credential, set())
    held = call.document.get("externalId")
    if call.is_write("POST") and writes(call) and isinstance(held, str):
        if held in taken:
            return refusal(409, "uniqueness")
        taken.add(held)
    return server(call)


@mutant("RES-019", "TEN-004")
def external_ids_clash_between_tenants(call: Call, server: Server) -> Reply:
    """An externalId that another tenant uses is 409."""
    held, who = call.document.get("externalId"), call.credential
    is_new = call.is_write("POST") and writes(call) and isinstance(held, str)
    if is_new and server.memory.setdefault(str(held), who) != who:
        return refusal(409, "uniqueness")
    return server(call)


@mutant("RES-021", "CRE-003")
def the_clients_meta_is_kept(call: Call, server: Server) -> Reply:
    """meta.created that a client sends is stored."""
    reply, meta = server(call), call.document.get("meta")
    if writes(call) and isinstance(meta, dict) and "created" in meta and reply.is_good:
        return insist(reply, server, {"meta": {"created": meta["created"]}})
    return insisted(reply, server)


@mutant("RES-022", "CRE-007")
def the_resource_type_is_the_endpoint(call: Call, server: Server) -> Reply:
    """meta.resourceType is "Users"."""
    return each(
        server(call),
        lambda one: (
            _meta(one, resourceType=one["meta"]["resourceType"] + "s")
            if "resourceType" in one.get("meta", {})
            else one
        ),
    )


@mutant("RES-023")
def created_moves(call: Call, server: Server) -> Reply:
    """meta.created is the time of the last change."""
    return each(
        server(call),
        lambda one: (
            _meta(one, created=one["meta"]["lastModified"])
            if "lastModified" in one.get("meta", {})
            else one
        ),
    )


@mutant("RES-023")
def last_modified_does_not_move(call: Call, server: Server) -> Reply:
    """meta.lastModified stays at the time of creation."""
    return each(
        server(call),
        lambda one: (
            _meta(one, lastModified=one["meta"]["created"])
            if "created" in one.get("meta", {})
            else one
        ),
    )


@mutant("RES-023")
def last_modified_does_not_move_by_patch(call: Call, server: Server) -> Reply:
    """PATCH does not move meta.lastModified; PUT does."""
    before = server(call.reading()).document.get("meta") if call.method == "PATCH" else None
    reply = server(call)
    kept: dict[str, str] = server.memory
    for one in reply.resources():
        if before:
            kept[one["id"]] = kept.get(one["id"], before["lastModified"])
        elif call.method == "PUT":
            kept.pop(one["id"], None)
    return each(
        reply,
        lambda one: _meta(one, lastModified=kept[one["id"]]) if one["id"] in kept else one,
    )


@mutant("RES-024")
def meta_location_is_relative(call: Call, server: Server) -> Reply:
    """meta.location is a path."""
    return each(
        server(call),
        lambda one: (
            _meta(one, location="/" + "/".join(one["meta"]["location"].split("/")[-2:]))
            if "location" in one.get("meta", {})
            else one
        ),
    )


@mutant("RES-024")
def content_location_is_another(call: Call, server: Server) -> Reply:
    """Content-Location names the address behind the proxy."""
    reply = server(call)
    if "content-location" in reply.headers:
        return reply.with_header("content-location", f"http://10.0.0.7:8080{call.path}")
    return reply


@mutant("RES-025")
def the_version_has_no_quotes(call: Call, server: Server) -> Reply:
    """meta.version is the tag without W/ and quotes."""
    return each(
        server(call),
        lambda one: (
            _meta(one, version=one["meta"]["version"].removeprefix("W/").strip('"'))
            if "version" in one.get("meta", {})
            else one
        ),
    )


@mutant("RES-026")
def other_types_have_no_external_id(call: Call, server: Server) -> Reply:
    """A type that is neither User nor Group drops externalId."""
    if writes(call) and call.steps[0] not in {"Users", "Groups"}:
        kept = {name: value for name, value in call.document.items() if name != "externalId"}
        return server(call.saying(kept))
    return server(call)


@mutant("RES-001")
def patched_resources_have_no_schemas(call: Call, server: Server) -> Reply:
    """The answer to PATCH leaves out schemas."""
    reply = server(call)
    if call.method != "PATCH":
        return reply
    return each(reply, lambda one: {name: one[name] for name in one if name != "schemas"})


@mutant("RES-002")
def schemas_name_what_is_not_published(call: Call, server: Server) -> Reply:
    """schemas of a user names a schema that nobody publishes."""

    def change(one: Json) -> Json:
        if "userName" not in json.dumps(one) or "schemas" not in one:
            return one
        return {**one, "schemas": [*one["schemas"], "urn:vendor:internal:1.0:Row"]}

    return each(server(call), change)
